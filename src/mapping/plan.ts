/** The plan: a profile's mappings checked against the source and compiled. Every phase executes the same one (invariant 1). */
import { createHash } from 'node:crypto';
import { TransfuseError } from '../core/errors.ts';
import type { ServiceName } from '../core/services.ts';
import type { SourceCatalog, SourceTable } from '../mysql/catalog-model.ts';
import { compileMapping } from './compile.ts';
import { withBeside } from './query-columns.ts';
import { resolve } from './resolve.ts';
import type { CompiledMapping } from './compiled-mapping.ts';
import type { MappingOptions, Profile, Mapping } from './mapping.ts';
import { sharesOf, type Share } from './shared-tables.ts';

export interface PlannedMapping {
  mapping: Mapping;
  table: SourceTable;
  /** null where it fills its table alone. */
  share: Share | null;
  /** Changes whenever the same source row could give another target row; kept in the ledger, compared on resume. */
  fingerprint: string;
  compiled: CompiledMapping;
}

export interface Plan {
  profile: Profile;
  source: SourceCatalog;
  options: MappingOptions;
  mappings: PlannedMapping[];
}

/** Compiles the mappings that read one of `tables` (all where undefined). Throws NOTHING_TO_DO for a name that no mapping reads. */
export function makePlan(
  profile: Profile,
  source: SourceCatalog,
  options: MappingOptions,
  tables?: readonly string[],
): Plan {
  const all = mappingsOf(profile, source, options);
  const known = new Set(all.map((mapping) => mapping.source.table));
  const unknown = tables?.filter((name) => !known.has(name)) ?? [];
  if (unknown.length > 0) {
    throw new TransfuseError(
      'NOTHING_TO_DO',
      `The profile ${profile.name} reads no table named ${unknown.join(', ')} in the source database ${source.database}.`,
    );
  }
  if (tables?.length === 0) throw new TransfuseError('NOTHING_TO_DO', 'The list of tables is empty.');
  return planned(profile, source, options, all, ({ source: { table } }) => tables?.includes(table) ?? true);
}

/** Compiles the mappings with these ids that the profile has; the tables of the others need not be known. */
export function makePlanOf(
  profile: Profile,
  source: SourceCatalog,
  options: MappingOptions,
  ids: ReadonlySet<string>,
): Plan {
  return planned(profile, source, options, mappingsOf(profile, source, options), ({ id }) => ids.has(id));
}

/** All of a profile, checked. */
function mappingsOf(profile: Profile, source: SourceCatalog, options: MappingOptions): Mapping[] {
  const all = profile.mappings(source, options);
  refuseOtherServices(profile, all);
  refuseMalformed(profile, all);
  return all;
}

function planned(
  profile: Profile,
  source: SourceCatalog,
  options: MappingOptions,
  all: readonly Mapping[],
  isChosen: (mapping: Mapping) => boolean,
): Plan {
  const byName = new Map(source.tables.map((table) => [table.name, table]));
  const shares = sharesOf(profile.name, all);
  const mappings = all
    .filter(isChosen)
    .map((mapping) => planMapping(mapping, byName, options, shares.get(mapping)));
  return { profile, source, options, mappings };
}

/** The part of a plan that goes to one target database. */
export function planOf(plan: Plan, services: readonly ServiceName[]): Plan {
  return { ...plan, mappings: plan.mappings.filter(({ mapping }) => services.includes(mapping.service)) };
}

/** Commands that read no catalog know the databases by the profile alone. */
function refuseOtherServices({ name, services }: Profile, mappings: readonly Mapping[]): void {
  const other = mappings.find(({ service }) => !services.includes(service));
  if (!other) return;
  throw new TransfuseError(
    'PROFILE_UNKNOWN',
    `The profile ${name} cannot be used: its mapping ${other.id} is of the service ${other.service}, which the profile does not list among its services.`,
    { where: { profile: name, mapping: other.id } },
  );
}

const SHAPES: readonly unknown[] = ['row', 'query', 'rows'];
const PHI_CLASSES: readonly unknown[] = ['none', 'identifier', 'clinical', 'critical'];

/** Modules in plain JavaScript are not checked by a compiler. */
function refuseMalformed({ name }: Profile, mappings: readonly Mapping[]): void {
  const refusal = (mapping: Mapping, what: string): TransfuseError =>
    new TransfuseError(
      'PROFILE_UNKNOWN',
      `The profile ${name} cannot be used: its mapping ${mapping.id} has ${what}.`,
      { where: { profile: name, mapping: mapping.id } },
    );
  for (const mapping of mappings) {
    if (!SHAPES.includes(mapping.shape)) throw refusal(mapping, `no shape: ${SHAPES.join(' or ')}`);
    const odd = mapping.columns.find(({ phi }) => !PHI_CLASSES.includes(phi));
    if (odd) throw refusal(mapping, `a column ${odd.target.name} of no PHI class: ${PHI_CLASSES.join(', ')}`);
  }
}

/** One mapping, checked and, once it is used, compiled. Throws SOURCE_TABLE_CHANGED for what the source does not have. */
export function planMapping(
  declared: Mapping,
  tables: Map<string, SourceTable>,
  options: MappingOptions,
  share: Share | null = null,
): PlannedMapping {
  const found = tables.get(declared.source.table);
  if (!found) {
    throw new TransfuseError(
      'SOURCE_TABLE_CHANGED',
      `The mapping ${declared.id} reads the table ${declared.source.table}, which the source does not have.`,
      { where: { mapping: declared.id, table: declared.source.table } },
    );
  }
  let compiled: CompiledMapping | null = null;
  const table = withBeside(declared, found, tables);
  const mapping = resolve(declared, table);
  return {
    mapping,
    table,
    share,
    fingerprint: fingerprintOf(mapping, table, options),
    // Compiling 2,000 tables of which a worker loads three would be waste.
    get compiled() {
      return (compiled ??= compileMapping(mapping, table, options.policies));
    },
  };
}

function fingerprintOf(mapping: Mapping, table: SourceTable, options: MappingOptions): string {
  const columns = table.columns.map((column) => [
    column.name,
    column.columnType,
    column.charset,
    column.members,
  ]);
  const described = mapping.columns.map(({ target, value }) => [target.name, target.type, describe(value)]);
  const text = JSON.stringify([
    mapping.id,
    mapping.target,
    mapping.where?.description,
    described,
    columns,
    options.policies,
    // Nothing is added for other shapes, so that their fingerprints stay what they are in ledgers.
    ...(mapping.shape === 'row' ? [] : [mapping.query, table.beside]),
    ...(mapping.shape === 'rows' ? [mapping.expansion, mapping.owner, mapping.key] : []),
  ]);
  return createHash('sha256').update(text).digest('hex');
}

function describe(value: Mapping['columns'][number]['value']): unknown {
  return value.kind === 'transform' ? ['transform', value.transform.name, value.inputs] : value;
}

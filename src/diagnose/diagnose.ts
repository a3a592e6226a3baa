/**
 * Explains the mappings of a profile and holds them against both databases. Promises: nothing is written anywhere; what it says has
 * names, counts and reason codes, and no value of a row (invariant 9); every misfit that a load would stop at is found, and of
 * those that cost rows, the ones that the sample has. Holds both catalogs and one row.
 */
import type { Destination } from '../config/destinations.ts';
import type { Settings } from '../config/settings.ts';
import { TransfuseError } from '../core/errors.ts';
import type { ServiceName } from '../core/services.ts';
import { queryOf, type Mapping, type MappingOptions, type Profile } from '../mapping/mapping.ts';
import { planMapping, type PlannedMapping } from '../mapping/plan.ts';
import { targetKeyOf } from '../mapping/target-key.ts';
import type { SourceCatalog, SourceTable } from '../mysql/catalog-model.ts';
import { openSource, type SourceConnection } from '../mysql/connection.ts';
import { rowKeyColumns } from '../mysql/row-key.ts';
import type { TargetTable } from '../postgres/catalog-model.ts';
import { readTargetCatalog } from '../postgres/catalog.ts';
import { openTarget } from '../postgres/connection.ts';
import { checkSource } from './check-source.ts';
import { checkTarget } from './check-target.ts';
import { describeColumns, type DescribedColumn } from '../mapping/describe-mapping.ts';
import { finding, type MappingFinding } from './finding.ts';
import { sampleRows, type SampleReport } from './sample-rows.ts';

export interface DiagnoseOptions {
  settings: Settings;
  profile: Profile;
  catalog: SourceCatalog;
  mappingOptions: MappingOptions;
  destinations: readonly Destination[];
  /** Source tables; null for all that the profile reads. */
  tables: readonly string[] | null;
  /** Rows of each mapping that are looked at. */
  sampleRows: number;
  signal: AbortSignal;
  onMapping(id: string): void;
}

export interface DiagnosedMapping {
  id: string;
  service: ServiceName;
  source: string;
  target: string;
  /** The filter in words; null where every row is taken. */
  filter: string | null;
  /** Empty where the source does not have what is read. */
  columns: DescribedColumn[];
  findings: MappingFinding[];
  /** null where the mapping cannot be compiled. */
  sample: SampleReport | null;
  /** Nothing stops its load, and nothing that was seen would be lost. */
  fits: boolean;
}

export interface DiagnoseReport {
  profile: string;
  database: string;
  mappings: DiagnosedMapping[];
  /** Source tables that no mapping reads: they stay behind. */
  unread: string[];
}

/** Throws NOTHING_TO_DO for a table that no mapping reads, and what connecting to either end throws. */
export async function diagnose(options: DiagnoseOptions): Promise<DiagnoseReport> {
  const { profile, catalog, mappingOptions, tables, settings, signal } = options;
  const all = profile.mappings(catalog, mappingOptions);
  const unknown = tables?.filter((name) => !all.some(({ source }) => source.table === name)) ?? [];
  if (unknown.length > 0)
    throw new TransfuseError(
      'NOTHING_TO_DO',
      `The profile ${profile.name} reads no table named ${unknown.join(', ')}.`,
    );
  const chosen = tables ? all.filter(({ source }) => tables.includes(source.table)) : all;
  const targets = await readTargets(options, chosen);
  const source = await openSource(settings.source, { purpose: 'diagnose', signal });
  const mappings: DiagnosedMapping[] = [];
  try {
    for (const mapping of chosen) {
      options.onMapping(mapping.id);
      mappings.push(await diagnoseMapping(mapping, all, source, targets, options));
    }
  } finally {
    await source.close();
  }
  const read = new Set(all.flatMap(tablesOf));
  return {
    profile: profile.name,
    database: catalog.database,
    mappings,
    unread: catalog.tables.map(({ name }) => name).filter((name) => !read.has(name)),
  };
}

function tablesOf(mapping: Mapping): string[] {
  const watched = queryOf(mapping)?.watches.map(({ table }) => table) ?? [];
  return [mapping.source.table, ...watched];
}

async function diagnoseMapping(
  mapping: Mapping,
  all: readonly Mapping[],
  source: SourceConnection,
  targets: ReadonlyMap<string, TargetTable>,
  { catalog, mappingOptions, sampleRows: rows }: DiagnoseOptions,
): Promise<DiagnosedMapping> {
  const tables = new Map(catalog.tables.map((table) => [table.name, table]));
  const table = tables.get(mapping.source.table) ?? null;
  const { schema, table: name } = mapping.target;
  const findings = [
    ...checkSource(mapping, tables, all),
    ...checkTarget(mapping, table, targets.get(placeOf(mapping)) ?? null),
    ...(table ? notFollowed(mapping, table) : []),
  ];
  const planned = findings.some(({ code }) => code.startsWith('source-'))
    ? null
    : compiled(mapping, tables, mappingOptions, findings);
  const sample = planned && (await sampleRows(source, planned, rows));
  return {
    id: mapping.id,
    service: mapping.service,
    source: mapping.source.table,
    target: `${schema}.${name}`,
    filter: mapping.where?.description ?? null,
    columns: planned ? describeColumns(planned.mapping, planned.table) : [],
    findings,
    sample,
    fits: findings.every(({ severity }) => severity === 'note') && sample?.refused.length === 0,
  };
}

/** null, and a finding, where a type cannot become the one that it is to become. */
function compiled(
  mapping: Mapping,
  tables: Map<string, SourceTable>,
  options: MappingOptions,
  findings: MappingFinding[],
): PlannedMapping | null {
  try {
    const planned = planMapping(mapping, tables, options);
    void planned.compiled;
    return planned;
  } catch (error) {
    if (!(error instanceof TransfuseError)) throw error;
    const { column } = error.where;
    findings.push(
      finding('stops', 'cannot-be-compiled', typeof column === 'string' ? column : null, error.message),
    );
    return null;
  }
}

function notFollowed(mapping: Mapping, table: SourceTable): MappingFinding[] {
  const key = rowKeyColumns(table);
  if (key.length === 0) {
    const text = `${table.name} has no primary key, and no unique key without NULLs: it can be loaded, and not synced.`;
    return [finding('note', 'not-followed', null, text)];
  }
  if (targetKeyOf(mapping, key) !== null) return [];
  const text = `No columns of the target carry the key of ${table.name} (${key.join(', ')}): it can be loaded, and not synced.`;
  return [finding('note', 'not-followed', null, text)];
}

async function readTargets(
  { destinations, signal }: DiagnoseOptions,
  mappings: readonly Mapping[],
): Promise<Map<string, TargetTable>> {
  const found = new Map<string, TargetTable>();
  for (const { database, services } of destinations) {
    const ofHere = mappings.filter(({ service }) => services.includes(service));
    const schemas = new Set(ofHere.map(({ target }) => target.schema));
    if (schemas.size === 0) continue;
    const connection = await openTarget(database, { applicationName: 'transfuse diagnose', signal });
    try {
      for (const schema of schemas) {
        const { tables } = await readTargetCatalog(connection, schema, { withRows: false });
        const byName = new Map(tables.map((table) => [table.name, table]));
        for (const mapping of ofHere.filter(({ target }) => target.schema === schema)) {
          const table = byName.get(mapping.target.table);
          if (table) found.set(placeOf(mapping), table);
        }
      }
    } finally {
      await connection.close();
    }
  }
  return found;
}

function placeOf({ service, target }: Mapping): string {
  return JSON.stringify([service, target.schema, target.table]);
}

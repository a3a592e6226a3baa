/** The plan as bulk executed it: from what the ledger keeps of the source's tables, not from what they are today. */
import { TransfuseError } from '../core/errors.ts';
import type { SourceCatalog, SourceTable } from '../mysql/catalog-model.ts';
import type { MappingOptions, Profile } from './mapping.ts';
import { makePlanOf, type Plan } from './plan.ts';

/** What the ledger keeps of one load. */
interface RecordedLoad {
  mapping: string;
  fingerprint: string;
  table: SourceTable | null;
}

/** What the ledger keeps of a run, and what the source's server is. */
export interface RecordedRun {
  database: string;
  flavor: SourceCatalog['flavor'];
  /** The options that the run was made with; null where they are not known. */
  options: Readonly<Record<string, unknown>> | null;
  loads: readonly RecordedLoad[];
}

const MAX_NAMED = 20;

/** The variables that an operator sets them by. */
const VARIABLES: readonly (readonly [path: readonly string[], variable: string])[] = [
  [['policies', 'zeroDate'], 'ZERO_DATE_POLICY'],
  [['policies', 'nul'], 'NUL_POLICY'],
  [['policies', 'tinyint1'], 'TINYINT1'],
  [['identifierCase'], 'IDENTIFIER_CASE'],
  [['targetSchema'], 'TARGET_SCHEMA'],
  [['extensions', 'postgis'], 'the extension postgis'],
  [['extensions', 'pgvector'], 'the extension vector'],
];

/** Those that only some mappings read: where one of them differs, most plans are the same. */
const VARIABLES_OF_SOME: typeof VARIABLES = [
  [['timeZone'], 'SOURCE_TIME_ZONE'],
  [['cutoverDate'], 'CUTOVER_DATE'],
  [['orphans'], 'ORPHAN_POLICY'],
];

/** What differs between two sets of mapping options, by the names that the operator knows; values are left out. */
export function differingOptions(
  recorded: Readonly<Record<string, unknown>>,
  options: MappingOptions,
  variables = VARIABLES,
): string[] {
  const at = (value: unknown, path: readonly string[]) =>
    path.reduce<unknown>((inner, name) => (Object(inner) as Record<string, unknown>)[name], value);
  return variables
    .filter(([path]) => at(recorded, path) !== at(options, path))
    .map(([, variable]) => variable);
}

/** The same for a mapping that is known to be another one, which tells that what it reads of the settings counts. */
export function settingsBehind(
  recorded: Readonly<Record<string, unknown>>,
  options: MappingOptions,
): string[] {
  return differingOptions(recorded, options, [...VARIABLES, ...VARIABLES_OF_SOME]);
}

/**
 * Compiles the mappings of the run's loads from the recorded definitions. Throws RUN_OPTIONS_DIFFER where the options differ from
 * those of the run, or where a mapping is not the one that its rows were loaded by (invariant 1), or where a definition is missing.
 */
export function planFromLedger(profile: Profile, run: RecordedRun, options: MappingOptions): Plan {
  const differing = run.options ? differingOptions(run.options, options) : [];
  if (differing.length > 0) {
    throw new TransfuseError(
      'RUN_OPTIONS_DIFFER',
      `The run was made with other settings than those given now: ${differing.join(', ')}.`,
      { where: { settings: differing.join(', ') } },
    );
  }
  const unknown = run.loads.filter(({ table }) => table === null).map(({ mapping }) => mapping);
  if (unknown.length > 0) {
    throw refusal(
      'Loaded by an older version, which did not keep the definitions of the source tables',
      unknown,
    );
  }
  const byName = new Map<string, SourceTable>();
  for (const { table } of run.loads) byName.set(table!.name, merged(table!, byName.get(table!.name)));
  const catalog: SourceCatalog = {
    database: run.database,
    flavor: run.flavor,
    tables: [...byName.values()],
    others: { views: [], routines: [], triggers: [], events: [], sequences: [] },
  };
  const fingerprints = new Map(run.loads.map(({ mapping, fingerprint }) => [mapping, fingerprint]));
  const plan = makePlanOf(profile, catalog, options, new Set(fingerprints.keys()));
  const planned = new Map(plan.mappings.map(({ mapping, fingerprint }) => [mapping.id, fingerprint]));
  const others = run.loads.filter(({ mapping, fingerprint }) => planned.get(mapping) !== fingerprint);
  if (others.length > 0) {
    throw refusal(
      'Loaded by another mapping than the one that the profile gives now, or under other settings (time zone, cut-over date, field key, policies)',
      others.map(({ mapping }) => mapping),
      [...new Set(others.flatMap(({ table }) => table?.name ?? []))],
    );
  }
  return plan;
}

/** Several mappings may read a table, and other tables beside it. */
function merged(table: SourceTable, other: SourceTable | undefined): SourceTable {
  if (!table.beside || !other?.beside) return table.beside ? table : (other ?? table);
  const beside = { ...other.beside };
  for (const [name, columns] of Object.entries(table.beside)) {
    const known = beside[name] ?? [];
    beside[name] = [...known, ...columns.filter((one) => !known.some((column) => column.name === one.name))];
  }
  return { ...table, beside };
}

function refusal(what: string, mappings: readonly string[], tables: readonly string[] = []): TransfuseError {
  const shown = mappings.slice(0, MAX_NAMED).join(', ');
  const more = mappings.length > MAX_NAMED ? ` and ${mappings.length - MAX_NAMED} more` : '';
  return new TransfuseError('RUN_OPTIONS_DIFFER', `${what}: ${shown}${more}.`, {
    where: { mappings: mappings.length },
    ...(tables.length > 0 && {
      fix: `Give the settings that the run was made with; or load these again as they are meant now: bin/bulk --tables ${tables.join(',')} --replace, with the profile.`,
    }),
  });
}

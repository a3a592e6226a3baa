/** Whether the target has what the plan loads into, and whether it is ours to load into. */
import { TransfuseError } from '../core/errors.ts';
import { targetMisfits } from '../mapping/fits-target.ts';
import type { PlannedMapping } from '../mapping/plan.ts';
import type { TargetCatalog, TargetTable } from '../postgres/catalog-model.ts';
import { qualified } from '../postgres/identifiers.ts';

const MAX_NAMED = 20;

/** Throws TARGET_SCHEMA_MISSING naming every table and column that is not there, or whose type is another. */
export function checkTargetTables(
  mappings: readonly PlannedMapping[],
  catalogs: readonly TargetCatalog[],
): void {
  const tables = tablesOf(catalogs);
  const problems = mappings.flatMap(({ mapping }) =>
    targetMisfits(mapping, tables.get(qualified(mapping.target.schema, mapping.target.table))),
  );
  if (problems.length === 0) return;
  throw new TransfuseError(
    'TARGET_SCHEMA_MISSING',
    `The target does not fit the plan: ${listed(problems)}.`,
    {
      where: { database: catalogs[0]!.database, problems: problems.length },
    },
  );
}

/** Throws TARGET_NOT_EMPTY naming every table that has rows and is not in `ours`. */
export function checkTargetEmpty(
  mappings: readonly PlannedMapping[],
  catalogs: readonly TargetCatalog[],
  isOurs: (mapping: string) => boolean,
): void {
  const tables = tablesOf(catalogs);
  const hasRows = ({ schema, table }: { schema: string; table: string }): boolean =>
    tables.get(qualified(schema, table))?.hasRows !== false;
  const foreign = mappings
    .filter(
      ({ mapping, share }) => hasRows(mapping.target) && !(share?.mappings ?? [mapping.id]).some(isOurs),
    )
    .map(({ mapping }) => `${mapping.target.schema}.${mapping.target.table}`);
  if (foreign.length === 0) return;
  throw new TransfuseError(
    'TARGET_NOT_EMPTY',
    `Not empty, and not loaded by this run: ${listed(foreign)}. Nothing was touched.`,
    {
      where: { database: catalogs[0]!.database, tables: foreign.length },
    },
  );
}

function tablesOf(catalogs: readonly TargetCatalog[]): ReadonlyMap<string, TargetTable> {
  return new Map(
    catalogs.flatMap(({ schema, tables }) =>
      tables.map((table): [string, TargetTable] => [qualified(schema, table.name), table]),
    ),
  );
}

function listed(items: readonly string[]): string {
  const shown = items.slice(0, MAX_NAMED).join('; ');
  return items.length > MAX_NAMED ? `${shown}; and ${items.length - MAX_NAMED} more` : shown;
}

/** Which tables the source's foreign keys change without a word in its binlog. */
import type { SourceTable } from './catalog-model.ts';
import type { SourceServer } from './server-version.ts';

const FIRST_MYSQL_THAT_LOGS_CASCADES = 90_600;
const CHANGING = new Set(['CASCADE', 'SET NULL']);

/**
 * Whether the binlog has the rows that ON DELETE and ON UPDATE change. MySQL from 9.6 on carries foreign keys out above the
 * storage engine; before, and in MariaDB, InnoDB does it and nobody writes it down.
 */
export function logsCascades({ flavor, versionNumber }: SourceServer): boolean {
  return flavor === 'mysql' && versionNumber >= FIRST_MYSQL_THAT_LOGS_CASCADES;
}

/** The tables whose rows a change in one of `names` may change through foreign keys, directly or not; without these themselves. */
export function changedThroughKeys(tables: readonly SourceTable[], names: readonly string[]): string[] {
  const reached = new Set(names.map((name) => name.toLowerCase()));
  for (const parent of reached) {
    for (const { name, foreignKeys } of tables) {
      const isChild = foreignKeys.some(
        ({ referencedTable, onDelete, onUpdate }) =>
          referencedTable.toLowerCase() === parent && (CHANGING.has(onDelete) || CHANGING.has(onUpdate)),
      );
      if (isChild) reached.add(name.toLowerCase());
    }
  }
  const given = new Set(names.map((name) => name.toLowerCase()));
  return tables
    .map(({ name }) => name)
    .filter((name) => reached.has(name.toLowerCase()) && !given.has(name.toLowerCase()));
}

/**
 * What happens when a definition comes by in the binlog. Promises: nothing passes that could change what rows mean or which
 * there are without this program knowing it (invariant 6). What changes neither columns nor rows passes; TRUNCATE is applied;
 * everything else stops the sync before it, at a commit.
 */
import type { SourceStatement } from '../../cdc/transaction-model.ts';
import { TransfuseError } from '../core/errors.ts';
import type { RowsDecoder } from './rows-decoder.ts';
import type { SyncMapping } from './sync-mapping.ts';

export type Passage = { kind: 'pass' } | { kind: 'truncate'; mappings: readonly SyncMapping[] };

const PASS: Passage = { kind: 'pass' };

/** Decides on a statement that concerns a table of the plan, or that may. Throws CDC_SCHEMA_CHANGED. */
export function letPass(item: SourceStatement, decoder: RowsDecoder, database: string): Passage {
  const { statement } = item;
  const mappings = statement.tables.flatMap((name) => decoder.mappingsOf(name.database, name.table));
  switch (statement.kind) {
    case 'truncate-table':
      return { kind: 'truncate', mappings };
    case 'create-index':
    case 'drop-index':
    case 'create-database':
    case 'alter-database':
    case 'other':
      return PASS;
    case 'drop-database':
      if (statement.database !== database) return PASS;
      break;
    case 'alter-table':
      if (isHarmless(item)) return PASS;
      break;
    default:
      break;
  }
  throw schemaChanged(item, mappings);
}

/** Indexes and options only. */
function isHarmless({ statement: { alterations } }: SourceStatement): boolean {
  return (
    alterations !== null &&
    !alterations.changesMore &&
    alterations.addedColumns.length === 0 &&
    alterations.partners.length === 0 &&
    alterations.renamedTo === null
  );
}

/** The statement's own text may hold literals out of rows, and is not shown: its place in the binlog is. */
function schemaChanged(
  { statement, start }: SourceStatement,
  mappings: readonly SyncMapping[],
): TransfuseError {
  const place = `${start.file}:${start.offset}`;
  const tables = [...new Set(mappings.map(({ planned }) => planned.table.name))];
  if (statement.kind === 'unknown') {
    return new TransfuseError(
      'CDC_SCHEMA_CHANGED',
      `A statement at ${place} of the source's binlog is not understood, and may change tables. The sync has stopped before it.`,
      {
        where: { file: start.file, offset: start.offset },
        fix: `Look at it with mysqlbinlog --start-position=${start.offset} ${start.file}. If it touches no table of the plan, report it; else load the tables again with bin/bulk --replace.`,
      },
    );
  }
  const what = tables.length > 0 ? ` of ${tables.join(', ')}` : '';
  const names = tables.join(',');
  return new TransfuseError(
    'CDC_SCHEMA_CHANGED',
    `The source has run ${statement.kind.toUpperCase().replace('-', ' ')}${what} at ${place} of its binlog, after which rows cannot be read as before. The sync has stopped before it.`,
    {
      where: { file: start.file, offset: start.offset, ...(tables.length > 0 && { tables: names }) },
      fix:
        tables.length > 0
          ? `Bring the target to the new form (bin/schema shows what differs), then bin/bulk --tables ${names} --replace, then bin/sync again.`
          : 'Load the tables again with bin/bulk --replace.',
    },
  );
}

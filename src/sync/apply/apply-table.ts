/** A mapping's target table with the statements that changes are applied by. Made once for a session, from plan and catalog. */
import { TransfuseError } from '../../core/errors.ts';
import { quoteIdentifier, qualified } from '../../postgres/identifiers.ts';
import { rowsOfShare } from '../../postgres/rows-of-share.ts';
import type { SyncMapping } from '../sync-mapping.ts';
import type { TargetTableFacts } from './target-facts.ts';

/** A row has to fit a page, since it cannot be put elsewhere. */
const MAX_STAGED_BYTES = 6000;
/** jsonb takes up to eight times its text: `[1,2]`. */
const MAX_STAGED_JSONB_BYTES = 750;

export interface ApplyTable {
  mapping: SyncMapping;
  /** `schema.table`, for messages. */
  name: string;
  facts: TargetTableFacts;
  /** Its place when parents come first. */
  rank: number;
  /** Rows of more encoded bytes than this do not go through the temporary table. */
  maxStagedBytes: number;
  rows: StagedStatements;
  keys: StagedStatements;
  /** Deletes what is left of the sets whose owners are in the keys' temporary table and whose rows are in that of the rows. */
  leftovers: string;
  /** Rows go only when everything that is selected again and refers to them has been made anew: see ChangeBatch.clearsAway. */
  postponesDeletes: boolean;
  /** Parameters: the row, and the key it had. Does nothing where another row has the new key. */
  moveOne: string;
  empty: string;
}

/** The same change for one row given as parameters, and for all rows of a temporary table. */
interface StagedStatements {
  one: string;
  staging: string;
  createStaging: string;
  copy: string;
  merge: string;
}

/**
 * Throws SYNC_KEY_MISSING where the target has no unique index to find rows by, TARGET_SCHEMA_MISSING where it has not the table,
 * SYNC_IMPOSSIBLE where it would refuse to update a column.
 */
export function applyTable(
  mapping: SyncMapping,
  index: number,
  facts: TargetTableFacts,
  rank: number,
): ApplyTable {
  const { schema, table } = mapping.planned.mapping.target;
  const name = `${schema}.${table}`;
  const columns = mapping.planned.compiled.targetColumns;
  const missing = columns.find((column) => facts.types[column] === undefined);
  if (!facts.exists || missing !== undefined) {
    const what = missing === undefined ? `table ${name}` : `column ${name}.${missing}`;
    throw new TransfuseError('TARGET_SCHEMA_MISSING', `The target does not have the ${what}.`, {
      where: { table: name },
    });
  }
  const key = mapping.targetKey;
  requireKey(mapping, name, facts);
  requireWritableIdentities(mapping, name, facts);
  const into = qualified(schema, table);
  const list = names(columns);
  const insert = `INSERT INTO ${into} AS t (${list}) OVERRIDING SYSTEM VALUE`;
  const { rowKey } = mapping;
  const onConflict = conflictClause(columns, rowKey);
  const { share } = mapping.planned;
  const isOurs = share ? ` AND ${rowsOfShare(share.constants)}` : '';
  const whereKey = (first: number): string =>
    key.map((column, i) => `t.${quoteIdentifier(column)} = $${first + i}`).join(' AND ');
  const joinKey = key
    .map((column) => `t.${quoteIdentifier(column)} = s.${quoteIdentifier(column)}`)
    .join(' AND ');
  const rows = `pg_temp.transfuse_rows_${index}`;
  const keys = `pg_temp.transfuse_keys_${index}`;
  const parameter = (column: string): string => `$${columns.indexOf(column) + 1}`;
  return {
    mapping,
    name,
    facts,
    rank,
    maxStagedBytes: columns.some((column) => facts.types[column] === 'jsonb')
      ? MAX_STAGED_JSONB_BYTES
      : MAX_STAGED_BYTES,
    rows: {
      one: `${insert} VALUES (${columns.map((_, i) => `$${i + 1}`).join(', ')}) ${onConflict}`,
      ...staged(rows, columns, facts, mapping.isSet),
      merge: `${insert} SELECT ${list} FROM ${rows} ${onConflict}`,
    },
    keys: {
      one: `DELETE FROM ${into} AS t WHERE ${whereKey(1)}${isOurs}`,
      ...staged(keys, key, facts),
      merge: `DELETE FROM ${into} AS t USING ${keys} AS s WHERE ${joinKey}${isOurs}`,
    },
    leftovers:
      `DELETE FROM ${into} AS t USING ${keys} AS s WHERE ${joinKey}${isOurs} AND NOT EXISTS (SELECT FROM ${rows} AS r WHERE ` +
      `${rowKey.map((column) => `r.${quoteIdentifier(column)} = t.${quoteIdentifier(column)}`).join(' AND ')})`,
    postponesDeletes:
      (facts.isReferenced || facts.isReferencedAway) && mapping.planned.mapping.shape !== 'row',
    moveOne:
      `UPDATE ${into} AS t SET ${columns.map((column) => `${quoteIdentifier(column)} = ${parameter(column)}`).join(', ')} ` +
      `WHERE ${whereKey(columns.length + 1)} AND NOT EXISTS (SELECT FROM ${into} AS n WHERE ` +
      `${key.map((column) => `n.${quoteIdentifier(column)} = ${parameter(column)}`).join(' AND ')} AND n.ctid <> t.ctid)`,
    empty: share
      ? `DELETE FROM ${into} AS t WHERE ${rowsOfShare(share.constants)}`
      : facts.isReferenced
        ? `DELETE FROM ${into}`
        : `TRUNCATE ${into}`,
  };
}

/**
 * A table that needs no TOAST table: emptying one at the commit costs forty times as much, for each temporary table of the
 * session, used or not (measured: 0.27 ms against 0.007). The rows of sets have no other way, and may need one. That its columns are PLAIN has to be said in the command that adds them.
 */
function staged(staging: string, columns: readonly string[], facts: TargetTableFacts, isOfAnySize = false) {
  const added = columns.map((column) => `ADD COLUMN ${quoteIdentifier(column)} ${facts.types[column]}`);
  const plain = isOfAnySize
    ? []
    : columns.map((column) => `ALTER COLUMN ${quoteIdentifier(column)} SET STORAGE PLAIN`);
  return {
    staging,
    createStaging:
      `CREATE TEMPORARY TABLE ${staging} () ON COMMIT DELETE ROWS; ` +
      `ALTER TABLE ${staging} ${[...added, ...plain].join(', ')}`,
    copy: `COPY ${staging} (${names(columns)}) FROM STDIN (FORMAT binary)`,
  };
}

/** Key columns are not set: they are equal, and naming them would lock out whoever checks a foreign key to the row. */
function conflictClause(columns: readonly string[], key: readonly string[]): string {
  const set = columns
    .filter((column) => !key.includes(column))
    .map((column) => `${quoteIdentifier(column)} = excluded.${quoteIdentifier(column)}`);
  const action = set.length === 0 ? 'NOTHING' : `UPDATE SET ${set.join(', ')}`;
  return `ON CONFLICT (${names(key)}) DO ${action}`;
}

function requireKey(mapping: SyncMapping, name: string, facts: TargetTableFacts): void {
  const wanted = JSON.stringify([...mapping.rowKey].sort());
  if (facts.uniqueKeys.some((columns) => JSON.stringify([...columns].sort()) === wanted)) return;
  const { schema, table } = mapping.planned.mapping.target;
  throw new TransfuseError(
    'SYNC_KEY_MISSING',
    `The table ${name} has no unique index on ${mapping.rowKey.join(', ')}, by which sync finds its rows.`,
    {
      where: { table: name },
      fix: `CREATE UNIQUE INDEX CONCURRENTLY ON ${qualified(schema, table)} (${names(mapping.rowKey)});`,
    },
  );
}

/** PostgreSQL lets such a column be inserted, and never updated. */
function requireWritableIdentities(mapping: SyncMapping, name: string, facts: TargetTableFacts): void {
  const column = facts.identityAlways.find(
    (identity) => facts.isReferenced || !mapping.rowKey.includes(identity),
  );
  if (column === undefined) return;
  const { schema, table } = mapping.planned.mapping.target;
  throw new TransfuseError(
    'SYNC_IMPOSSIBLE',
    `The column ${name}.${column} is GENERATED ALWAYS AS IDENTITY: the target refuses to update it.`,
    {
      where: { table: name, column },
      fix: `ALTER TABLE ${qualified(schema, table)} ALTER ${quoteIdentifier(column)} SET GENERATED BY DEFAULT;`,
    },
  );
}

function names(columns: readonly string[]): string {
  return columns.map(quoteIdentifier).join(', ');
}

/**
 * The triggers that tell of foreign writes. They cost a comparison for each row that Transfuse writes, and a line in the ledger
 * for each that others write. Not seen: sessions with session_replication_role = replica, as every trigger.
 */
import { TransfuseError } from '../core/errors.ts';
import type { TargetConnection } from '../postgres/connection.ts';
import { qualified, quoteIdentifier, quoteLiteral } from '../postgres/identifiers.ts';
import { inTransaction } from '../postgres/transaction.ts';

const ROW_TRIGGER = 'transfuse_foreign_write';
const TRUNCATE_TRIGGER = 'transfuse_foreign_truncate';
/** Of ours: no part of a schema, and never saved or put back. */
export const WATCH_TRIGGERS = [ROW_TRIGGER, TRUNCATE_TRIGGER] as const;

export interface WatchedTable {
  schema: string;
  table: string;
  /** The columns by which sync finds its rows. */
  key: readonly string[];
}

type TableName = Omit<WatchedTable, 'key'>;

const IS_SOMEBODY_ELSE = "WHEN (current_setting('transfuse.applying', true) IS DISTINCT FROM 'on')";

/**
 * Begins to watch the tables that are not watched yet, each in a transaction of its own. Returns those that cannot be, with the
 * reason: a user that owns no table needs the right TRIGGER on it. Throws what is not about one table.
 */
export async function watchTables(
  target: TargetConnection,
  tables: readonly WatchedTable[],
): Promise<{ table: string; why: string }[]> {
  const unwatched: { table: string; why: string }[] = [];
  const known = await readWatches(target, tables);
  for (const [index, watched] of tables.entries()) {
    if (known[index] === triggerArguments(watched).join('\0')) continue;
    try {
      await inTransaction(target, () => watch(target, watched));
    } catch (error) {
      const isAboutTable = error instanceof TransfuseError && !error.transient && !target.isLost;
      if (!isAboutTable || error.code === 'INTERRUPTED') throw error;
      unwatched.push({ table: `${watched.schema}.${watched.table}`, why: error.message });
    }
  }
  return unwatched;
}

/** Stops watching, and forgets what was seen: the tables are about to be loaded. To be called in a transaction. */
export async function unwatchTables(target: TargetConnection, tables: readonly TableName[]): Promise<void> {
  for (const { schema, table } of tables) {
    await target.query(dropTriggers(qualified(schema, table)));
    await target.query(
      'DELETE FROM transfuse.foreign_writes WHERE target_schema = $1 AND target_table = $2',
      [schema, table],
    );
  }
}

/** Those of the tables that exist and are not watched, as `schema.table`. */
export async function findUnwatched(
  target: TargetConnection,
  tables: readonly TableName[],
): Promise<string[]> {
  const known = await readWatches(target, tables);
  return tables.flatMap(({ schema, table }, index) => (known[index] === null ? [`${schema}.${table}`] : []));
}

/** The arguments of each table's trigger, joined by U+0000; null where it has none, or not both triggers. */
async function readWatches(
  target: TargetConnection,
  tables: readonly TableName[],
): Promise<(string | null)[]> {
  const { rows } = await target.query<{ args: Buffer | null }>(
    `SELECT CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_trigger x WHERE x.tgrelid = c.oid AND x.tgname = $3 AND x.tgenabled <> 'D')
       THEN g.tgargs END AS args
     FROM jsonb_array_elements($1::jsonb) WITH ORDINALITY AS e(wanted, n)
     LEFT JOIN pg_catalog.pg_namespace s ON s.nspname = e.wanted->>'schema'
     LEFT JOIN pg_catalog.pg_class c ON c.relnamespace = s.oid AND c.relname = e.wanted->>'table'
     LEFT JOIN pg_catalog.pg_trigger g ON g.tgrelid = c.oid AND g.tgname = $2 AND g.tgenabled <> 'D'
     ORDER BY e.n`,
    [JSON.stringify(tables.map(({ schema, table }) => ({ schema, table }))), ROW_TRIGGER, TRUNCATE_TRIGGER],
  );
  // Each argument ends with a zero.
  return rows.map(({ args }) => args && args.subarray(0, -1).toString('utf8'));
}

async function watch(target: TargetConnection, watched: WatchedTable): Promise<void> {
  const table = qualified(watched.schema, watched.table);
  const call = `EXECUTE FUNCTION transfuse.note_foreign_write(${triggerArguments(watched).map(quoteLiteral).join(', ')})`;
  await target.query(dropTriggers(table));
  await target.query(
    `CREATE TRIGGER ${ROW_TRIGGER} AFTER INSERT OR UPDATE OR DELETE ON ${table} FOR EACH ROW ${IS_SOMEBODY_ELSE} ${call}`,
  );
  await target.query(
    `CREATE TRIGGER ${TRUNCATE_TRIGGER} AFTER TRUNCATE ON ${table} FOR EACH STATEMENT ${IS_SOMEBODY_ELSE} ${call}`,
  );
}

function dropTriggers(table: string): string {
  return WATCH_TRIGGERS.map((name) => `DROP TRIGGER IF EXISTS ${quoteIdentifier(name)} ON ${table}`).join(
    '; ',
  );
}

function triggerArguments({ schema, table, key }: WatchedTable): string[] {
  return [schema, table, ...key];
}

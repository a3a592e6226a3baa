/** Writes the changes to the source, as an application would: statements in transactions. */
import mysql from 'mysql2/promise';
import type { MysqlServer } from '../../support/servers/index.ts';
import type { Value } from '../dataset/bench-table.ts';
import { sourceTransactions, type RowVersion, type SourceTransaction } from './changes.ts';
import { encounter, ENCOUNTERS } from './encounters.ts';

const SENT_CHARACTERS = 1 << 19;
const TABLE = ENCOUNTERS.name;

/** A session that takes several statements at once. */
export function openSession({ host, port, user, password }: MysqlServer, database: string) {
  return mysql.createConnection({
    host,
    port,
    user,
    password,
    database,
    multipleStatements: true,
    timezone: 'Z',
  });
}

/** Returns how many transactions they were. */
export async function writeBacklog(
  source: MysqlServer,
  database: string,
  changes: number,
  rowsEach: number,
): Promise<number> {
  const session = await openSession(source, database);
  try {
    await session.query("SET time_zone = '+00:00', sql_mode = 'STRICT_ALL_TABLES'");
    const update = await updateClause(session);
    let sql = '';
    let count = 0;
    for (const transaction of sourceTransactions(changes, rowsEach)) {
      const statements = statementsOf(transaction, update);
      sql += statements.length === 1 ? `${statements[0]};` : `BEGIN;${statements.join(';')};COMMIT;`;
      count++;
      if (sql.length < SENT_CHARACTERS) continue;
      await session.query(sql);
      sql = '';
    }
    if (sql) await session.query(sql);
    return count;
  } finally {
    await session.end();
  }
}

function statementsOf({ inserts, updates, deletes }: SourceTransaction, update: string): string[] {
  return [
    ...(inserts.length > 0 ? [insertSql(inserts)] : []),
    ...(updates.length > 0 ? [`${insertSql(updates)} ${update}`] : []),
    ...(deletes.length > 0 ? [`DELETE FROM ${TABLE} WHERE id IN (${deletes.join(',')})`] : []),
  ];
}

function insertSql(rows: readonly RowVersion[]): string {
  const values = rows.map(({ id, version }) => `(${encounter(id, version).map(literal).join(',')})`);
  return `INSERT INTO ${TABLE} VALUES ${values.join(',')}`;
}

async function updateClause(session: mysql.Connection): Promise<string> {
  const [columns] = await session.query<mysql.RowDataPacket[]>(`SHOW COLUMNS FROM ${TABLE}`);
  const names = columns.map((column) => String(column['Field'])).filter((name) => name !== 'id');
  return `ON DUPLICATE KEY UPDATE ${names.map((name) => `${name}=VALUES(${name})`).join(',')}`;
}

/** The values have no backslashes. */
function literal(value: Value): string {
  if (value === null) return 'NULL';
  return typeof value === 'number' ? String(value) : `'${value.replaceAll("'", "''")}'`;
}

/** Both databases, over connections of the check's own. */
import mysql from 'mysql2';
import pg from 'pg';
import { driverOptions, type DatabaseAddress } from '../../support/database-address.ts';

export type Cells = (string | null)[];

export interface DatabaseEnd extends AsyncDisposable {
  /** The rows as texts, a few thousand of them in memory at a time. */
  rows(sql: string, values?: string[]): AsyncIterable<Cells>;
}

/** The first cell of the only row, as a number. */
export async function readNumber(end: DatabaseEnd, sql: string): Promise<number> {
  const [row] = await readAll(end, sql);
  return Number(row?.[0]);
}

export async function readAll(end: DatabaseEnd, sql: string, values: string[] = []): Promise<Cells[]> {
  const all: Cells[] = [];
  for await (const cells of end.rows(sql, values)) all.push(cells);
  return all;
}

const SESSION = `SET SESSION sql_mode = '', time_zone = '+00:00', net_write_timeout = 600`;

export async function openSourceEnd(address: DatabaseAddress): Promise<DatabaseEnd> {
  const connection = mysql.createConnection({
    ...driverOptions(address),
    charset: 'utf8mb4',
  });
  // A lost connection fails the statement under way too, which tells.
  connection.on('error', () => {});
  const options = {
    rowsAsArray: true,
    typeCast: (field: { buffer(): Buffer | null }) => field.buffer()?.toString('utf8') ?? null,
  };
  await connection.promise().query(SESSION);
  return {
    rows: (sql, values = []) =>
      connection.query({ ...options, sql, values }).stream({ highWaterMark: 1000 }) as AsyncIterable<Cells>,
    // A check that was stopped leaves a result unread: the server is not told good-bye.
    [Symbol.asyncDispose]: () => Promise.resolve(connection.destroy()),
  };
}

const FETCHED_ROWS = 1000;

export async function openTargetEnd(address: DatabaseAddress): Promise<DatabaseEnd> {
  const client = new pg.Client(driverOptions(address));
  client.on('error', () => {});
  await client.connect();
  await client.query(`SET timezone = 'UTC'; SET bytea_output = 'hex'; SET extra_float_digits = 1`);
  const textOnly = { rowMode: 'array' as const, types: { getTypeParser: () => String } };
  return {
    async *rows(sql, values = []) {
      await client.query('BEGIN');
      try {
        await client.query(`DECLARE rows_to_check NO SCROLL CURSOR FOR ${sql}`, values);
        for (;;) {
          const { rows } = await client.query<Cells>({
            ...textOnly,
            text: `FETCH ${FETCHED_ROWS} FROM rows_to_check`,
          });
          yield* rows;
          if (rows.length < FETCHED_ROWS) break;
        }
      } finally {
        await client.query('ROLLBACK');
      }
    },
    [Symbol.asyncDispose]: () => client.end(),
  };
}

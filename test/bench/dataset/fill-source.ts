/** Fills the source: rows are generated to a file a part at a time, and read by the server itself. */
import fs from 'node:fs/promises';
import path from 'node:path';
import type { Connection } from 'mysql2/promise';
import type { BenchTable, Value } from './bench-table.ts';
import { Random } from './random.ts';

const SEED = 20_260_101;
const ROWS_PER_FILE = 200_000;
const WRITE_BYTES = 1 << 20;

/** Creates `database` with the table in it, holding the ids 1 to `rows`. The same rows every time. */
export async function createSourceTable(
  connection: Connection,
  database: string,
  table: BenchTable,
  rows: number,
  directory: string,
): Promise<void> {
  await connection.query(`CREATE DATABASE \`${database}\``);
  await connection.query(`USE \`${database}\``);
  // zero dates are part of the picture; the binlog is not
  await connection.query(`SET sql_mode = '', sql_log_bin = 0`);
  await connection.query(table.sourceDdl);
  const file = path.join(directory, `${database}.tsv`);
  const random = new Random(SEED);
  for (let first = 1; first <= rows; first += ROWS_PER_FILE) {
    await writeRows(file, table, random, first, Math.min(first + ROWS_PER_FILE - 1, rows));
    await connection.query('LOAD DATA INFILE ? INTO TABLE ?? CHARACTER SET utf8mb4', [file, table.name]);
  }
  await fs.rm(file);
  await connection.query(`ANALYZE TABLE \`${table.name}\``);
}

async function writeRows(
  file: string,
  table: BenchTable,
  random: Random,
  first: number,
  last: number,
): Promise<void> {
  const handle = await fs.open(file, 'w', 0o644);
  try {
    let text = '';
    for (let id = first; id <= last; id++) {
      text += `${table.row(random, id).map(escape).join('\t')}\n`;
      if (text.length < WRITE_BYTES && id < last) continue;
      await handle.write(text);
      text = '';
    }
  } finally {
    await handle.close();
  }
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\t': '\\t',
  '\n': '\\n',
  '\r': '\\r',
  '\0': '\\0',
};

function escape(value: Value): string {
  return value === null ? '\\N' : String(value).replace(/[\\\t\n\r\0]/g, (character) => ESCAPES[character]!);
}

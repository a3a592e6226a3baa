import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { describe, expect, test } from 'vitest';
import { ValueRefused } from '../../src/core/reject-reasons.ts';
import type { ValuePolicies } from '../../src/mapping/types/codec.ts';
import { codecFor, selectExpression } from '../../src/mapping/types/index.ts';
import { readSourceCatalog } from '../../src/mysql/catalog.ts';
import type { SourceColumn } from '../../src/mysql/catalog-model.ts';
import type { SourceConnection } from '../../src/mysql/connection.ts';
import { driverOptions } from '../support/database-address.ts';
import { createSourceDatabase, createTargetDatabase, sourceFlavors } from '../support/databases.ts';
import type { SourceDatabase, TestDatabase } from '../support/databases.ts';
import { connectToSource } from '../support/source-settings.ts';
import { typeCases, type TypeCase, type ValueCase } from '../support/type-cases.ts';

const COPY_HEADER = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1');
const COPY_TRAILER = Buffer.from([0xff, 0xff]);
const DEFAULT_POLICIES: ValuePolicies = { zeroDate: 'null', nul: 'reject', tinyint1: 'smallint' };

interface Loaded {
  typeCase: TypeCase;
  table: string;
  values: ValueCase[];
}

describe.each(sourceFlavors())('[invariant 11] every %s type, by the bulk road', (flavor) => {
  const cases = typeCases
    .filter(({ flavors }) => !flavors || flavors.includes(flavor))
    .map((typeCase, index) => ({
      typeCase,
      table: `c${index}`,
      values: typeCase.values.filter(({ flavors }) => !flavors || flavors.includes(flavor)),
    }));

  test('its values arrive as PostgreSQL should have them, or are refused with their reason', async () => {
    await using source = await createSourceDatabase(flavor);
    await using target = await createTargetDatabase();
    await fill(source, cases);
    const reader = await connectToSource(source);
    const writer = await openTarget(target.config);
    try {
      const catalog = await readSourceCatalog(reader, source.config.database);
      const columns = new Map(catalog.tables.map((table) => [table.name, table.columns[1]!]));
      for (const loaded of cases) {
        const actual = await load(reader, writer, loaded, columns.get(loaded.table)!);
        const { sourceType, targetType } = loaded.typeCase;
        const wanted = loaded.values.map((value) =>
          'reject' in value ? { reject: value.reject } : value.expected,
        );
        expect.soft(actual, `${sourceType} → ${targetType}`).toEqual([...wanted, null]);
      }
    } finally {
      await reader.close();
      await writer.end();
    }
  });
});

/** One table for each case, a row for each of its values, and a last one with NULL. */
async function fill(source: SourceDatabase, cases: Loaded[]): Promise<void> {
  await source.query(`set names utf8mb4; set sql_mode = 'ALLOW_INVALID_DATES', time_zone = '+00:00'`);
  for (const { typeCase, table, values } of cases) {
    await source.query(`create table ${table} (id int primary key, v ${typeCase.sourceType})`);
    const rows = [...values.map(({ sql }) => sql), 'null'].map((sql, id) => `(${id}, ${sql})`);
    await source.query(`insert into ${table} values ${rows.join()}`);
  }
}

/** What PostgreSQL prints for each value, or why the value was refused. */
async function load(reader: SourceConnection, writer: pg.Client, loaded: Loaded, column: SourceColumn) {
  const { typeCase, table } = loaded;
  const codec = codecFor(column, typeCase.targetType, { ...DEFAULT_POLICIES, ...typeCase.policies });
  const values = await readRaw(reader, `select ${selectExpression(column, '`v`')} from ${table} order by id`);
  const results: (string | null | { reject: string })[] = [];
  const rows: Buffer[] = [];
  for (const [id, value] of values.entries()) {
    const row = Buffer.alloc(10 + Math.max(4, codec.maxBytes(value?.length ?? 0)));
    row.writeInt16BE(2, 0);
    row.writeInt32BE(4, 2);
    row.writeInt32BE(id, 6);
    try {
      if (value) codec.validate?.(value, 0, value.length);
      const end = value ? codec.write(value, 0, value.length, row, 10) : row.writeInt32BE(-1, 10);
      rows.push(row.subarray(0, end));
    } catch (error) {
      if (!(error instanceof ValueRefused)) throw error;
      results[id] = { reject: error.reason };
    }
  }
  await writer.query(`create table ${table} (id int, v ${typeCase.targetType})`);
  await pipeline(
    [COPY_HEADER, ...rows, COPY_TRAILER],
    writer.query(copyFrom(`copy ${table} from stdin (format binary)`)),
  );
  const answer = await writer.query<{ id: string; v: string | null }>({
    text: `select id, v from ${table}`,
    types: { getTypeParser: () => String },
  });
  for (const { id, v } of answer.rows) results[Number(id)] = v;
  return results;
}

/** The values of the only column, as the bytes of the text protocol. */
function readRaw(reader: SourceConnection, sql: string): Promise<(Buffer | null)[]> {
  return new Promise((resolve, reject) => {
    const options = {
      sql,
      rowsAsArray: true,
      typeCast: (field: { buffer(): Buffer | null }) => field.buffer(),
    };
    reader.raw.query(options as never, (error, rows) => {
      if (error) reject(error);
      else resolve((rows as unknown as (Buffer | null)[][]).map(([value]) => value ?? null));
    });
  });
}

async function openTarget(config: TestDatabase['config']): Promise<pg.Client> {
  const client = new pg.Client(driverOptions(config));
  await client.connect();
  await client.query(`set timezone = 'UTC'; set intervalstyle = 'postgres'; set datestyle = 'ISO'`);
  return client;
}

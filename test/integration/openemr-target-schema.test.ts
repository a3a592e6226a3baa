import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { valueWriter } from '../../src/mapping/types/value-writer.ts';
import { createTargetDatabase, type TestDatabase } from '../support/databases.ts';

const DIRECTORY = path.join(import.meta.dirname, '../../src/profiles/openemr/schema');

/** Code lists: nothing in them is of a patient. */
const WITHOUT_ORIGIN = ['specialty'];

const ORIGIN = {
  legacy_table: { type: 'text', nullable: false, default: null },
  legacy_id: { type: 'text', nullable: false, default: null },
  extra: { type: 'jsonb', nullable: false, default: `'{}'::jsonb` },
  dq_flags: { type: 'text[]', nullable: false, default: `'{}'::text[]` },
};

interface Column extends Record<string, unknown> {
  table: string;
  name: string;
  type: string;
  nullable: boolean;
  default: string | null;
}

const SERVICES: [file: string, schema: string, tables: number][] = [
  ['patient.sql', 'patient', 4],
  ['doctor.sql', 'doctor', 6],
  ['appointment.sql', 'appointment', 4],
  ['medical-records.sql', 'medical_records', 12],
];

async function load(target: TestDatabase, file: string): Promise<void> {
  await target.query(fs.readFileSync(path.join(DIRECTORY, file), 'utf8'));
}

async function tablesOf(target: TestDatabase, schema: string): Promise<string[]> {
  const rows = await target.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class WHERE relnamespace = $1::regnamespace AND relkind = 'r' ORDER BY 1`,
    [schema],
  );
  return rows.map((row) => row.name);
}

function columnsOf(target: TestDatabase, schema: string): Promise<Column[]> {
  return target.query<Column>(
    `SELECT relname AS table, attname AS name, format_type(atttypid, atttypmod) AS type, NOT attnotnull AS nullable,
       pg_get_expr(adbin, adrelid) AS default
     FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
     LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
     WHERE relnamespace = $1::regnamespace AND relkind = 'r' AND attnum > 0`,
    [schema],
  );
}

describe.each(SERVICES)('the target schema %s', (file, schema, tables) => {
  it('loads into an empty database as one query, and keeps to its own schema', async () => {
    await using target = await createTargetDatabase();
    await load(target, file);
    expect(await tablesOf(target, schema)).toHaveLength(tables);
    expect(
      await target.query(
        `SELECT relnamespace::regnamespace::text AS schema, relname FROM pg_class
         WHERE relnamespace::regnamespace::text !~ '^(pg_|information_schema$)' AND relnamespace <> $1::regnamespace`,
        [schema],
      ),
    ).toEqual([]);
  });

  it('has a primary key, a comment and known foreign keys for every table', async () => {
    await using target = await createTargetDatabase();
    await load(target, file);
    const withKey = await target.query<{ name: string; comment: string | null }>(
      `SELECT relname AS name, obj_description(conrelid, 'pg_class') AS comment
       FROM pg_constraint JOIN pg_class ON conrelid = pg_class.oid
       WHERE contype = 'p' AND connamespace = $1::regnamespace ORDER BY 1`,
      [schema],
    );
    expect(withKey.map((row) => row.name)).toEqual(await tablesOf(target, schema));
    expect(withKey.filter((row) => row.comment === null)).toEqual([]);
    expect(
      await target.query(
        `SELECT conname FROM pg_constraint JOIN pg_class ON confrelid = pg_class.oid
         WHERE contype = 'f' AND relnamespace <> connamespace`,
      ),
    ).toEqual([]);
  });

  it('says of every row where it came from and what is wrong with it', async () => {
    await using target = await createTargetDatabase();
    await load(target, file);
    const columns = await columnsOf(target, schema);
    for (const table of await tablesOf(target, schema)) {
      const origin = columns.filter((column) => column.table === table && column.name in ORIGIN);
      const found = Object.fromEntries(
        origin.map((column) => [
          column.name,
          { type: column.type, nullable: column.nullable, default: column.default },
        ]),
      );
      expect.soft(found, table).toEqual(WITHOUT_ORIGIN.includes(table) ? {} : ORIGIN);
    }
    const unlinked = await target.query(
      `SELECT relname FROM pg_class WHERE relnamespace = $1::regnamespace AND relkind = 'r' AND relname <> ALL ($2)
       AND NOT EXISTS (SELECT FROM pg_index WHERE indrelid = pg_class.oid AND indisunique
         AND pg_get_indexdef(indexrelid) LIKE '%(legacy_table, legacy_id%')`,
      [schema, WITHOUT_ORIGIN],
    );
    expect(unlinked).toEqual([]);
  });

  it('has only columns of types that a mapping can write', async () => {
    await using target = await createTargetDatabase();
    await load(target, file);
    for (const { table, name, type } of await columnsOf(target, schema)) {
      expect.soft(() => valueWriter(type), `${table}.${name}`).not.toThrow();
    }
  });
});

describe('the days that a series leaves out', () => {
  it('are a list of dates or nothing', async () => {
    await using target = await createTargetDatabase();
    await load(target, 'appointment.sql');
    const insert = (exdates: string) =>
      target.query(
        `INSERT INTO appointment.appointment_series
           (id, timezone, start_date, rrule_exact, exdates, legacy_spec, status, legacy_table, legacy_id)
         VALUES (gen_random_uuid(), 'UTC', '2026-01-05', false, $1, '{}', 'active', 't', gen_random_uuid()::text)`,
        [exdates],
      );
    await insert('{}');
    await insert('{2026-01-12,2026-01-19}');
    await expect(insert('{20260112}')).rejects.toMatchObject({ code: '23514' });
    await expect(insert('{2026-01-12,soon}')).rejects.toMatchObject({ code: '23514' });
  });
});

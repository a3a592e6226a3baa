/** A database that nobody here made, moved by the executables, compared by means of the test's own. */
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkTables, type TableCheck } from '../demo/check/check-tables.ts';
import { connectionSettings } from '../support/database-address.ts';
import { runExecutable, type ExecutableName } from '../demo/executable.ts';
import {
  createSourceDatabase,
  createTargetDatabase,
  sourceFlavors,
  type SourceDatabase,
  type TestDatabase,
} from '../support/databases.ts';
import { hasSakila, loadSakila } from '../support/sakila.ts';

interface SchemaDocument {
  result: { schemas: { notes: { table: string | null; object: string }[] }[] };
}

describe.skipIf(!hasSakila()).each(sourceFlavors())('Sakila, moved from %s', (flavor) => {
  let source: SourceDatabase;
  let target: TestDatabase;
  let cwd: string;
  let schemaReport: SchemaDocument;

  beforeAll(async () => {
    source = await createSourceDatabase(flavor);
    target = await createTargetDatabase();
    cwd = await fs.mkdtemp(path.join(os.tmpdir(), 'transfuse-test-'));
    await loadSakila(source);
    schemaReport = JSON.parse(await run('schema')) as SchemaDocument;
    await run('bulk', '--no-sync');
  });

  afterAll(async () => {
    await Promise.all([source.drop(), target.drop(), fs.rm(cwd, { recursive: true })]);
  });

  async function run(name: ExecutableName, ...args: string[]): Promise<string> {
    const env = { ...connectionSettings(source.config, target.config), LOG_DIR: path.join(cwd, 'logs') };
    const result = await runExecutable(name, { args: [...args, '--json'], env, cwd, output: 'pipe' });
    expect(result.stderr + result.exitCode).toMatch(/0$/);
    return result.stdout;
  }

  /** Rows as sorted lines, so that both sides can be compared. */
  async function lines(database: TestDatabase, sql: string): Promise<string[]> {
    const rows = await database.query(sql);
    return rows.map((row) => Object.values(row).join(' | ')).sort();
  }

  it('has all 16 tables and 47,273 rows, every value as it was', async () => {
    const checks: TableCheck[] = [];
    const ends = { source: source.config, target: target.config, maxComparedRows: Infinity };
    for await (const check of checkTables(ends)) checks.push(check);
    expect(checks.flatMap((check) => check.problems)).toEqual([]);
    expect(checks.length).toBe(16);
    const sum = (pick: (check: TableCheck) => number) =>
      checks.reduce((total, check) => total + pick(check), 0);
    expect(sum((check) => check.sourceRows)).toBe(47_273);
    expect(sum((check) => check.targetRows ?? 0)).toBe(47_273);
    expect(sum((check) => check.comparedRows)).toBe(47_273);
  });

  it('has every primary key', async () => {
    const keys = await lines(
      source,
      `SELECT TABLE_NAME AS t, GROUP_CONCAT(COLUMN_NAME ORDER BY ORDINAL_POSITION) AS c
       FROM information_schema.KEY_COLUMN_USAGE
       WHERE TABLE_SCHEMA = DATABASE() AND CONSTRAINT_NAME = 'PRIMARY' GROUP BY TABLE_NAME`,
    );
    expect(keys.length).toBe(16);
    expect(
      await lines(
        target,
        `SELECT conrelid::regclass AS t, ${targetColumns('conrelid', 'conkey')} AS c
         FROM pg_constraint WHERE contype = 'p' AND connamespace = 'public'::regnamespace`,
      ),
    ).toEqual(keys);
  });

  it('has every foreign key with its actions, all of them valid, the circle of store and staff too', async () => {
    const keys = await lines(
      source,
      `SELECT k.TABLE_NAME AS t, k.COLUMN_NAME AS c, k.REFERENCED_TABLE_NAME AS rt, k.REFERENCED_COLUMN_NAME AS rc,
         r.UPDATE_RULE AS u, r.DELETE_RULE AS d
       FROM information_schema.KEY_COLUMN_USAGE k JOIN information_schema.REFERENTIAL_CONSTRAINTS r
         ON r.CONSTRAINT_SCHEMA = k.TABLE_SCHEMA AND r.CONSTRAINT_NAME = k.CONSTRAINT_NAME AND r.TABLE_NAME = k.TABLE_NAME
       WHERE k.TABLE_SCHEMA = DATABASE()`,
    );
    expect(keys.length).toBe(22);
    expect(keys).toEqual(
      expect.arrayContaining([
        'store | manager_staff_id | staff | staff_id | CASCADE | RESTRICT',
        'staff | store_id | store | store_id | CASCADE | RESTRICT',
      ]),
    );
    const action = (column: string) =>
      `CASE ${column} WHEN 'c' THEN 'CASCADE' WHEN 'r' THEN 'RESTRICT' WHEN 'n' THEN 'SET NULL' ELSE ${column}::text END`;
    expect(
      await lines(
        target,
        `SELECT conrelid::regclass AS t, ${targetColumns('conrelid', 'conkey')} AS c, confrelid::regclass AS rt,
           ${targetColumns('confrelid', 'confkey')} AS rc, ${action('confupdtype')} AS u, ${action('confdeltype')} AS d
         FROM pg_constraint WHERE contype = 'f' AND convalidated AND connamespace = 'public'::regnamespace`,
      ),
    ).toEqual(keys);
  });

  it('has every index, unique ones and the one for full-text search included', async () => {
    const indexes = await lines(
      source,
      `SELECT TABLE_NAME AS t, GROUP_CONCAT(COLUMN_NAME ORDER BY SEQ_IN_INDEX) AS c,
         CASE WHEN MAX(NON_UNIQUE) = 0 THEN 'unique' ELSE 'plain' END AS u
       FROM information_schema.STATISTICS
       WHERE TABLE_SCHEMA = DATABASE() AND INDEX_NAME <> 'PRIMARY' AND INDEX_TYPE = 'BTREE'
       GROUP BY TABLE_NAME, INDEX_NAME`,
    );
    expect(indexes.length).toBeGreaterThan(20);
    expect(
      await lines(
        target,
        `SELECT indrelid::regclass AS t, ${targetColumns('indrelid', 'indkey')} AS c,
           CASE WHEN indisunique THEN 'unique' ELSE 'plain' END AS u
         FROM pg_index JOIN pg_class c ON c.oid = indexrelid JOIN pg_am am ON am.oid = c.relam
         WHERE NOT indisprimary AND indisvalid AND am.amname = 'btree' AND c.relnamespace = 'public'::regnamespace`,
      ),
    ).toEqual(indexes);
    expect(
      await target.query(
        `SELECT count(*)::int AS n FROM film_text
         WHERE to_tsvector('simple', COALESCE(title, '') || ' ' || COALESCE(description, '')) @@ plainto_tsquery('simple', 'academy dinosaur')`,
      ),
    ).toEqual([{ n: 1 }]);
    expect(
      await lines(
        target,
        `SELECT indrelid::regclass FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
      JOIN pg_am am ON am.oid = c.relam WHERE am.amname = 'gin'`,
      ),
    ).toEqual(['film_text']);
  });

  it('has the defaults of every column', async () => {
    const defaults = await lines(
      target,
      `SELECT table_name AS t, column_name AS c, column_default AS d FROM information_schema.columns
       WHERE table_schema = 'public' AND column_default IS NOT NULL AND column_name <> 'last_update'`,
    );
    expect(defaults).toEqual([
      'customer | active | 1',
      "film | rating | 'G'::text",
      'film | rental_duration | 3',
      'film | rental_rate | 4.99',
      'film | replacement_cost | 19.99',
      'staff | active | 1',
    ]);
    const touched = await lines(
      source,
      `SELECT TABLE_NAME AS t FROM information_schema.COLUMNS
       WHERE TABLE_SCHEMA = DATABASE() AND COLUMN_NAME = 'last_update'`,
    );
    expect(touched.length).toBe(15);
    expect(
      await lines(
        target,
        `SELECT table_name AS t FROM information_schema.columns
         WHERE table_schema = 'public' AND column_name = 'last_update' AND column_default ~* 'current_timestamp'`,
      ),
    ).toEqual(touched);
  });

  it('goes on counting where the source would', async () => {
    if (flavor === 'mysql') await source.query('SET SESSION information_schema_stats_expiry = 0');
    const next = await lines(
      source,
      `SELECT t.TABLE_NAME AS t, c.COLUMN_NAME AS c, t.AUTO_INCREMENT AS n
       FROM information_schema.TABLES t JOIN information_schema.COLUMNS c USING (TABLE_SCHEMA, TABLE_NAME)
       WHERE t.TABLE_SCHEMA = DATABASE() AND c.EXTRA LIKE '%auto_increment%'`,
    );
    expect(next.length).toBe(13);
    const identities = await target.query<{ t: string; c: string }>(
      `SELECT table_name AS t, column_name AS c FROM information_schema.columns
       WHERE table_schema = 'public' AND is_identity = 'YES'`,
    );
    const given: string[] = [];
    for (const { t, c } of identities) {
      const [row] = await target.query(`SELECT nextval(pg_get_serial_sequence('public.${t}', '${c}')) AS n`);
      given.push(`${t} | ${c} | ${String(row?.['n'])}`);
    }
    expect(given.sort()).toEqual(next);
  });

  it('moves last_update when a row changes, and only then', async () => {
    const read = async () =>
      (await target.query('SELECT last_update::text AS at FROM actor WHERE actor_id = 1'))[0]?.['at'];
    const before = await read();
    await target.query('UPDATE actor SET first_name = first_name WHERE actor_id = 1');
    expect(await read()).toBe(before);
    await target.query("UPDATE actor SET first_name = 'X' WHERE actor_id = 1");
    expect(await read()).not.toBe(before);
  });

  it('is told of every view, trigger and routine that stays behind', () => {
    const staying = schemaReport.result.schemas[0]!.notes.filter(({ table }) => table === null).map(
      ({ object }) => object,
    );
    expect(staying.sort()).toEqual([
      'routine film_in_stock',
      'routine film_not_in_stock',
      'routine get_customer_balance',
      'routine inventory_held_by_customer',
      'routine inventory_in_stock',
      'routine rewards_report',
      'trigger customer_create_date',
      'trigger del_film',
      'trigger ins_film',
      'trigger payment_date',
      'trigger rental_date',
      'trigger upd_film',
      'view actor_info',
      'view customer_list',
      'view film_list',
      'view nicer_but_slower_film_list',
      'view sales_by_film_category',
      'view sales_by_store',
      'view staff_list',
    ]);
  });
});

/** The names of the columns of a key, in its order. */
function targetColumns(table: string, key: string): string {
  return `(SELECT string_agg(a.attname, ',' ORDER BY k.place) FROM unnest(${key}) WITH ORDINALITY AS k (number, place)
    JOIN pg_attribute a ON a.attrelid = ${table} AND a.attnum = k.number)`;
}

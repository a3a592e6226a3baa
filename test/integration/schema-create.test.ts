import { randomBytes } from 'node:crypto';
import { inject, describe, expect, it } from 'vitest';
import { openTarget } from '../../src/postgres/connection.ts';
import { readTargetCatalog } from '../../src/postgres/catalog.ts';
import { mirrorSchema } from '../../src/profiles/mirror/ddl/mirror-schema.ts';
import { createSchema, type SchemaReport } from '../../src/schema/create-schema.ts';
import type { LeftAlone } from '../../src/schema/compare-schema.ts';
import type { SchemaDifference } from '../../src/schema/schema-difference.ts';
import { printSchema } from '../../src/schema/print-schema.ts';
import { SchemaDiffersError } from '../../src/schema/schema-differs-error.ts';
import type { SchemaPlan } from '../../src/postgres/schema-plan.ts';
import { createTargetDatabase, type TestDatabase } from '../support/databases.ts';
import { nastySource } from '../support/nasty-source.ts';
import {
  mirrorOptions,
  sourceCatalog,
  sourceColumn,
  sourceForeignKey,
  sourceIndex,
  sourceTable,
} from '../support/source-catalog.ts';
import { targetSettings } from '../support/target-settings.ts';

const connection = { applicationName: 'transfuse test' };
const nastyPlan = (targetSchema = 'public'): SchemaPlan =>
  mirrorSchema(nastySource, mirrorOptions({ targetSchema, timeZone: 'Europe/Berlin' }));

function create(
  target: TestDatabase,
  schemaPlan: SchemaPlan,
  leaveAlone?: LeftAlone[],
): Promise<SchemaReport> {
  const settings = targetSettings(target.config, target.config.database);
  return createSchema({ settings, schemaPlan, connection, ...(leaveAlone && { leaveAlone }) });
}

async function differences(target: TestDatabase, plan: SchemaPlan): Promise<readonly SchemaDifference[]> {
  const error = await create(target, plan).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(SchemaDiffersError);
  return (error as SchemaDiffersError).differences;
}

describe('creating a schema', () => {
  it('creates every object of a nasty source, and finds all of them present the second time', async () => {
    await using target = await createTargetDatabase();
    for (const plan of [nastyPlan(), nastyPlan('Other "schema"')]) {
      const first = await create(target, plan);
      expect(first.created.length + first.present.length).toBe(plan.objects.length);
      expect(first.present.length).toBe(plan.schema === 'public' ? 1 : 0);
      const second = await create(target, plan);
      expect(second.created).toEqual([]);
      expect(second.present.length).toBe(plan.objects.length);
    }
  });

  it('creates only what is missing', async () => {
    await using target = await createTargetDatabase();
    const plan = nastyPlan();
    await create(target, plan);
    await target.query('DROP INDEX patient_down_idx');
    await target.query('ALTER TABLE patient DROP CONSTRAINT "patient_fk self_fkey"');
    await target.query('DROP TRIGGER patient_on_update ON patient');
    await target.query('COMMENT ON TABLE patient IS NULL');
    await target.query('DROP TABLE "order"');
    const report = await create(target, plan);
    expect(report.created.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      'index patient_down_idx',
      'comment patient',
      'trigger patient_on_update',
      'table order',
      'index order_table_idx',
      'foreign-key patient_fk self_fkey',
      'foreign-key order_fk_fkey',
    ]);
  });

  it('reports every object that differs, with SQL that mends it, and alters or creates nothing', async () => {
    await using target = await createTargetDatabase();
    const plan = nastyPlan();
    await create(target, plan);
    for (const sql of [
      'ALTER TABLE patient ALTER COLUMN price TYPE numeric(12,2)',
      'ALTER TABLE patient ALTER COLUMN y SET DEFAULT 1999',
      'ALTER TABLE patient ALTER COLUMN ratio SET NOT NULL',
      'ALTER TABLE patient DROP COLUMN embedding',
      'ALTER TABLE daily ADD COLUMN extra text',
      'ALTER TABLE patient ALTER COLUMN id DROP IDENTITY',
      'DROP INDEX patient_down_idx; CREATE INDEX patient_down_idx ON patient (born, id)',
      "ALTER TABLE patient DROP CONSTRAINT patient_sex_check; ALTER TABLE patient ADD CONSTRAINT patient_sex_check CHECK (sex = ANY (ARRAY['m','f']))",
      'ALTER TABLE "order" DROP CONSTRAINT order_fk_fkey; ALTER TABLE "order" ADD CONSTRAINT order_fk_fkey FOREIGN KEY (id) REFERENCES patient (id) ON DELETE CASCADE',
      "COMMENT ON COLUMN patient.id IS 'other'",
      'CREATE OR REPLACE FUNCTION patient_on_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$',
      'DROP TABLE blob_key',
    ]) {
      await target.query(sql);
    }
    const found = await differences(target, plan);
    expect(found.map(({ kind, table, name }) => `${kind} ${table}.${name}`)).toEqual([
      'column patient.id',
      'column patient.price',
      'column patient.ratio',
      'column patient.embedding',
      'column patient.y',
      'index patient.patient_down_idx',
      'check patient.patient_sex_check',
      'comment patient.id',
      'function patient.patient_on_update',
      'column daily.extra',
      'foreign-key order.order_fk_fkey',
    ]);
    expect(await target.query(`SELECT 1 FROM pg_tables WHERE tablename = 'blob_key'`)).toEqual([]);

    for (const { mend } of found) for (const sql of mend) await target.query(sql);
    const report = await create(target, plan);
    expect(report.created.map(({ kind, name }) => `${kind} ${name}`)).toEqual(
      expect.arrayContaining(['table blob_key', 'comment id']),
    );
  });

  it('leaves alone what a bulk load has dropped', async () => {
    await using target = await createTargetDatabase();
    const plan = nastyPlan();
    await create(target, plan);
    await target.query('DROP INDEX patient_prefix_idx');
    const leaveAlone = [{ table: 'patient', name: 'patient_prefix_idx' }];
    const report = await create(target, plan, leaveAlone);
    expect(report.created).toEqual([]);
    expect(report.leftAlone).toEqual(leaveAlone);
    expect(report.present.length).toBe(plan.objects.length - 1 - 1);
  });

  it('creates the database where there is none, in UTF8', async () => {
    const database = `Made "here" ${randomBytes(4).toString('hex')}`;
    const settings = targetSettings(inject('targetServer'), database);
    const plan = mirrorSchema(
      sourceCatalog([sourceTable('t', [sourceColumn('a', 'int(11)')])]),
      mirrorOptions(),
    );
    try {
      const report = await createSchema({ settings, schemaPlan: plan, connection });
      expect(report.databaseCreated).toBe(true);
      const again = await createSchema({ settings, schemaPlan: plan, connection });
      expect(again.databaseCreated).toBe(false);
      const opened = await openTarget(settings, connection);
      expect(await readTargetCatalog(opened, 'public')).toMatchObject({
        encoding: 'UTF8',
        tables: [{ name: 't' }],
      });
      await opened.close();
    } finally {
      await using admin = await createTargetDatabase();
      await admin.query(`DROP DATABASE IF EXISTS "${database.replaceAll('"', '""')}"`);
    }
  });

  it('names the statement that is missing where the user may create neither database nor schema nor table', async () => {
    await using target = await createTargetDatabase();
    const role = `guest_${randomBytes(4).toString('hex')}`;
    await target.query(`CREATE ROLE ${role} LOGIN PASSWORD 'guest'`);
    try {
      const as = (database: string) =>
        targetSettings(target.config, database, { user: role, password: 'guest' });
      const plan = (targetSchema: string) =>
        mirrorSchema(
          sourceCatalog([sourceTable('t', [sourceColumn('a', 'int(11)')])]),
          mirrorOptions({ targetSchema }),
        );
      const failure = (database: string, schema: string) =>
        createSchema({ settings: as(database), schemaPlan: plan(schema), connection }).catch(
          (error: unknown) => error,
        );
      expect(await failure('not_there', 'public')).toMatchObject({
        code: 'TARGET_ACCESS_DENIED',
        fix: expect.stringContaining(
          `CREATE DATABASE "not_there" ENCODING 'UTF8' TEMPLATE template0 OWNER "${role}";`,
        ),
      });
      expect(await failure(target.config.database, 'new')).toMatchObject({
        code: 'TARGET_ACCESS_DENIED',
        fix: expect.stringContaining(`GRANT CREATE ON DATABASE "${target.config.database}" TO "${role}";`),
      });
      expect(await failure(target.config.database, 'public')).toMatchObject({
        code: 'TARGET_ACCESS_DENIED',
        fix: expect.stringContaining(`GRANT USAGE, CREATE ON SCHEMA "public" TO "${role}";`),
      });
    } finally {
      await target.query(`DROP ROLE ${role}`);
    }
  });

  it('refuses a database that is not encoded in UTF8', async () => {
    await using admin = await createTargetDatabase();
    const database = `latin_${randomBytes(4).toString('hex')}`;
    await admin.query(`CREATE DATABASE ${database} ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0`);
    try {
      const settings = targetSettings(admin.config, database);
      const schemaPlan = mirrorSchema(sourceCatalog([]), mirrorOptions());
      await expect(createSchema({ settings, schemaPlan, connection })).rejects.toMatchObject({
        code: 'TARGET_ENCODING',
      });
    } finally {
      await admin.query(`DROP DATABASE ${database}`);
    }
  });

  it('prints SQL that makes the very same schema', async () => {
    await using target = await createTargetDatabase();
    const plan = nastyPlan();
    const sql = printSchema(plan);
    expect(sql).toMatch(/^\\set ON_ERROR_STOP on\n/);
    await target.query(sql.replace(/^\\.*\n/, ''));
    expect((await create(target, plan)).created).toEqual([]);
  });

  it('creates 2,000 tables with keys, indexes and foreign keys in less than a minute', async () => {
    await using target = await createTargetDatabase();
    const tables = Array.from({ length: 2000 }, (_, i) =>
      sourceTable(
        `t${i}`,
        [
          sourceColumn('id', 'int(11)', { nullable: false, autoIncrement: true }),
          sourceColumn('parent', 'int(11)'),
          sourceColumn('name', 'varchar(50)'),
        ],
        {
          indexes: [
            sourceIndex('PRIMARY', ['id']),
            sourceIndex('parent', ['parent']),
            sourceIndex('name', ['name']),
          ],
          foreignKeys: [sourceForeignKey('fk', ['parent'], `t${Math.floor(i / 2)}`, ['id'])],
        },
      ),
    );
    const plan = mirrorSchema(sourceCatalog(tables), mirrorOptions());
    const start = performance.now();
    expect((await create(target, plan)).created.length).toBe(plan.objects.length - 1);
    expect((await create(target, plan)).created).toEqual([]);
    expect(performance.now() - start).toBeLessThan(60_000);
  }, 120_000);
});

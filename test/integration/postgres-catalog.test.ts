import { expect, it } from 'vitest';
import { readTargetCatalog } from '../../src/postgres/catalog.ts';
import { openTarget } from '../../src/postgres/connection.ts';
import { createTargetDatabase } from '../support/databases.ts';
import { targetSettings } from '../support/target-settings.ts';

const options = { applicationName: 'transfuse test' };

it('reads tables, columns, constraints, indexes, triggers and functions of one schema', async () => {
  await using target = await createTargetDatabase();
  await target.query(`
    CREATE SCHEMA "Other"; CREATE TABLE "Other".hidden (a int);
    CREATE TABLE parent (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY);
    CREATE TABLE "we""ird" (
      a numeric(10,2) NOT NULL DEFAULT 1.50, b text CHECK (b <> ''), c int UNIQUE,
      d int GENERATED ALWAYS AS (c + 1) STORED, e int REFERENCES parent (id));
    COMMENT ON TABLE "we""ird" IS 'table'; COMMENT ON COLUMN "we""ird".b IS 'column';
    CREATE INDEX by_b ON "we""ird" (lower(b)); COMMENT ON INDEX by_b IS 'index';
    CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
    CREATE TRIGGER touched BEFORE UPDATE ON "we""ird" FOR EACH ROW EXECUTE FUNCTION touch();
    INSERT INTO parent DEFAULT VALUES;`);
  const connection = await openTarget(targetSettings(target.config, target.config.database), options);
  const catalog = await readTargetCatalog(connection, 'public');
  expect(catalog).toMatchObject({ schemaExists: true, encoding: 'UTF8', sequences: ['parent_id_seq'] });
  expect(catalog.versionNumber).toBeGreaterThanOrEqual(140000);
  expect(catalog.extensions).toContainEqual({ name: 'plpgsql', version: '1.0', schema: 'pg_catalog' });
  expect(catalog.functions).toEqual([
    { name: 'touch', language: 'plpgsql', source: 'BEGIN RETURN NEW; END' },
  ]);
  expect(catalog.tables.map(({ name, hasRows }) => [name, hasRows])).toEqual([
    ['parent', true],
    ['we"ird', false],
  ]);
  const [parent, weird] = catalog.tables;
  expect(parent!.columns).toMatchObject([
    { name: 'id', type: 'integer', nullable: false, identity: 'always' },
  ]);
  expect(weird!.comment).toBe('table');
  expect(weird!.columns).toMatchObject([
    { name: 'a', type: 'numeric(10,2)', nullable: false, default: '1.50', generated: null },
    { name: 'b', type: 'text', nullable: true, default: null, comment: 'column' },
    { name: 'c', type: 'integer' },
    { name: 'd', generated: 'stored' },
    { name: 'e' },
  ]);
  expect(weird!.constraints.map(({ kind, definition, validated }) => [kind, definition, validated])).toEqual([
    ['check', "CHECK ((b <> ''::text))", true],
    ['unique', 'UNIQUE (c)', true],
    ['foreign-key', 'FOREIGN KEY (e) REFERENCES public.parent(id)', true],
  ]);
  expect(weird!.indexes).toEqual([
    {
      name: 'by_b',
      definition: 'CREATE INDEX by_b ON public."we""ird" USING btree (lower(b))',
      unique: false,
      valid: true,
      comment: 'index',
    },
  ]);
  expect(weird!.triggers).toMatchObject([{ name: 'touched', enabled: true }]);
  await connection.close();
});

it('finds nothing in a schema that is not there', async () => {
  await using target = await createTargetDatabase();
  const connection = await openTarget(targetSettings(target.config, target.config.database), options);
  expect(await readTargetCatalog(connection, 'nowhere')).toMatchObject({ schemaExists: false, tables: [] });
  await connection.close();
});

it('does not touch tables that the user may not read', async () => {
  await using target = await createTargetDatabase();
  const role = `reader_${target.config.database}`;
  await target.query(`CREATE ROLE ${role} LOGIN PASSWORD 'reader'; CREATE TABLE closed (a int); CREATE TABLE open (a int);
    GRANT SELECT ON open TO ${role}`);
  const settings = targetSettings(target.config, target.config.database, { user: role, password: 'reader' });
  const connection = await openTarget(settings, options);
  const catalog = await readTargetCatalog(connection, 'public');
  expect(catalog.tables.map(({ name, hasRows }) => [name, hasRows])).toEqual([
    ['closed', null],
    ['open', false],
  ]);
  await connection.close();
  await target.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
});

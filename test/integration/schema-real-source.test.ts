/** From the catalog of a real source to the schema of a real target, with what the two print in between. */
import { describe, expect, it } from 'vitest';
import { readSourceCatalog } from '../../src/mysql/catalog.ts';
import type { SchemaPlan } from '../../src/postgres/schema-plan.ts';
import { mirrorSchema } from '../../src/profiles/mirror/ddl/mirror-schema.ts';
import { createSchema } from '../../src/schema/create-schema.ts';
import {
  createSourceDatabase,
  createTargetDatabase,
  sourceFlavors,
  type SourceDatabase,
  type TestDatabase,
} from '../support/databases.ts';
import { hasSakila, loadSakila } from '../support/sakila.ts';
import { mirrorOptions } from '../support/source-catalog.ts';
import { connectToSource } from '../support/source-settings.ts';
import { targetSettings } from '../support/target-settings.ts';

async function planFor(source: SourceDatabase): Promise<SchemaPlan> {
  await using connection = await connectToSource(source);
  const catalog = await readSourceCatalog(connection, source.config.database);
  return mirrorSchema(catalog, mirrorOptions({ timeZone: 'Europe/Berlin' }));
}

async function createTwice(target: TestDatabase, schemaPlan: SchemaPlan): Promise<void> {
  const settings = targetSettings(target.config, target.config.database);
  const connection = { applicationName: 'transfuse test' };
  const first = await createSchema({ settings, schemaPlan, connection });
  expect(first.created.length).toBe(schemaPlan.objects.length - 1);
  const second = await createSchema({ settings, schemaPlan, connection });
  expect(second.created).toEqual([]);
}

const count = (plan: SchemaPlan, kind: string): number =>
  plan.objects.filter((object) => object.kind === kind).length;

const DEFAULTS = `CREATE TABLE defaults (
  id bigint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
  a int NOT NULL DEFAULT 0, b int DEFAULT -7, c decimal(10,2) DEFAULT 4.5, d double DEFAULT 1e20, e float DEFAULT 1.5,
  f varchar(20) DEFAULT 'it''s \\\\ "x"', g varchar(20) NOT NULL DEFAULT '', h char(4) DEFAULT 'NULL',
  i enum('a','it''s') DEFAULT 'it''s', j set('a','b','c') DEFAULT 'a,c', k bit(8) DEFAULT b'101', l tinyint(1) DEFAULT 1,
  m date DEFAULT '2020-02-29', n datetime(3) DEFAULT '2020-01-01 10:00:00.120', o timestamp NULL DEFAULT '2020-01-01 00:00:00',
  p time DEFAULT '-10:00:00', q year DEFAULT 2020, r binary(4) DEFAULT 'ab', s varbinary(4) DEFAULT x'00ff',
  t timestamp(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6), u datetime DEFAULT CURRENT_TIMESTAMP,
  v varchar(36) DEFAULT (uuid()), w int DEFAULT (1 + 2), x int GENERATED ALWAYS AS (a + 1) STORED, y text,
  z datetime DEFAULT NULL ON UPDATE CURRENT_TIMESTAMP,
  UNIQUE KEY (g(5)), KEY down (a DESC, b), KEY prefix (y(10)), FULLTEXT KEY words (f, y)
) COMMENT 'what''s "this" \\\\'`;

describe.each(sourceFlavors())('a schema from %s', (flavor) => {
  it('with every kind of default is created, and known again', async () => {
    await using source = await createSourceDatabase(flavor);
    await using target = await createTargetDatabase();
    await source.query(DEFAULTS);
    const plan = await planFor(source);
    await createTwice(target, plan);
    const table = plan.objects.find((object) => object.kind === 'table');
    const defaults = table?.columns.flatMap((column) => (column.default === null ? [] : [column.name]));
    expect(defaults?.join('')).toBe('idabcdefghijklmnopqrstuv');
    expect(plan.notes.map((note) => note.object)).toContain('column w');
    await target.query('INSERT INTO defaults DEFAULT VALUES');
    const [row] = await target.query(
      `SELECT b, c::text AS c, d, f, h, i, j::text AS j, k::text AS k, m::text AS m, n::text AS n, o AT TIME ZONE 'UTC' = '2020-01-01' AS o,
              p::text AS p, r, s, length(v) AS v FROM defaults`,
    );
    expect(row).toEqual({
      b: -7,
      c: '4.50',
      d: 1e20,
      f: 'it\'s \\ "x"',
      h: 'NULL',
      i: "it's",
      j: '{a,c}',
      k: '00000101',
      m: '2020-02-29',
      n: '2020-01-01 10:00:00.12',
      o: true,
      p: '-10:00:00',
      r: Buffer.from('ab\0\0'),
      s: Buffer.from([0, 255]),
      v: 36,
    });
  });

  it.runIf(hasSakila())('that is Sakila is created whole, and known again', async () => {
    await using source = await createSourceDatabase(flavor);
    await using target = await createTargetDatabase();
    await loadSakila(source);
    const plan = await planFor(source);
    await createTwice(target, plan);
    expect(count(plan, 'table')).toBe(16);
    expect(count(plan, 'primary-key')).toBe(16);
    expect(count(plan, 'foreign-key')).toBe(22);
    const left = plan.notes.filter((note) => note.table === null).map((note) => note.object.split(' ')[0]);
    expect(left.filter((kind) => kind === 'view').length).toBe(7);
    expect(left.filter((kind) => kind === 'trigger').length).toBe(6);
    expect(left.filter((kind) => kind === 'routine').length).toBe(6);
    expect(
      plan.notes.filter((note) => /^(index|foreign key) /.test(note.object)).map((note) => note.text),
    ).toEqual(expect.not.arrayContaining([expect.stringContaining('Is not created')]));
  });
});

import { describe, expect, it } from 'vitest';
import { MYSQL, openApplyCase, type TestChange } from '../support/apply-case.ts';
import { sourceColumn, sourceForeignKey, sourceIndex, sourceTable } from '../support/source-catalog.ts';

const id = () => sourceColumn('id', 'int(11)', { nullable: false });
const parent = () => sourceTable('parent', [id()], { indexes: [sourceIndex('PRIMARY', ['id'])] });
const referring = (name: string, to: string, actions: object, more: object[] = []) =>
  sourceTable(name, [id(), sourceColumn('up', 'int(11)'), sourceColumn('side', 'int(11)')], {
    indexes: [sourceIndex('PRIMARY', ['id'])],
    foreignKeys: [
      sourceForeignKey('up', ['up'], to, ['id'], actions),
      ...more.map((each) => sourceForeignKey('side', ['side'], name, ['id'], each)),
    ],
  });
const CASCADE = { onDelete: 'CASCADE', onUpdate: 'CASCADE' } as const;
const put = (table: string, key: string, up?: string, side?: string): TestChange => ({
  table,
  after: { id: key, up: up ?? null, side: side ?? null },
});
const move = (table: string, from: string, to: string): TestChange => ({
  table,
  before: { id: from },
  after: { id: to },
});
const drop = (table: string, key: string): TestChange => ({ table, before: { id: key } });

/** As it is while old changes are applied over newer rows: nothing but keys. */
const WITHOUT_FOREIGN_KEYS = `DO $$ DECLARE k record; BEGIN
  FOR k IN SELECT conrelid::regclass AS t, conname FROM pg_constraint WHERE contype = 'f' AND connamespace = 'public'::regnamespace LOOP
    EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', k.t, k.conname);
  END LOOP; END $$`;

describe.each([
  ['with its foreign keys', undefined],
  ['without foreign keys', WITHOUT_FOREIGN_KEYS],
])('what MariaDB’s foreign keys did without a word in the binlog, in a target %s', (_, alter) => {
  const open = (tables: Parameters<typeof openApplyCase>[0]) =>
    openApplyCase(tables, alter === undefined ? {} : { alter });

  it('goes down from a deleted row to children and grandchildren [invariant 4]', async () => {
    await using target = await open([
      parent(),
      referring('child', 'parent', CASCADE),
      referring('grandchild', 'child', CASCADE),
    ]);
    await target.apply(
      put('parent', '1'),
      put('parent', '2'),
      put('child', '10', '1'),
      put('child', '20', '2'),
      put('grandchild', '100', '10'),
      put('grandchild', '200', '20'),
    );
    await target.apply(drop('parent', '1'));
    expect(await target.rows('parent')).toEqual([['2']]);
    expect(await target.rows('child')).toEqual([['20', '2', null]]);
    expect(await target.rows('grandchild')).toEqual([['200', '20', null]]);
  });

  it('comes before what is written after it in the same batch [invariant 4]', async () => {
    await using target = await open([parent(), referring('child', 'parent', CASCADE)]);
    await target.apply(put('parent', '1'), put('child', '10', '1'), put('child', '11', '1'));
    await target.apply(
      put('child', '12', '1'),
      drop('parent', '1'),
      put('parent', '1'),
      put('child', '10', '1'),
      drop('parent', '1'),
      put('parent', '1'),
      put('child', '13', '1'),
    );
    expect(await target.rows('parent')).toEqual([['1']]);
    expect(await target.rows('child')).toEqual([['13', '1', null]]);
  });

  it('sets references to NULL, and follows changed keys as far as they reach [invariant 4]', async () => {
    const shared = sourceTable('shared', [sourceColumn('id', 'int(11)', { nullable: false })], {
      indexes: [sourceIndex('PRIMARY', ['id'])],
      foreignKeys: [sourceForeignKey('id', ['id'], 'parent', ['id'], CASCADE)],
    });
    await using target = await open([
      parent(),
      shared,
      referring('child', 'shared', CASCADE),
      referring('loose', 'parent', { onDelete: 'SET NULL', onUpdate: 'SET NULL' }),
    ]);
    await target.apply(
      put('parent', '1'),
      put('parent', '2'),
      put('shared', '1'),
      put('child', '10', '1'),
      put('loose', '20', '1'),
      put('loose', '21', '2'),
    );
    await target.apply(move('parent', '1', '5'), drop('parent', '2'));
    expect(await target.rows('parent')).toEqual([['5']]);
    expect(await target.rows('shared')).toEqual([['5']]);
    expect(await target.rows('child')).toEqual([['10', '5', null]]);
    expect(await target.rows('loose')).toEqual([
      ['20', null, null],
      ['21', null, null],
    ]);
  });

  it('goes round within a table to the end, and through many rows [invariant 4]', async () => {
    await using target = await open([parent(), referring('node', 'parent', CASCADE, [CASCADE])]);
    const numbers = Array.from({ length: 300 }, (_, i) => i);
    await target.apply(
      ...numbers.map((i) => put('parent', `${i}`)),
      ...numbers.map((i) => put('node', `${i}`, `${i}`)),
      ...numbers.map((i) => put('node', `${i + 1000}`, undefined, `${i}`)),
      ...numbers.map((i) => put('node', `${i + 2000}`, undefined, `${i + 1000}`)),
    );
    await target.apply(...numbers.slice(1).map((i) => drop('parent', `${i}`)));
    expect((await target.rows('node')).map(([key]) => key)).toEqual(['0', '1000', '2000']);
  });

  it('follows a referenced column that is not the key [invariant 4]', async () => {
    const coded = sourceTable('coded', [id(), sourceColumn('code', 'varchar(10)', { nullable: false })], {
      indexes: [sourceIndex('PRIMARY', ['id']), sourceIndex('code', ['code'], { unique: true })],
    });
    const user = sourceTable('user', [id(), sourceColumn('code', 'varchar(10)')], {
      indexes: [sourceIndex('PRIMARY', ['id'])],
      foreignKeys: [sourceForeignKey('code', ['code'], 'coded', ['code'], CASCADE)],
    });
    await using target = await open([coded, user]);
    const row = (key: string, code: string) => ({ id: key, code });
    await target.apply(
      { table: 'coded', after: row('1', 'a') },
      { table: 'coded', after: row('2', 'b') },
      { table: 'user', after: row('1', 'a') },
      { table: 'user', after: row('2', 'b') },
    );
    await target.apply(
      { table: 'coded', before: row('1', 'a'), after: row('1', 'c') },
      { table: 'coded', before: row('2', 'b') },
    );
    expect(await target.rows('user')).toEqual([['1', 'c']]);
  });
});

describe('foreign keys that act at the source', () => {
  it('are left to the binlog of a MySQL that has their rows', async () => {
    await using target = await openApplyCase([parent(), referring('child', 'parent', CASCADE)], {
      server: MYSQL,
      alter: WITHOUT_FOREIGN_KEYS,
    });
    await target.apply(put('parent', '1'), put('child', '10', '1'), drop('parent', '1'));
    expect(await target.rows('child')).toEqual([['10', '1', null]]);
  });

  it('refuse a table whose parent is not synced', async () => {
    await expect(openApplyCase([referring('child', 'elsewhere', CASCADE)])).rejects.toMatchObject({
      code: 'SYNC_IMPOSSIBLE',
      where: { table: 'child', constraint: 'up' },
    });
  });
});

import { describe, expect, it } from 'vitest';
import { MAX_DIRECT_ROWS } from '../../src/sync/apply/segment-runner.ts';
import { openApplyCase, type TestChange } from '../support/apply-case.ts';
import { sourceColumn, sourceForeignKey, sourceIndex, sourceTable } from '../support/source-catalog.ts';

const id = () => sourceColumn('id', 'int(11)', { nullable: false });
const person = () =>
  sourceTable('person', [id(), sourceColumn('email', 'varchar(50)'), sourceColumn('n', 'int(11)')], {
    indexes: [sourceIndex('PRIMARY', ['id']), sourceIndex('email', ['email'], { unique: true })],
  });
const visit = (overrides = {}) =>
  sourceTable('visit', [id(), sourceColumn('person_id', 'int(11)'), sourceColumn('note', 'text')], {
    indexes: [sourceIndex('PRIMARY', ['id']), sourceIndex('person', ['person_id'])],
    foreignKeys: [sourceForeignKey('person', ['person_id'], 'person', ['id'], overrides)],
  });
const put = (table: string, after: TestChange['after'], before?: TestChange['before']): TestChange => ({
  table,
  ...(after && { after }),
  ...(before && { before }),
});
const drop = (table: string, key: string): TestChange => ({ table, before: { id: key } });
const p = (key: string, email: string, n = '0') => ({ id: key, email, n });

describe('applying changes', () => {
  it('keeps the last version of each row, and the checkpoint with it [invariant 4]', async () => {
    await using target = await openApplyCase([person()]);
    await target.apply(
      put('person', p('1', 'a')),
      put('person', p('2', 'b')),
      put('person', p('1', 'a', '7'), { id: '1' }),
      drop('person', '2'),
      put('person', p('3', 'c')),
    );
    expect(await target.rows('person')).toEqual([
      ['1', 'a', '7'],
      ['3', 'c', '0'],
    ]);
    const [checkpoint] = await target.database.query('SELECT * FROM transfuse.checkpoints');
    expect(checkpoint).toMatchObject({
      transactions: '1',
      upserts: '4',
      deletes: '1',
      rejects: '0',
      commits: '1',
    });
    expect(checkpoint!['position']).toMatchObject({ offset: '2000' });
  });

  it('applies what REPLACE makes of a row, a delete and an insert [invariant 4]', async () => {
    await using target = await openApplyCase([person()]);
    await target.apply(put('person', p('1', 'a')));
    await target.apply(drop('person', '1'), put('person', p('9', 'a')));
    expect(await target.rows('person')).toEqual([['9', 'a', '0']]);
  });

  it.each([1, MAX_DIRECT_ROWS + 10])(
    'swaps unique values between %i pairs of rows in the order of the source [invariant 4]',
    async (pairs) => {
      await using target = await openApplyCase([person()]);
      const numbers = Array.from({ length: pairs }, (_, i) => i);
      await target.apply(
        ...numbers.flatMap((i) => [put('person', p(`${i}1`, `a${i}`)), put('person', p(`${i}2`, `b${i}`))]),
      );
      await target.apply(
        ...numbers.flatMap((i) => [
          put('person', p(`${i}1`, `x${i}`), { id: `${i}1` }),
          put('person', p(`${i}2`, `a${i}`), { id: `${i}2` }),
          put('person', p(`${i}1`, `b${i}`), { id: `${i}1` }),
        ]),
      );
      const rows = await target.rows('person');
      expect(rows).toHaveLength(2 * pairs);
      for (const [key, email] of rows)
        expect(email).toBe(`${key!.endsWith('1') ? 'b' : 'a'}${Number(key!.slice(0, -1))}`);
    },
  );

  it('empties a table whose rows still wait for the check of a foreign key [invariant 4]', async () => {
    await using target = await openApplyCase([person(), visit()]);
    await target.apply(put('person', p('1', 'a')), put('person', p('2', 'b')));
    await target.apply(
      // Unique values that change places: foreign keys are put off, and the changes applied in the source's order.
      put('person', p('1', 'x'), { id: '1' }),
      put('person', p('2', 'a'), { id: '2' }),
      put('person', p('1', 'b'), { id: '1' }),
      put('visit', { id: '5', person_id: '1', note: 'x' }),
      { table: 'visit' },
      put('visit', { id: '6', person_id: '2', note: 'y' }),
    );
    expect(await target.rows('visit')).toEqual([['6', '2', 'y']]);
  });

  it('changes keys, of rows that others refer to as well [invariant 4]', async () => {
    await using target = await openApplyCase([person(), visit({ onUpdate: 'CASCADE' })]);
    await target.apply(put('person', p('1', 'a')), put('visit', { id: '5', person_id: '1', note: 'x' }));
    await target.apply(
      put('visit', { id: '6', person_id: '1', note: 'x' }, { id: '5' }),
      put('person', p('2', 'a'), { id: '1' }),
    );
    expect(await target.rows('person')).toEqual([['2', 'a', '0']]);
    expect(await target.rows('visit')).toEqual([['6', '2', 'x']]);
  });

  it('writes rows before those that refer to them, and takes them away after, whatever the order of the tables', async () => {
    await using target = await openApplyCase([visit(), person()]);
    const numbers = Array.from({ length: 200 }, (_, i) => String(i));
    await target.apply(
      ...numbers.map((i) => put('person', p(i, `e${i}`))),
      ...numbers.map((i) => put('visit', { id: i, person_id: i })),
    );
    expect(await target.rows('visit')).toHaveLength(200);
    await target.apply(...numbers.map((i) => drop('visit', i)), ...numbers.map((i) => drop('person', i)));
    expect(await target.rows('person')).toEqual([]);
  });

  it('follows references within a table and round a circle of tables [invariant 4]', async () => {
    const staff = sourceTable(
      'staff',
      [id(), sourceColumn('boss', 'int(11)'), sourceColumn('team', 'int(11)')],
      {
        indexes: [sourceIndex('PRIMARY', ['id'])],
        foreignKeys: [
          sourceForeignKey('boss', ['boss'], 'staff', ['id']),
          sourceForeignKey('team', ['team'], 'team', ['id']),
        ],
      },
    );
    const team = sourceTable('team', [id(), sourceColumn('lead', 'int(11)')], {
      indexes: [sourceIndex('PRIMARY', ['id'])],
      foreignKeys: [sourceForeignKey('lead', ['lead'], 'staff', ['id'])],
    });
    await using target = await openApplyCase([staff, team]);
    await target.apply(
      put('team', { id: '1' }),
      put('staff', { id: '1', team: '1' }),
      put('team', { id: '1', lead: '1' }, { id: '1' }),
      ...Array.from({ length: 60 }, (_, i) => put('staff', { id: `${i + 2}`, boss: `${i + 1}`, team: '1' })),
    );
    expect(await target.rows('staff')).toHaveLength(61);
    expect(await target.rows('team')).toEqual([['1', '1']]);
  });

  it('empties a table in its place in the order [invariant 4]', async () => {
    await using target = await openApplyCase([person(), visit()]);
    await target.apply(put('person', p('1', 'a')), put('visit', { id: '1', person_id: '1' }));
    await target.apply(
      put('visit', { id: '2', person_id: '1' }),
      { table: 'visit' },
      put('visit', { id: '3', person_id: '1' }),
      { table: 'visit' },
      { table: 'person' },
      put('person', p('4', 'd')),
    );
    expect(await target.rows('visit')).toEqual([]);
    expect(await target.rows('person')).toEqual([['4', 'd', '0']]);
  });

  it('keeps times of change as the source has them', async () => {
    const table = sourceTable(
      'stamped',
      [
        id(),
        sourceColumn('note', 'text'),
        sourceColumn('at', 'datetime', { onUpdateCurrentTimestamp: true }),
      ],
      { indexes: [sourceIndex('PRIMARY', ['id'])] },
    );
    await using target = await openApplyCase([table]);
    const at = '2001-01-01 00:00:00';
    await target.apply(put('stamped', { id: '1', note: 'a', at }));
    await target.apply(put('stamped', { id: '1', note: 'b', at }, { id: '1' }));
    expect(await target.rows('stamped')).toEqual([['1', 'b', at]]);
  });

  it('writes identity columns that are always generated', async () => {
    await using target = await openApplyCase([person()], {
      alter: 'ALTER TABLE person ALTER id ADD GENERATED ALWAYS AS IDENTITY',
    });
    await target.apply(put('person', p('41', 'a')));
    await target.apply(put('person', p('41', 'b'), { id: '41' }));
    await target.apply(put('person', p('42', 'b'), { id: '41' }));
    expect(await target.rows('person')).toEqual([['42', 'b', '0']]);
  });

  it('uses deferrable constraints as they are meant, and still finds the row that breaks one', async () => {
    await using target = await openApplyCase([person()], {
      alter: `ALTER TABLE person DROP CONSTRAINT person_email_key;
        ALTER TABLE person ADD UNIQUE (email) DEFERRABLE INITIALLY DEFERRED`,
    });
    await target.apply(put('person', p('1', 'a')), put('person', p('2', 'b')));
    await target.apply(put('person', p('1', 'b'), { id: '1' }), put('person', p('2', 'a'), { id: '2' }));
    expect(await target.rows('person')).toEqual([
      ['1', 'b', '0'],
      ['2', 'a', '0'],
    ]);
    await expect(target.apply(put('person', p('3', 'a')))).rejects.toMatchObject({ code: 'SYNC_CONFLICT' });
  });

  it('stops at a change that breaks a constraint by itself, names it, and keeps nothing of the batch [invariant 6] [invariant 9]', async () => {
    await using target = await openApplyCase([person()]);
    await target.apply(put('person', p('1', 'canary')));
    await target.database.query(`INSERT INTO person VALUES (50, 'foreign', 1)`);
    const failure = await target
      .apply(
        ...Array.from({ length: 40 }, (_, i) => put('person', p(`${i + 100}`, `e${i}`))),
        put('person', p('2', 'foreign')),
      )
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: 'SYNC_CONFLICT',
      where: {
        table: 'public.person',
        constraint: 'person_email_key',
        file: 'binlog.000001',
        offset: '1041',
      },
    });
    expect(JSON.stringify(failure) + String(failure)).not.toMatch(/foreign|canary/);
    expect(await target.rows('person')).toHaveLength(2);
    const [checkpoint] = await target.database.query('SELECT commits FROM transfuse.checkpoints');
    expect(checkpoint).toEqual({ commits: '1' });
  });
});

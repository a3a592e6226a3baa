import { describe, expect, it } from 'vitest';
import { openApplyCase, type ApplyCase, type TestChange } from '../support/apply-case.ts';
import { sourceColumn, sourceForeignKey, sourceIndex, sourceTable } from '../support/source-catalog.ts';

const note = () =>
  sourceTable(
    'note',
    [
      sourceColumn('id', 'int(11)', { nullable: false }),
      sourceColumn('text', 'text'),
      sourceColumn('kind', "enum('a','b')"),
      sourceColumn('n', 'int(11)'),
    ],
    { indexes: [sourceIndex('PRIMARY', ['id'])] },
  );
const put = (id: string, text: string | null, more: Record<string, string> = {}): TestChange => ({
  table: 'note',
  after: { id, text, kind: 'a', ...more },
});
const change = (from: string, to: string, text: string, more: Record<string, string> = {}): TestChange => ({
  ...put(to, text, more),
  before: { id: from },
});
const gone = (id: string): TestChange => ({ table: 'note', before: { id } });
const texts = async (target: ApplyCase) => (await target.rows('note')).map(([id, text]) => [id, text]);
const open = (target: ApplyCase) =>
  target.database.query(
    `SELECT row_key->>'id' AS id, reason, column_name AS column, row_data->>'text' AS text, chunk
     FROM transfuse.rejects WHERE resolved_at IS NULL ORDER BY row_key->>'id'`,
  );

describe('a row that the target cannot hold', () => {
  it.each([
    ['the encoder refuses', put('2', 'bad', { kind: '' }), 'enum_error_value', 'kind'],
    ['the server refuses', put('2', 'nul\0'), 'nul_byte', 'text'],
    ['a CHECK of the target refuses', put('2', 'x', { n: '13' }), 'check_violation', null],
  ])(
    'that %s is kept with its reason, and the rest goes on [invariant 5]',
    async (_, bad, reason, column) => {
      await using target = await openApplyCase([note()], {
        alter: 'ALTER TABLE note ADD CONSTRAINT unlucky CHECK (n <> 13)',
      });
      await target.apply(put('2', 'older'));
      const around = Array.from({ length: 70 }, (__, i) => put(`${i + 10}`, 'good'));
      await target.apply(...around.slice(0, 35), { ...bad, before: { id: '2' } }, ...around.slice(35));
      expect(await texts(target)).toHaveLength(71);
      expect(await texts(target)).toContainEqual(['2', 'older']);
      const rejects = await open(target);
      expect(rejects).toHaveLength(1);
      expect(rejects[0]).toMatchObject({ id: '2', reason, chunk: null });
      expect(rejects[0]).toMatchObject({ column });
      const [checkpoint] = await target.database.query('SELECT rejects FROM transfuse.checkpoints');
      expect(checkpoint).toEqual({ rejects: '1' });
    },
  );

  it('is open until a later version loads, or the row is deleted, or the table emptied [invariant 5]', async () => {
    await using target = await openApplyCase([note()]);
    await target.apply(...['1', '2', '3', '4'].map((id) => put(id, 'nul\0')));
    expect((await open(target)).map(({ id }) => id)).toEqual(['1', '2', '3', '4']);
    await target.apply(change('1', '1', 'mended'), gone('2'), change('3', '3', 'still\0'));
    expect((await open(target)).map(({ id }) => id)).toEqual(['3', '4']);
    await target.apply({ table: 'note' });
    expect(await open(target)).toEqual([]);
    const all = await target.database.query('SELECT resolution FROM transfuse.rejects');
    expect(all).toHaveLength(5);
    for (const row of all) expect(row).toEqual({ resolution: 'superseded' });
  });

  it('is forgotten when the same batch has a later version, and remembered when it has an earlier one [invariant 5]', async () => {
    await using target = await openApplyCase([note()]);
    await target.apply(
      put('1', 'bad', { kind: '' }),
      change('1', '1', 'good'),
      put('2', 'good'),
      change('2', '2', 'bad', { kind: '' }),
      put('3', 'nul\0'),
      gone('3'),
    );
    expect(await texts(target)).toEqual([
      ['1', 'good'],
      ['2', 'good'],
    ]);
    expect(await open(target)).toMatchObject([{ id: '2', reason: 'enum_error_value' }]);
  });

  it.each([
    ['by the encoder', { kind: '' }, 'x'],
    ['by the server', {}, 'nul\0'],
  ])(
    'under another key, refused %s, leaves its old key, and is found again under the new one [invariant 5]',
    async (_, more, text) => {
      await using target = await openApplyCase([note()]);
      await target.apply(put('1', 'older'));
      await target.apply(change('1', '9', text, more));
      expect(await texts(target)).toEqual([]);
      expect(await open(target)).toMatchObject([{ id: '9' }]);
      await target.apply(change('9', '9', 'mended'));
      expect(await texts(target)).toEqual([['9', 'mended']]);
      expect(await open(target)).toEqual([]);
    },
  );

  it('under another key, with rows that refer to it, stops the sync: they would go with the old one', async () => {
    const reply = sourceTable(
      'reply',
      [sourceColumn('id', 'int(11)', { nullable: false }), sourceColumn('note', 'int(11)')],
      {
        indexes: [sourceIndex('PRIMARY', ['id'])],
        foreignKeys: [
          sourceForeignKey('note', ['note'], 'note', ['id'], { onDelete: 'CASCADE', onUpdate: 'CASCADE' }),
        ],
      },
    );
    await using target = await openApplyCase([note(), reply]);
    await target.apply(put('1', 'older'), { table: 'reply', after: { id: '5', note: '1' } });
    await expect(target.apply(change('1', '9', 'x', { kind: '' }))).rejects.toMatchObject({
      code: 'SYNC_CONFLICT',
    });
    expect(await target.rows('reply')).toEqual([['5', '1']]);
  });
});

import { expect, it } from 'vitest';
import { readCheckpoint } from '../../src/ledger/checkpoints.ts';
import type { TargetConnection } from '../../src/postgres/connection.ts';
import { openApplyCase, position, START, type TestChange } from '../support/apply-case.ts';
import { sourceColumn, sourceIndex, sourceTable } from '../support/source-catalog.ts';

const thing = () =>
  sourceTable(
    'thing',
    [
      sourceColumn('id', 'int(11)', { nullable: false }),
      sourceColumn('text', 'text'),
      sourceColumn('code', 'varchar(20)'),
    ],
    {
      indexes: [sourceIndex('PRIMARY', ['id']), sourceIndex('code', ['code'], { unique: true })],
    },
  );
const put = (id: number, text = 'x'): TestChange => ({ table: 'thing', after: { id: String(id), text } });
const things = (from: number, count: number) => Array.from({ length: count }, (_, i) => put(from + i));
const point = (offset: number) => ({ position: position(offset), sourceCommittedAt: new Date(0) });

async function backendOf(connection: TargetConnection): Promise<number> {
  const { rows } = await connection.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  return rows[0]!.pid;
}

it('a transaction larger than memory is applied in parts, seen by nobody before its commit [invariant 4] [invariant 7]', async () => {
  await using target = await openApplyCase([thing()]);
  const applier = await target.open();
  const batch = target.batch();
  let most = 0;
  for (let part = 0; part < 40; part++) {
    target.add(batch, things(part * 5000, 5000));
    most = Math.max(most, batch.bytes);
    await applier.applyPart(batch);
    batch.clear();
  }
  expect(most).toBeLessThan(4 * 1024 * 1024);
  expect(await target.database.query('SELECT count(*) FROM thing')).toEqual([{ count: '0' }]);
  await applier.commit(point(77));
  expect(await target.database.query('SELECT count(*) FROM thing')).toEqual([{ count: '200000' }]);
  expect(await readCheckpoint(await target.connect(), target.runId)).toMatchObject({
    position: { offset: '77' },
    upserts: 200_000,
    transactions: 40,
  });
});

it('a conflict in a later part goes the slow way and keeps the earlier parts [invariant 4]', async () => {
  await using target = await openApplyCase([thing()]);
  const code = (id: string, text: string, before?: string): TestChange => ({
    table: 'thing',
    after: { id, code: text },
    ...(before !== undefined && { before: { id: before } }),
  });
  const applier = await target.open();
  await applier.applyPart(target.batch([code('1', 'a'), code('2', 'b'), ...things(100, 50)]));
  await applier.applyPart(
    target.batch([code('1', 'x', '1'), ...things(200, 50), code('2', 'a', '2'), code('1', 'b', '1')]),
  );
  await applier.applyPart(target.batch(things(150, 100)));
  await applier.commit(point(78));
  const rows = await target.database.query('SELECT id, code FROM thing WHERE id < 100 ORDER BY id');
  expect(rows).toEqual([
    { id: 1, code: 'b' },
    { id: 2, code: 'a' },
  ]);
  expect(await target.database.query('SELECT count(*) FROM thing')).toEqual([{ count: '152' }]);
});

it('rows of every size go into the same batch, each with its own value', async () => {
  await using target = await openApplyCase([thing()]);
  const sizes = [0, 1, 5900, 5990, 6000, 6100, 8000, 8200, 70_000, 3_000_000];
  const rows = Array.from({ length: 60 }, (_, i) =>
    String(i)
      .repeat(100_000)
      .slice(0, sizes[i % 10]),
  );
  rows[9] = 'ü'.repeat(1_500_000);
  await target.apply(...rows.map((text, i) => put(i, text)));
  const found = await target.database.query<{ id: number; text: string }>('SELECT id, text FROM thing');
  expect(found).toHaveLength(60);
  for (const { id, text } of found) expect(text === rows[id]).toBe(true);
});

it.each(['before a part', 'before the commit'])(
  'a session that ends %s leaves rows and checkpoint as they were, and the next one goes on [invariant 4]',
  async (when) => {
    await using target = await openApplyCase([thing()]);
    const connection = await target.connect();
    const applier = await target.open(connection);
    await applier.apply(target.batch(things(0, 100)), point(10));
    await applier.applyPart(target.batch(things(100, 100)));
    await target.database.query('SELECT pg_terminate_backend($1)', [await backendOf(connection)]);
    const attempt =
      when === 'before a part'
        ? applier.applyPart(target.batch(things(200, 100)))
        : applier.commit(point(20));
    await expect(attempt).rejects.toMatchObject({ code: 'TARGET_LOST', transient: true });
    const again = await target.open();
    expect(again.position.offset).toBe('10');
    await again.apply(target.batch(things(100, 200)), point(30));
    expect(await target.database.query('SELECT count(*) FROM thing')).toEqual([{ count: '300' }]);
    expect(await readCheckpoint(await target.connect(), target.runId)).toMatchObject({
      commits: 2n,
      upserts: 300,
    });
  },
);

it('when the answer to a commit is lost, the ledger tells that it took place [invariant 4]', async () => {
  await using target = await openApplyCase([thing()]);
  const connection = await target.connect();
  const applier = await target.open(connection);
  await applier.applyPart(target.batch(things(0, 100)));
  interface Submitted {
    handleReadyForQuery(): void;
    handleError(error: unknown): void;
  }
  // The server has committed, and its answer does not arrive.
  const client = connection.client as unknown as { query(submitted: Submitted): unknown };
  const query = client.query.bind(client);
  client.query = (submitted) => {
    submitted.handleReadyForQuery = () => {
      submitted.handleError(new Error('Connection terminated unexpectedly'));
      connection.abandon();
    };
    return query(submitted);
  };
  await expect(applier.commit(point(20))).rejects.toMatchObject({ code: 'TARGET_LOST', transient: true });
  expect(await readCheckpoint(await target.connect(), target.runId)).toMatchObject({
    position: { offset: '20' },
    commits: 1n,
  });
  expect((await target.open()).position.offset).toBe('20');
});

it('a second applier of the same run is refused its batch, and nothing is applied twice [invariant 8]', async () => {
  await using target = await openApplyCase([thing()]);
  const first = await target.open();
  const second = await target.open();
  expect(first.position).toEqual(START);
  await first.apply(target.batch([put(1, 'first')]), point(10));
  await expect(second.apply(target.batch([put(1, 'second')]), point(10))).rejects.toMatchObject({
    code: 'CHECKPOINT_MOVED',
  });
  expect(await target.database.query('SELECT text FROM thing')).toEqual([{ text: 'first' }]);
});

it('a commit without changes moves the checkpoint', async () => {
  await using target = await openApplyCase([thing()]);
  const applier = await target.open();
  await applier.commit({ position: position(99), sourceCommittedAt: null });
  await applier.apply(target.batch([put(1)]), point(100));
  expect((await target.open()).position.offset).toBe('100');
});

it('a table without a unique index on its key is refused with the statement that makes one', async () => {
  await using target = await openApplyCase([thing()], {
    alter: 'ALTER TABLE thing DROP CONSTRAINT thing_pkey',
  });
  await expect(target.open()).rejects.toMatchObject({
    code: 'SYNC_KEY_MISSING',
    fix: 'CREATE UNIQUE INDEX CONCURRENTLY ON "public"."thing" ("id");',
  });
});

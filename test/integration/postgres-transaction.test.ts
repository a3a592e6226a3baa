import { expect, it } from 'vitest';
import { openTarget, type TargetConnection } from '../../src/postgres/connection.ts';
import { inTransaction } from '../../src/postgres/transaction.ts';
import { createTargetDatabase, type TestDatabase } from '../support/databases.ts';
import { targetSettings } from '../support/target-settings.ts';

const APPLICATION = { applicationName: 'transfuse test' };

async function connect({ config }: TestDatabase): Promise<TargetConnection & AsyncDisposable> {
  const connection = await openTarget(targetSettings(config, config.database), APPLICATION);
  return Object.assign(connection, { [Symbol.asyncDispose]: () => connection.close() });
}

it('a transaction keeps all of its work, and gives what the work gave', async () => {
  await using target = await createTargetDatabase();
  await target.query('CREATE TABLE t (n integer)');
  await using connection = await connect(target);
  const given = await inTransaction(connection, async () => {
    await connection.query('INSERT INTO public.t VALUES (1)');
    expect(await target.query('SELECT n FROM t')).toEqual([]);
    return 'given';
  });
  expect(given).toBe('given');
  expect(await target.query('SELECT n FROM t')).toEqual([{ n: 1 }]);
});

it('a transaction whose work fails keeps nothing, passes the error on, and leaves the session usable', async () => {
  await using target = await createTargetDatabase();
  await target.query('CREATE TABLE t (n integer)');
  await using connection = await connect(target);
  const fault = new Error('the work failed');
  const work = async () => {
    await connection.query('INSERT INTO public.t VALUES (1)');
    throw fault;
  };
  await expect(inTransaction(connection, work)).rejects.toBe(fault);
  expect(await target.query('SELECT n FROM t')).toEqual([]);
  await inTransaction(connection, () => connection.query('INSERT INTO public.t VALUES (2)'));
  expect(await target.query('SELECT n FROM t')).toEqual([{ n: 2 }]);
});

it('a session that cannot be rolled back counts as lost, so that its work is tried again elsewhere', async () => {
  await using target = await createTargetDatabase();
  await using connection = await connect(target);
  const work = async () => {
    const { rows } = await connection.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    await target.query('SELECT pg_terminate_backend($1)', [rows[0]!.pid]);
    throw new Error('the work failed while the server went away');
  };
  await expect(inTransaction(connection, work)).rejects.toMatchObject({
    code: 'TARGET_LOST',
    transient: true,
  });
  expect(connection.isLost).toBe(true);
});

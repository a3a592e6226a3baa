/** A verification that holds back while the source has enough to do. */
import { expect, it } from 'vitest';
import { openBulkCase } from '../support/bulk-case.ts';
import { sourceFlavors } from '../support/databases.ts';
import { until } from '../support/run-command.ts';

it.each(sourceFlavors().slice(-1))('waits at a limit of %s, and can be stopped there', async (flavor) => {
  await using hospital = await openBulkCase({
    flavor,
    fill: ['CREATE TABLE t (id INT PRIMARY KEY)', 'INSERT INTO t VALUES (1)'],
  });
  for (const command of ['schema', 'bulk']) await hospital.succeed(command);
  await hospital.succeed('verify', ['--max-load', 'threads_running=100000,Threads_connected=100000']);
  const held = hospital.start('verify', ['--max-load', 'Threads_running=1']);
  await until('it to be held back', () =>
    Promise.resolve(held.stderr().includes('Held back while the source is busy: Threads_running')),
  );
  held.kill('SIGTERM');
  expect((await held.ended).exitCode).toBe(130);
  for (const limits of ['Threads_running', 'Threads_running=x', 'No_such_counter=1', ''])
    expect((await hospital.run('verify', ['--max-load', limits])).exitCode, limits).toBe(2);
});

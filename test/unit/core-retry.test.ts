import { expect, test } from 'vitest';
import { TransfuseError } from '../../src/core/errors.ts';
import { retry } from '../../src/core/retry.ts';

const signal = new AbortController().signal;
const lost = () =>
  new TransfuseError('SOURCE_UNREACHABLE', 'Nobody answers.', { transient: true, fix: 'Check it.' });

/** Fails the first `failures` times. */
function attempts(failures: number, error: () => Error) {
  let count = 0;
  return async () => {
    if (++count <= failures) throw error();
    return count;
  };
}

test('each failure is told with the attempt that follows, and what is tried', async () => {
  const said: string[] = [];
  const options = {
    timeoutMs: 60_000,
    signal,
    subject: 'chunk 3 of visits',
    onRetry: (text: string) => said.push(text),
  };
  expect(await retry(attempts(2, lost), options)).toBe(3);
  expect(said).toEqual([
    expect.stringMatching(/^Nobody answers\. Trying again in 0\.[12] s: attempt 2, chunk 3 of visits\.$/),
    expect.stringMatching(/^Nobody answers\. Trying again in 0\.[345] s: attempt 3, chunk 3 of visits\.$/),
  ]);
});

test('a server that does not come back is lost, not unreachable, and the advice is to resume', async () => {
  const options = { timeoutMs: 100, signal, onRetry: () => undefined };
  await expect(retry(attempts(99, lost), options)).rejects.toMatchObject({
    code: 'SOURCE_LOST',
    message: 'Nobody answers. Gave up after 1 attempt, as RETRY_TIMEOUT_SECONDS=0.1 says.',
    fix: expect.stringContaining('it resumes'),
    transient: false,
  });
});

test('an attempt that got something done begins a new row of failures', async () => {
  let done = 0;
  let count = 0;
  const attempt = async () => {
    done += ++count;
    await new Promise((resolve) => setTimeout(resolve, 150));
    if (count < 4) throw lost();
    return count;
  };
  const options = { timeoutMs: 300, signal, onRetry: () => undefined };
  await expect(retry(attempt, { ...options, progress: () => done })).resolves.toBe(4);
  count = 0;
  await expect(retry(attempt, options)).rejects.toMatchObject({ code: 'SOURCE_LOST' });
});

test('advice of its own is kept where the code stays', async () => {
  const busy = () =>
    new TransfuseError('SOURCE_QUERY_FAILED', 'Too busy.', { transient: true, fix: 'Wait.' });
  const options = { timeoutMs: 0, signal, onRetry: () => undefined };
  await expect(retry(attempts(9, busy), options)).rejects.toMatchObject({
    code: 'SOURCE_QUERY_FAILED',
    fix: 'Wait.',
  });
});

test('what trying again does not mend is thrown at once, as it is', async () => {
  const fault = new TransfuseError('SOURCE_ACCESS_DENIED', 'No.');
  const options = { timeoutMs: 60_000, signal, onRetry: () => expect.unreachable() };
  await expect(
    retry(
      attempts(1, () => fault),
      options,
    ),
  ).rejects.toBe(fault);
});

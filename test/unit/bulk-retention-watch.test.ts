import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { watchRetention } from '../../src/bulk/retention-watch.ts';
import type { TransfuseError } from '../../src/core/errors.ts';
import type { BinlogRetention } from '../../src/mysql/binlog-retention.ts';

const HOUR_MS = 3_600_000;
const DAY: BinlogRetention = { retentionSeconds: 86_400, files: ['b.000001', 'b.000002'], fileBytes: [1, 1] };

beforeEach(() => void vi.useFakeTimers({ now: 0 }));
afterEach(() => void vi.useRealTimers());

/** A watch over a position of the epoch, in the first file, and all that it says. */
function watch(first: BinlogRetention, bytes: number) {
  const state: { retention: BinlogRetention | null } = { retention: first };
  const notes: string[] = [];
  const errors: TransfuseError[] = [];
  const position = {
    file: 'b.000001',
    offset: '4',
    gtidSet: null,
    serverUuid: null,
    recordedAt: new Date(0).toISOString(),
  };
  const stop = watchRetention(
    {
      position,
      read: () => Promise.resolve(state.retention),
      onNote: (text) => notes.push(text),
      onPurged: (error) => errors.push(error),
    },
    first,
    bytes,
  );
  return { state, notes, errors, stop };
}

test('[invariant 2] a load that may outlast the binlog is warned before its first row, a short one is not', () => {
  const long = watch(DAY, 1e12);
  expect(long.notes).toEqual([expect.stringMatching(/24 hours, and this load may take 55.6/)]);
  const short = watch(DAY, 1e9);
  expect(short.notes).toEqual([]);
  const forEver = watch({ ...DAY, retentionSeconds: null }, 1e15);
  expect(forEver.notes).toEqual([]);
  for (const { stop } of [long, short, forEver]) stop();
});

test('[invariant 2] a load is warned once while there is still time, and told when the position is gone', async () => {
  const { state, notes, errors, stop } = watch(DAY, 0);
  await vi.advanceTimersByTimeAsync(11 * HOUR_MS);
  expect(notes).toEqual([]);
  await vi.advanceTimersByTimeAsync(3 * HOUR_MS);
  expect(notes).toEqual([expect.stringContaining('b.000001')]);
  state.retention = null; // the source does not answer: nothing is known
  await vi.advanceTimersByTimeAsync(HOUR_MS);
  expect(errors).toEqual([]);
  state.retention = { ...DAY, files: ['b.000002'] };
  await vi.advanceTimersByTimeAsync(HOUR_MS);
  expect(errors.map(({ code }) => code)).toEqual(['CDC_POSITION_PURGED']);
  stop();
});

test('[invariant 2] a position that is gone at the start is refused', () => {
  expect(() => watch({ ...DAY, files: ['b.000002'] }, 0)).toThrow(/purged the binlog file b.000001/);
});

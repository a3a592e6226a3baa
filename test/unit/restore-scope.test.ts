import { expect, test } from 'vitest';
import { restoreScope } from '../../src/bulk/restore-scope.ts';
import type { BinlogPosition } from '../../src/core/position.ts';
import { judgeRetention } from '../../src/mysql/binlog-retention.ts';

const SERVER = '3e11fa47-71ca-11e1-9e33-c80aa9429562';

const at = (offset: number, changes: Partial<BinlogPosition> = {}): BinlogPosition => ({
  file: 'binlog.000002',
  offset: String(offset),
  gtidSet: `${SERVER}:1-${offset}`,
  serverUuid: SERVER,
  recordedAt: '2026-01-01T00:00:00.000Z',
  ...changes,
});
const start = at(100);
const handoff = { start, checkpoint: null, ends: [at(100), at(100)] };

test.each([
  ['the source has not moved', handoff, 'all'],
  ['one table was read later', { ...handoff, ends: [at(100), at(101)] }, 'sync-safe'],
  [
    'a transaction was being committed at P0',
    { ...handoff, ends: [at(100, { gtidSet: `${SERVER}:1-101` })] },
    'sync-safe',
  ],
  ['there is no binlog', { ...handoff, start: null, ends: [] }, 'all'],
  [
    'sync has passed one end, and not the furthest',
    { ...handoff, checkpoint: at(150), ends: [at(140), at(151)] },
    'sync-safe',
  ],
  ['sync has passed the furthest end', { ...handoff, checkpoint: at(151), ends: [at(140), at(151)] }, 'all'],
  [
    'the end is of another server, which nobody can compare',
    { ...handoff, checkpoint: at(900, { gtidSet: null }), ends: [at(1, { gtidSet: null, serverUuid: 'v' })] },
    'sync-safe',
  ],
] as const)('[invariant 2] where %s, what comes back is decided by it', (_, given, expected) => {
  expect(restoreScope(given)).toBe(expected);
});

const files = (...numbers: number[]) => numbers.map((number) => `binlog.${String(number).padStart(6, '0')}`);
const hours = (count: number) => Date.parse(start.recordedAt) + count * 3_600_000;

test.each([
  ['in the newest file', files(1, 2), 24, 1, 'safe'],
  ['in an older file, early', files(1, 2, 3), 24, 11, 'safe'],
  ['in an older file, after more than half of the time', files(2, 3), 24, 13, 'urgent'],
  ['in a file that is kept for ever', files(2, 3), null, 10_000, 'safe'],
  ['in a file that is gone', files(3, 4), 24, 1, 'purged'],
  ['and the binlog was begun anew', files(1), 24, 1, 'purged'],
  ['and there is no file', [], 24, 1, 'purged'],
] as const)(
  '[invariant 2] a position %s is judged in time',
  (_, kept, retentionHours, ageHours, expected) => {
    const retention = { retentionSeconds: retentionHours && retentionHours * 3600, files: [...kept] };
    expect(judgeRetention(start, retention, hours(ageHours))).toBe(expected);
  },
);

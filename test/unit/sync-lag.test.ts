import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { describeSync } from '../../src/cli/render-sync.ts';
import type { SyncStatus } from '../../src/ledger/sync-status.ts';
import { LagMeter } from '../../src/sync/lag.ts';
import { RetentionAlarm } from '../../src/sync/retention-alarm.ts';
import { bytesBetween } from '../../src/sync/source-watch.ts';
import { START as start } from '../support/apply-case.ts';

const HOUR = 3_600_000;

describe('the lag', () => {
  beforeEach(() => vi.useFakeTimers({ toFake: ['performance', 'Date'], now: Date.UTC(2026, 0, 1) }));
  afterEach(() => vi.useRealTimers());

  const meter = (clockAheadMs = 0): LagMeter => {
    const lag = new LagMeter();
    lag.compareClocks(Date.now() + clockAheadMs);
    lag.heard();
    return lag;
  };

  it('is nought while all is there and the source is heard, and unknown when it falls silent', () => {
    const lag = meter();
    expect(lag.lagMs).toBe(0);
    vi.advanceTimersByTime(2_000);
    expect(lag.lagMs).toBe(0);
    vi.advanceTimersByTime(2_000);
    expect([lag.lagMs, lag.silentMs]).toEqual([null, 4_000]);
  });

  it("is by the source's clock, however wrong that is, and not said before it was compared", () => {
    for (const ahead of [-5 * HOUR, 0, 5 * HOUR]) {
      const lag = meter(ahead);
      lag.waiting(Date.now() + ahead - 700);
      expect(lag.lagMs).toBe(700);
    }
    const lag = new LagMeter();
    lag.waiting(Date.now() - 5_000);
    expect(lag.lagMs).toBeNull();
  });

  it('does not count the time in which the source had nothing to say', () => {
    const lag = meter();
    lag.waiting(Date.now());
    lag.committed(Date.now(), true);
    vi.advanceTimersByTime(HOUR);
    lag.heard();
    expect([lag.lagMs, lag.unchangedMs]).toEqual([0, HOUR]);
    lag.waiting(Date.now() - 20);
    expect(lag.lagMs).toBe(20);
  });

  it('of a backlog is the age of what was applied last, and grows while the target stands still', () => {
    const lag = meter();
    lag.waiting(Date.now() - 3 * HOUR);
    lag.committed(Date.now() - HOUR, false);
    vi.advanceTimersByTime(1_000);
    expect(lag.lagMs).toBe(HOUR + 1_000);
  });
});

describe('the binlog behind the target', () => {
  const at = (file: string, offset: string, serverUuid: string | null = null) => ({
    ...start,
    file,
    offset,
    serverUuid,
  });
  const files = { files: ['b.1', 'b.2', 'b.3'], fileBytes: [100, 1000, 10] };

  it('is counted across files, and not between two servers or where a file is not known', () => {
    expect(bytesBetween(at('b.2', '30'), at('b.2', '50'), null)).toBe(20);
    expect(bytesBetween(at('b.1', '40'), at('b.3', '7'), files)).toBe(60 + 1000 + 7);
    expect(bytesBetween(at('b.3', '7'), at('b.2', '9'), files)).toBe(0);
    expect(bytesBetween(at('b.1', '40'), at('b.3', '7'), null)).toBeNull();
    expect(bytesBetween(at('b.0', '40'), at('b.3', '7'), files)).toBeNull();
    expect(bytesBetween(at('b.2', '30', 'one'), at('b.2', '50', 'other'), files)).toBeNull();
  });
});

describe('the alarm for the retention of the binlog', () => {
  const retention = { retentionSeconds: 10 * 3600, files: ['b.1', 'b.2'], fileBytes: [1, 1] };
  const noted = (file: string, behindHours: number, files = retention.files): string[] => {
    const notes: string[] = [];
    const alarm = new RetentionAlarm((text) => notes.push(text));
    const judge = (): void =>
      alarm.judge(
        { ...start, file },
        { ...retention, files },
        { committedAtMs: 0, sourceNowMs: behindHours * HOUR },
      );
    judge();
    judge();
    return notes;
  };

  it('is raised once more than half of the time is over, by the age of what was applied last, and not each time', () => {
    expect(noted('b.1', 4)).toEqual([]);
    expect(noted('b.1', 6)).toEqual([expect.stringMatching(/b\.1.*may be deleted soon.*10 hours/)]);
    expect(noted('b.2', 6)).toEqual([]);
    expect(noted('b.1', 6, ['b.2'])).toEqual([expect.stringMatching(/has deleted.*b\.1/)]);
  });
});

describe('what is said of a sync', () => {
  const status: SyncStatus = {
    position: { ...start, file: 'b.1', offset: '40' },
    lagMs: 120,
    behindBytes: 2_000_000,
    changesPerSecond: 1234.4,
    unchangedMs: 300,
    silentMs: 300,
    clockAheadMs: 1_000,
  };

  it('has the lag in seconds and bytes, the rate, the last change and the place', () => {
    expect(describeSync(status)).toBe(
      'lag 0.1 s · 2.0 MB of binlog behind · 1,234 changes/s · last change 0.3 s ago · at b.1:40',
    );
  });

  it('is honest about a silent source, and about a clock that is off', () => {
    expect(describeSync({ ...status, lagMs: null, silentMs: 61_000 })).toMatch(
      /^lag unknown, the source is silent for 1 min 01 s/,
    );
    expect(describeSync({ ...status, clockAheadMs: -90_000 })).toMatch(/clock is 1 min 30 s behind/);
  });
});

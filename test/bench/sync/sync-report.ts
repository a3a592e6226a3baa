/** The result of the sync bench for people, as Markdown for the README, and for machines. */
import type { ContestantResult } from '../bulk-bench.ts';
import { machine, mediansOf, noiseNotes, perMillion, row } from '../report.ts';
import { SERVER_SETTINGS } from '../servers.ts';
import { LAG_TRANSACTIONS_PER_SECOND, type LagResult } from './lag-bench.ts';
import type { BacklogResult, SyncBenchResult } from './sync-bench.ts';

const TITLES: Readonly<Record<string, string>> = { mariadb: 'MariaDB', mysql: 'MySQL' };

const FAIRNESS = `Each run of sync begins with a copy of the same loaded target and ends when the last change is committed, the start of the
program included; afterwards the rows are equal to those that the applying floor leaves, value by value. The floor's files are made
beforehand: it neither decodes nor keeps a checkpoint. Both servers and the client share one machine; no TLS. CPU and memory are the
client's alone.`;

export function renderSyncMarkdown({ backlogs, lags }: SyncBenchResult, rounds: number): string {
  const { cores, model, memoryGb } = machine();
  const head = `${cores} cores (${model}), ${memoryGb} GB, Node ${process.versions.node}, ${rounds === 1 ? '1 round' : `${rounds} rounds, medians`}.`;
  const lagTable = lags.length > 0 ? [renderLags(lags)] : [];
  return [head, ...backlogs.map(renderBacklog), ...lagTable, FAIRNESS, ''].join('\n\n');
}

function renderBacklog(result: BacklogResult): string {
  const { source, rowsEach, changes, contestants, notes } = result;
  const lines = contestants.map((contestant) => {
    const usage = mediansOf(contestant);
    return row([
      contestant.title,
      usage.wallSeconds.toFixed(2),
      Math.round(changes / usage.wallSeconds).toLocaleString('en-US'),
      perMillion(usage.cpuSeconds, changes),
      (usage.peakRssBytes / 1e6).toFixed(0),
      `${perMillion(usage.sourceCpuSeconds, changes)} + ${perMillion(usage.targetCpuSeconds, changes)}`,
    ]);
  });
  const head = row([
    `${TITLES[source]}, transactions of ${quantityOfRows(rowsEach)}, ${changes.toLocaleString('en-US')} row changes`,
    'seconds',
    'row changes/s',
    'client CPU s per 1 M',
    'peak RSS MB',
    'servers CPU s per 1 M (source + target)',
  ]);
  return [
    head,
    row(['---', '--:', '--:', '--:', '--:', '--:']),
    ...lines,
    '',
    ...ratios(result),
    ...noiseNotes(contestants),
    ...notes,
  ].join('\n');
}

function quantityOfRows(count: number): string {
  return count === 1 ? '1 row' : `${count.toLocaleString('en-US')} rows`;
}

/** Speeds divided: more is better. */
export function ratiosOf({ contestants }: BacklogResult): {
  decoding: number | null;
  endToEnd: number | null;
} {
  const seconds = (id: string): number | null => {
    const found = contestants.find((contestant) => contestant.id === id);
    return found ? mediansOf(found).wallSeconds : null;
  };
  const [sync, decode, floorOfDecoding, floorOfApplying] = ['sync', 'decode', 'mysqlbinlog', 'psql'].map(
    seconds,
  );
  return {
    decoding: decode && floorOfDecoding ? floorOfDecoding / decode : null,
    endToEnd:
      sync && floorOfDecoding && floorOfApplying ? Math.max(floorOfDecoding, floorOfApplying) / sync : null,
  };
}

function ratios(result: BacklogResult): string[] {
  const { decoding, endToEnd } = ratiosOf(result);
  const parts = [
    ...(decoding === null ? [] : [`Decoding is ${decoding.toFixed(2)} × as fast as the decoding floor`]),
    ...(endToEnd === null ? [] : [`all of it is ${endToEnd.toFixed(2)} × as fast as the slower floor`]),
  ];
  return parts.length > 0 ? [`${parts.join('; ')}.`] : [];
}

function renderLags(lags: readonly LagResult[]): string {
  const lines = lags.map((lag) =>
    row([
      `${TITLES[lag.source]}, ${Math.round(lag.transactionsPerSecond)}/s for ${lag.seconds} s`,
      lag.medianMs.toFixed(0),
      lag.p99Ms.toFixed(0),
      lag.maxMs.toFixed(0),
      ((lag.cpuSeconds / lag.seconds) * 100).toFixed(0),
      (lag.peakRssBytes / 1e6).toFixed(0),
    ]),
  );
  const head = row([
    `From source to target commit, ${LAG_TRANSACTIONS_PER_SECOND.toLocaleString('en-US')} transactions of one row each second`,
    'median ms',
    'p99 ms',
    'longest ms',
    'client CPU %',
    'peak RSS MB',
  ]);
  return [head, row(['---', '--:', '--:', '--:', '--:', '--:']), ...lines].join('\n');
}

export function syncResultDocument({ backlogs, lags }: SyncBenchResult, rounds: number): object {
  const withMedian = (contestant: ContestantResult) => ({ ...contestant, median: mediansOf(contestant) });
  return {
    machine: machine(),
    servers: SERVER_SETTINGS,
    rounds,
    backlogs: backlogs.map((result) => ({
      ...result,
      ratios: ratiosOf(result),
      contestants: result.contestants.map(withMedian),
    })),
    lags,
  };
}

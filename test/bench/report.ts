/** The result for people, as Markdown for the README, and for machines. */
import os from 'node:os';
import type { ContestantResult, TableResult } from './bulk-bench.ts';
import type { Run } from './measure/measure-run.ts';
import { median } from './measure/statistics.ts';
import { SERVER_SETTINGS } from './servers.ts';

interface Medians {
  wallSeconds: number;
  cpuSeconds: number;
  peakRssBytes: number;
  sourceCpuSeconds: number;
  targetCpuSeconds: number;
}

const FAIRNESS = `Each contestant begins with an empty table and ends with all rows and a primary key. Transfuse finds the key in place, drops it,
loads, and puts it back; it also keeps its ledger and runs ANALYZE. pgloader and the native ways get a table without the
key and end with \`ALTER TABLE … ADD PRIMARY KEY\`. All of it is measured, the start of the programs too. Both servers and the
client share one machine; no TLS; a CHECKPOINT before each run. Medians; CPU and memory are the client's alone.`;

export function renderMarkdown(results: readonly TableResult[], rounds: number): string {
  const { cores, model, memoryGb } = machine();
  const head = `${cores} cores (${model}), ${memoryGb} GB, Node ${process.versions.node}, MariaDB to PostgreSQL, ${rounds} rounds.`;
  return [head, ...results.map(renderTable), FAIRNESS, ''].join('\n\n');
}

function renderTable({ title, rows, contestants, compared, notes }: TableResult): string {
  const first = contestants[0] && mediansOf(contestants[0]);
  const lines = contestants.map((contestant) => {
    const usage = mediansOf(contestant);
    return row([
      contestant.title,
      usage.wallSeconds.toFixed(2),
      first ? `${(usage.wallSeconds / first.wallSeconds).toFixed(2)} ×` : '',
      perMillion(usage.cpuSeconds, rows),
      (usage.peakRssBytes / 1e6).toFixed(0),
      `${perMillion(usage.sourceCpuSeconds, rows)} + ${perMillion(usage.targetCpuSeconds, rows)}`,
    ]);
  });
  const head = row([
    `${title}, ${rows.toLocaleString('en-US')} rows`,
    'seconds',
    'time ÷ ours',
    'client CPU s per 1 M rows',
    'peak RSS MB',
    'servers CPU s per 1 M (source + target)',
  ]);
  const equal = compared.length > 1 ? [`The same rows, value by value, from: ${compared.join(', ')}.`] : [];
  const noise = noiseNotes(contestants);
  return [
    head,
    row(['---', '--:', '--:', '--:', '--:', '--:']),
    ...lines,
    '',
    ...noise,
    ...notes,
    ...equal,
  ].join('\n');
}

/** What the kernel itself does for the servers' files stays below it. */
const MAX_OTHERS_SHARE = 0.1;

/** What is to be said of a machine that did something else meanwhile; nothing of a quiet one. */
export function noiseNotes(contestants: readonly ContestantResult[]): string[] {
  const loud = contestants.flatMap(({ runs }) => runs).filter((run) => run.othersShare > MAX_OTHERS_SHARE);
  if (loud.length === 0) return [];
  const share = Math.round(Math.max(...loud.map((run) => run.othersShare)) * 100);
  return [
    `NOT A QUIET MACHINE: other programs took up to ${share} % of it during ${loud.length} of the runs. Do not rely on these times.`,
  ];
}

export function row(cells: string[]): string {
  return `| ${cells.join(' | ')} |`;
}

export function perMillion(seconds: number, rows: number): string {
  return ((seconds * 1e6) / rows).toFixed(2);
}

export function resultDocument(results: readonly TableResult[], rounds: number): object {
  return {
    machine: machine(),
    servers: SERVER_SETTINGS,
    rounds,
    tables: results.map((result) => ({
      ...result,
      contestants: result.contestants.map((contestant) => ({
        ...contestant,
        median: mediansOf(contestant),
        timesOurTime: ratioToOurs(result, contestant),
      })),
    })),
  };
}

/** How many times as long as Transfuse with the mirror profile it took; null where that did not run. */
function ratioToOurs({ contestants }: TableResult, contestant: ContestantResult): number | null {
  const ours = contestants.find(({ id }) => id === 'transfuse');
  return ours ? mediansOf(contestant).wallSeconds / mediansOf(ours).wallSeconds : null;
}

export function mediansOf({ runs }: ContestantResult): Medians {
  const of = (key: keyof Run) => median(runs.map((run) => run[key]));
  return {
    wallSeconds: of('wallSeconds'),
    cpuSeconds: of('cpuSeconds'),
    peakRssBytes: of('peakRssBytes'),
    sourceCpuSeconds: of('sourceCpuSeconds'),
    targetCpuSeconds: of('targetCpuSeconds'),
  };
}

export function machine() {
  const [cpu] = os.cpus();
  return {
    cores: os.availableParallelism(),
    model: cpu?.model.trim() ?? 'unknown',
    memoryGb: Math.round(os.totalmem() / 2 ** 30),
    node: process.versions.node,
    kernel: os.release(),
  };
}

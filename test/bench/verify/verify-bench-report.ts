import { machine, mediansOf, noiseNotes, perMillion, row } from '../report.ts';
import { SERVER_SETTINGS } from '../servers.ts';
import type { VerifyTableResult } from './verify-bench.ts';

export function verifyResultDocument(results: readonly VerifyTableResult[], rounds: number): object {
  const tables = results.map((result) => ({
    ...result,
    contestants: result.contestants.map((contestant) => ({ ...contestant, median: mediansOf(contestant) })),
  }));
  return { machine: machine(), servers: SERVER_SETTINGS, rounds, tables };
}

export function renderVerifyMarkdown(results: readonly VerifyTableResult[], rounds: number): string {
  const { cores, model, memoryGb } = machine();
  const tables = results.map(({ title, rows, contestants, notes }) => {
    const load = mediansOf(contestants[0]!);
    const lines = contestants.map((contestant) => {
      const usage = mediansOf(contestant);
      return row([
        contestant.title,
        usage.wallSeconds.toFixed(2),
        `${(usage.wallSeconds / load.wallSeconds).toFixed(2)} ×`,
        perMillion(usage.cpuSeconds, rows),
        (usage.peakRssBytes / 1e6).toFixed(0),
        `${perMillion(usage.sourceCpuSeconds, rows)} + ${perMillion(usage.targetCpuSeconds, rows)}`,
      ]);
    });
    return [
      row([
        `${title}, ${rows.toLocaleString('en-US')} rows`,
        'seconds',
        'of the load',
        'client CPU s per 1 M rows',
        'peak RSS MB',
        'servers CPU s per 1 M (source + target)',
      ]),
      row(['---', '--:', '--:', '--:', '--:', '--:']),
      ...lines,
      '',
      ...noiseNotes(contestants),
      ...notes,
    ].join('\n');
  });
  return [
    `${cores} cores (${model}), ${memoryGb} GB, Node ${process.versions.node}, MariaDB to PostgreSQL, ${rounds} rounds.`,
    ...tables,
    'Both servers and the client share one machine; no TLS; the start of the programs included. Medians.\n',
  ].join('\n\n');
}

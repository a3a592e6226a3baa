/** What a load into four services costs beside one of the same tables as they are, for people and for machines. */
import type { OpenemrResult } from './openemr-bench.ts';
import { machine, mediansOf, noiseNotes, perMillion, row } from './report.ts';
import { SERVER_SETTINGS } from './servers.ts';

export function renderOpenemrMarkdown(result: OpenemrResult, rounds: number): string {
  const { cores, model, memoryGb } = machine();
  const { patients, rows, bytes, tables, contestants } = result;
  const count = (value: number): string => value.toLocaleString('en-US');
  const first = mediansOf(contestants[0]!);
  const lines = contestants.map((contestant) => {
    const usage = mediansOf(contestant);
    return row([
      contestant.title,
      usage.wallSeconds.toFixed(2),
      count(Math.round(rows / usage.wallSeconds)),
      `${(first.wallSeconds / usage.wallSeconds).toFixed(2)} ×`,
      perMillion(usage.cpuSeconds, rows),
      (usage.peakRssBytes / 1e6).toFixed(0),
      `${perMillion(usage.sourceCpuSeconds, rows)} + ${perMillion(usage.targetCpuSeconds, rows)}`,
    ]);
  });
  return [
    `${cores} cores (${model}), ${memoryGb} GB, Node ${process.versions.node}, MariaDB to PostgreSQL, ${rounds} rounds.`,
    [
      row([
        `${count(patients)} patients: ${count(rows)} rows of ${tables} tables, ${Math.round(bytes / 1e6)} MB`,
        'seconds',
        'source rows/s',
        'of the mirror',
        'client CPU s per 1 M rows',
        'peak RSS MB',
        'servers CPU s per 1 M (source + target)',
      ]),
      row(['---', '--:', '--:', '--:', '--:', '--:', '--:']),
      ...lines,
    ].join('\n'),
    ...noiseNotes(contestants),
    'Each begins with empty tables that bin/schema has made, and ends with their keys, indexes and constraints. A row of the source counts\nonce, however many mappings read it. Both servers and the client share one machine; no TLS. Medians.\n',
  ].join('\n\n');
}

export function openemrResultDocument(result: OpenemrResult, rounds: number): object {
  const contestants = result.contestants.map((contestant) => ({
    ...contestant,
    median: mediansOf(contestant),
  }));
  return { machine: machine(), servers: SERVER_SETTINGS, rounds, ...result, contestants };
}

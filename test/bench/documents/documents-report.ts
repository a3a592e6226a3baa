/** What the moving of documents costs, for people and for machines. */
import { machine, mediansOf, noiseNotes, row } from '../report.ts';
import { SERVER_SETTINGS } from '../servers.ts';
import type { DocumentsResult } from './documents-bench.ts';

export function renderDocumentsMarkdown({ loads }: DocumentsResult, rounds: number): string {
  const { cores, model, memoryGb } = machine();
  const tables = loads.map(({ title, documents, bytes, contestants }) => {
    const lines = contestants.map((contestant) => {
      const { wallSeconds, cpuSeconds, peakRssBytes } = mediansOf(contestant);
      return row([
        contestant.title,
        wallSeconds.toFixed(1),
        Math.round(documents / wallSeconds).toLocaleString('en-US'),
        (bytes / 1e6 / wallSeconds).toFixed(0),
        cpuSeconds.toFixed(1),
        (peakRssBytes / 1e6).toFixed(0),
      ]);
    });
    return [
      row([title, 'seconds', 'documents/s', 'MB/s', 'client CPU s', 'peak RSS MB']),
      row(['---', '--:', '--:', '--:', '--:', '--:']),
      ...lines,
    ].join('\n');
  });
  return [
    `${cores} cores (${model}), ${memoryGb} GB, Node ${process.versions.node}, ${rounds} rounds; an object store on the loopback that waits 10 ms before each answer and keeps no content.`,
    ...tables,
    ...noiseNotes(loads.flatMap(({ contestants }) => contestants)),
    'The object store, both database servers and the client share one machine. Medians.\n',
  ].join('\n\n');
}

export function documentsResultDocument({ loads }: DocumentsResult, rounds: number): object {
  const measured = loads.map((load) => ({
    ...load,
    contestants: load.contestants.map((contestant) => ({ ...contestant, median: mediansOf(contestant) })),
  }));
  return { machine: machine(), servers: SERVER_SETTINGS, rounds, loads: measured };
}

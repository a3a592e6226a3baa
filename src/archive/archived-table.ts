import { RowSum } from '../../streams/row-sum.ts';
import { chunkKey } from './archive-bucket.ts';
import type { ArchivedChunk, ArchivedTable, PlannedTable } from './manifest.ts';

/** What the chunks of a table come to. */
export function summarize(
  { chunks: planned, ...table }: PlannedTable,
  done: ReadonlyMap<string, ArchivedChunk>,
): ArchivedTable {
  const chunks = planned.map(({ chunk }) => {
    const archived = done.get(chunkKey(table.name, chunk));
    if (!archived) throw new RangeError('a chunk that was not archived');
    return archived;
  });
  const sum = (pick: (chunk: ArchivedChunk) => number): number =>
    chunks.reduce((total, chunk) => total + pick(chunk), 0);
  return {
    ...table,
    rows: sum(({ rows }) => rows),
    bytes: sum(({ bytes }) => bytes),
    rowSum: sumOf(chunks),
    chunks,
  };
}

/** Of the rows of all chunks. */
function sumOf(chunks: readonly { rowSum: string }[]): string {
  const sum = new RowSum();
  for (const { rowSum } of chunks) sum.add(Buffer.from(rowSum, 'hex'));
  return sum.hex;
}

/** The rows of a chunk as the source has them now. */
import { ArchiveLines, type ArchivedContent } from '../../streams/archive-lines.ts';
import { archivedColumns } from '../../streams/json-form.ts';
import { RowSource } from '../../streams/row-source.ts';
import type { SourceBatch } from '../../streams/source-batch.ts';
import { selectedColumn } from '../mapping/select-statement.ts';
import type { SourceTable } from '../mysql/catalog-model.ts';
import type { KeyChunk } from '../mysql/chunk-planner.ts';
import { quoteSourceIdentifier } from '../mysql/identifiers.ts';
import { rangeableKeyColumns, rangePredicate } from '../mysql/key-range.ts';
import type { SourceConnection } from '../mysql/source-connection.ts';

interface ReadOptions {
  source: SourceConnection;
  table: SourceTable;
  chunk: Pick<KeyChunk, 'lower' | 'upper'>;
}

export function chunkRows({ source, table, chunk }: ReadOptions): AsyncIterable<SourceBatch> {
  return new RowSource({ source, sql: selectOf(table, chunk), table: table.name });
}

/** What the rows come to, and nothing else. Throws SOURCE_*. */
export async function digestOfChunk(options: ReadOptions): Promise<ArchivedContent> {
  const lines = new ArchiveLines(archivedColumns(options.table));
  for await (const batch of chunkRows(options)) lines.feed(batch);
  return lines.end().content;
}

function selectOf(table: SourceTable, { lower, upper }: ReadOptions['chunk']): string {
  const columns = table.columns.map((column) => selectedColumn(column, quoteSourceIdentifier(column.name)));
  const key = rangeableKeyColumns(table);
  const where = key.length > 0 ? ` WHERE ${rangePredicate(key, lower, upper)}` : '';
  return `SELECT ${columns.join(', ')} FROM ${quoteSourceIdentifier(table.name)}${where}`;
}

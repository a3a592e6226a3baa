/** The rows of a chunk as lines of JSON, as the source has them now. */
import { createHash } from 'node:crypto';
import { NdjsonEncoder } from '../../streams/ndjson-encoder.ts';
import { RowSource } from '../../streams/row-source.ts';
import { PACKET_HEADER_BYTES, packetLength, type SourceBatch } from '../../streams/source-batch.ts';
import { selectExpression } from '../mapping/types/index.ts';
import type { SourceTable } from '../mysql/catalog-model.ts';
import type { SourceConnection } from '../mysql/connection.ts';
import { quoteSourceIdentifier } from '../mysql/identifiers.ts';
import { rangeableKeyColumns, rangePredicate } from '../mysql/key-range.ts';
import type { KeyChunk } from '../mysql/chunk-planner.ts';
import { formOf } from '../../streams/json-form.ts';
import type { ArchivedContent } from './manifest.ts';

interface ReadOptions {
  source: SourceConnection;
  table: SourceTable;
  chunk: Pick<KeyChunk, 'lower' | 'upper'>;
  /** Waited for. The memory is used again when it has come back. */
  write(lines: Buffer): Promise<void>;
  onRows(rows: number, bytes: number): void;
}

/** Columns that a row is made of; generated ones too, since the application saw them. */
export function archivedColumns({ columns }: SourceTable) {
  return columns.map((column) => ({ name: column.name, type: column.columnType, form: formOf(column) }));
}

/** Throws SOURCE_*, and what `write` throws. */
export async function readChunk(options: ReadOptions): Promise<ArchivedContent> {
  const { source, table, chunk, write, onRows } = options;
  const hash = createHash('sha256');
  let bytes = 0;
  let pending: Buffer[] = [];
  const encoder = new NdjsonEncoder(archivedColumns(table), (lines) => {
    hash.update(lines);
    bytes += lines.length;
    pending.push(Buffer.from(lines));
  });
  const drain = async (): Promise<void> => {
    const lines = pending;
    pending = [];
    for (const line of lines) await write(line);
  };
  const rows = new RowSource({ source, sql: selectOf(table, chunk), table: table.name });
  for await (const batch of rows as AsyncIterable<SourceBatch>) {
    const before = encoder.rows;
    feed(encoder, batch);
    onRows(encoder.rows - before, batch.data.length);
    if (pending.length > 0) await drain();
  }
  encoder.end();
  await drain();
  return { rows: encoder.rows, bytes, sha256: hash.digest('hex'), rowSum: encoder.sum.hex };
}

function feed(encoder: NdjsonEncoder, batch: SourceBatch): void {
  const { data } = batch;
  if (batch.kind === 'piece') {
    encoder.feed(data, 0, data.length);
    if (batch.last) encoder.endRow();
    return;
  }
  for (let from = 0; from < data.length;) {
    const start = from + PACKET_HEADER_BYTES;
    from = start + packetLength(data, from);
    encoder.feed(data, start, from);
    encoder.endRow();
  }
}

function selectOf(table: SourceTable, { lower, upper }: ReadOptions['chunk']): string {
  const columns = table.columns.map((column) => {
    const name = quoteSourceIdentifier(column.name);
    return `${selectExpression(column, name)} AS ${name}`;
  });
  const key = rangeableKeyColumns(table);
  const where = key.length > 0 ? ` WHERE ${rangePredicate(key, lower, upper)}` : '';
  return `SELECT ${columns.join(', ')} FROM ${quoteSourceIdentifier(table.name)}${where}`;
}

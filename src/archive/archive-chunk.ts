import { ArchiveWriter } from '../../streams/archive-writer.ts';
import { archivedColumns } from '../../streams/json-form.ts';
import type { SourceTable } from '../mysql/catalog-model.ts';
import type { KeyChunk } from '../mysql/chunk-planner.ts';
import type { SourceConnection } from '../mysql/source-connection.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import type { ArchivedChunk } from './manifest.ts';
import { chunkRows } from './read-chunk.ts';

interface ArchiveChunkOptions {
  source: SourceConnection;
  table: SourceTable;
  chunk: KeyChunk;
  store: ObjectStore;
  /** Of the names of its parts. */
  prefix: string;
  onRows(rows: number, bytes: number): void;
}

/** Reads a chunk's rows into the bucket. Throws SOURCE_*, STORAGE_*. */
export async function archiveChunk(options: ArchiveChunkOptions): Promise<ArchivedChunk> {
  const { source, table, chunk, store, prefix, onRows } = options;
  const writer = new ArchiveWriter({ columns: archivedColumns(table), store, prefix });
  try {
    for await (const batch of chunkRows({ source, table, chunk })) {
      const before = writer.rows;
      await writer.add(batch);
      onRows(writer.rows - before, batch.data.length);
    }
    return { chunk: chunk.chunk, ...(await writer.end()) };
  } finally {
    writer.destroy();
  }
}

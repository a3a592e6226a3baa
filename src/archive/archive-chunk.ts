import { GzipParts } from '../../streams/gzip-parts.ts';
import type { SourceTable } from '../mysql/catalog-model.ts';
import type { SourceConnection } from '../mysql/connection.ts';
import type { KeyChunk } from '../mysql/chunk-planner.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import type { ArchivedChunk, ArchivedContent, ArchivedPart } from './manifest.ts';
import { readChunk } from './read-chunk.ts';

/** So that each goes in one request, and can be sent again without being read again. */
const PART_BYTES = 7 * 1024 * 1024;

interface ArchiveChunkOptions {
  source: SourceConnection;
  table: SourceTable;
  chunk: KeyChunk;
  store: ObjectStore;
  nameOf(part: number): string;
  onRows(rows: number, bytes: number): void;
}

/**
 * Puts a chunk's rows into the bucket, in as many parts as it takes. The last of them says so, and what all of them come to: until it
 * is there the chunk does not count. Throws SOURCE_*, STORAGE_*.
 */
export async function archiveChunk(options: ArchiveChunkOptions): Promise<ArchivedChunk> {
  const { source, table, chunk, store, nameOf, onRows } = options;
  const parts: ArchivedPart[] = [];
  let content: ArchivedContent | null = null;
  const gzip = new GzipParts({
    partBytes: PART_BYTES,
    onPart: async ({ content: compressed }, isLast) => {
      const { name, generation, size, crc32c } = await store.put({
        name: nameOf(parts.length),
        open: () => [compressed],
        contentType: 'application/gzip',
        ...(isLast && { metadata: describe(content!, parts.length + 1) }),
      });
      parts.push({ object: name, generation, sizeBytes: size, crc32c });
    },
  });
  try {
    content = await readChunk({ source, table, chunk, write: (lines) => gzip.write(lines), onRows });
    await gzip.end();
  } finally {
    gzip.destroy();
  }
  return { chunk: chunk.chunk, ...content, parts };
}

function describe({ rows, bytes, sha256, rowSum }: ArchivedContent, parts: number): Record<string, string> {
  return { rows: String(rows), bytes: String(bytes), sha256, rowsum: rowSum, parts: String(parts) };
}

/** What the last part of a chunk says of all of them; null for any other part. */
export function describedBy(
  metadata: Readonly<Record<string, string>>,
): (ArchivedContent & { parts: number }) | null {
  const { rows, bytes, sha256, rowsum: rowSum, parts } = metadata;
  if (parts === undefined || sha256 === undefined || rowSum === undefined) return null;
  return { rows: Number(rows), bytes: Number(bytes), sha256, rowSum, parts: Number(parts) };
}

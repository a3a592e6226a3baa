import { gunzipSync } from 'node:zlib';
import type { ArchivedTable } from '../../src/archive/manifest.ts';
import type { StorageServer } from './storage/storage-server.ts';

/** The rows of an archived table, as anybody would read them. */
export function rowsOfArchive(
  { objects }: StorageServer,
  { chunks }: ArchivedTable,
): Record<string, unknown>[] {
  return chunks.flatMap(({ parts }) =>
    gunzipSync(Buffer.concat(parts.map(({ object }) => objects.find(object).content)))
      .toString()
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Record<string, unknown>),
  );
}

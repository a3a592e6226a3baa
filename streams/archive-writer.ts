/**
 * Puts the rows of a chunk into the bucket as gzipped lines of JSON, in as many parts as it takes.
 *
 * The last part says that it is the last, and what all of them come to: until it is there the chunk does not count. Holds one part, and what
 * the compressor holds (invariant 7).
 */
import type { ObjectStore } from '../src/storage/object-store.ts';
import { ArchiveLines, type ArchivedContent } from './archive-lines.ts';
import { GzipParts } from './gzip-parts.ts';
import type { JsonColumn } from './ndjson-encoder.ts';
import type { SourceBatch } from './source-batch.ts';

export interface ArchivedPart {
  object: string;
  generation: string;
  /** Of the compressed content. */
  sizeBytes: number;
  crc32c: string;
}

/** So that each goes in one request, and can be sent again without being read again. */
const PART_BYTES = 7 * 1024 * 1024;
const PART_DIGITS = 4;

export interface ArchiveWriterOptions {
  columns: readonly JsonColumn[];
  store: ObjectStore;
  /** What the names of all parts of the chunk begin with. */
  prefix: string;
}

export class ArchiveWriter {
  readonly #options: ArchiveWriterOptions;
  readonly #lines: ArchiveLines;
  readonly #gzip: GzipParts;
  readonly #parts: ArchivedPart[] = [];
  #content: ArchivedContent | null = null;

  constructor(options: ArchiveWriterOptions) {
    this.#options = options;
    this.#lines = new ArchiveLines(options.columns);
    this.#gzip = new GzipParts({
      partBytes: PART_BYTES,
      onPart: ({ content }, isLast) => this.#put(content, isLast),
    });
  }

  get rows(): number {
    return this.#lines.rows;
  }

  /** The batch's memory is free at once; what is waited for is the bucket. Throws STORAGE_*. */
  async add(batch: SourceBatch): Promise<void> {
    for (const lines of this.#lines.feed(batch)) await this.#gzip.write(lines);
  }

  /** Throws STORAGE_*. */
  async end(): Promise<ArchivedContent & { parts: ArchivedPart[] }> {
    const { lines, content } = this.#lines.end();
    for (const line of lines) await this.#gzip.write(line);
    this.#content = content;
    await this.#gzip.end();
    return { ...content, parts: this.#parts };
  }

  /** Where it is given up before its end. */
  destroy(): void {
    this.#gzip.destroy();
  }

  async #put(compressed: Buffer, isLast: boolean): Promise<void> {
    const { store, prefix } = this.#options;
    const { name, generation, size, crc32c } = await store.put({
      name: partName(prefix, this.#parts.length),
      open: () => [compressed],
      contentType: 'application/gzip',
      ...(isLast && { metadata: describe(this.#content!, this.#parts.length + 1) }),
    });
    this.#parts.push({ object: name, generation, sizeBytes: size, crc32c });
  }
}

export function partName(prefix: string, part: number): string {
  return `${prefix}${String(part).padStart(PART_DIGITS, '0')}.ndjson.gz`;
}

/** What was stored of a chunk before it was given up: its rows may have changed since, and parts of two readings do not fit each other. */
export async function removeParts(store: ObjectStore, prefix: string): Promise<void> {
  for await (const page of store.list(prefix)) for (const part of page.toReversed()) await store.remove(part);
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

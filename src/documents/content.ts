/** What a document is made of, as the legacy system keeps it: read from its beginning as often as is needed, in pieces. */
import type { FileHandle } from 'node:fs/promises';
import type { ControlSource } from '../mysql/control-source.ts';
import { quoteSourceIdentifier } from '../mysql/identifiers.ts';

export interface Content {
  /** As it lies there, perhaps encrypted. */
  sizeBytes: number;
  /** Of a file: below the root, as it is spelled on the disk. */
  path: Buffer | null;
  /** Throws ReadFailed for a file, SOURCE_* for a column. */
  read(): AsyncGenerator<Buffer>;
  close(): Promise<void>;
}

/** A file that is there and cannot be read. What the system said of it names the file, and is left out. */
export class ReadFailed extends Error {
  constructor() {
    super('A file cannot be read.');
  }
}

const FILE_PIECE_BYTES = 1024 * 1024;
const COLUMN_PIECE_BYTES = 4 * 1024 * 1024;

export function fileContent(file: { handle: FileHandle; sizeBytes: number; path: Buffer }): Content {
  const { handle, sizeBytes, path } = file;
  return {
    sizeBytes,
    path,
    async *read() {
      for (let at = 0; ;) {
        // One byte more than there should be: a small file and its end come at once.
        const piece = Buffer.allocUnsafe(Math.min(Math.max(sizeBytes - at, 0) + 1, FILE_PIECE_BYTES));
        const { bytesRead } = await handle.read(piece, 0, piece.length, at).catch(() => {
          throw new ReadFailed();
        });
        if (bytesRead === 0) return;
        at += bytesRead;
        yield piece.subarray(0, bytesRead);
        if (bytesRead < piece.length && at >= sizeBytes) return;
      }
    },
    close: () => handle.close(),
  };
}

export interface ColumnPlace {
  table: string;
  column: string;
  keyColumn: string;
  /** A whole number. */
  key: string;
}

/** null where there is nothing in the column. Throws SOURCE_*. */
export async function columnContent(source: ControlSource, place: ColumnPlace): Promise<Content | null> {
  const bytes = `CAST(${quoteSourceIdentifier(place.column)} AS BINARY)`;
  const from = `FROM ${quoteSourceIdentifier(place.table)} WHERE ${quoteSourceIdentifier(place.keyColumn)} = ${place.key}`;
  const [row] = await source.run((connection) =>
    connection.query<{ bytes: string | null }>(`SELECT OCTET_LENGTH(${bytes}) AS bytes ${from}`),
  );
  if (row?.bytes == null) return null;
  const sizeBytes = Number(row.bytes);
  return {
    sizeBytes,
    path: null,
    async *read() {
      for (let at = 0; at < sizeBytes; at += COLUMN_PIECE_BYTES) {
        const [piece] = await source.run((connection) =>
          connection.query<{ piece: Buffer | null }>(
            `SELECT SUBSTRING(${bytes}, ${at + 1}, ${COLUMN_PIECE_BYTES}) AS piece ${from}`,
          ),
        );
        // The row may be gone, or another, by now: whoever reads compares the whole.
        if (!piece?.piece?.length) return;
        yield piece.piece;
      }
    },
    close: () => Promise.resolve(),
  };
}

/** What travels from the row source to the encoder: bytes as they came from the server, never row objects. */
export type SourceBatch =
  /** Complete row packets of the MySQL text protocol, each with its four-byte header. */
  | { kind: 'rows'; data: Buffer; rows: number }
  /** The next bytes of one row that is too large to hold. */
  | { kind: 'piece'; data: Buffer; last: boolean };

export const PACKET_HEADER_BYTES = 4;

/** The payload's length of the row packet that begins at `at`. */
export function packetLength(data: Buffer, at: number): number {
  return data[at]! | (data[at + 1]! << 8) | (data[at + 2]! << 16);
}

/** What travels from the encoder to the copy sink: bytes of PostgreSQL's binary COPY. */
export interface EncodedBatch {
  /** The pooled buffer; its first `length` bytes count. */
  buffer: Buffer;
  length: number;
  /** Rows that end in it. */
  rows: number;
}

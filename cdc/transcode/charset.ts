/**
 * Text of character set A becomes UTF-8: writes what lies in `src` from `from` to `to` at `dst[o]`, and returns where it ends.
 * Bytes that are no text in A become what the server makes of them, or throw CDC_EVENT_MALFORMED.
 */
export type ToUtf8 = (src: Buffer, from: number, to: number, dst: Buffer, o: number) => number;

export interface Charset {
  name: string;
  /** Of one character. */
  maxBytes: number;
  /** null: the bytes are UTF-8 (or binary) already. */
  toUtf8: ToUtf8 | null;
  /** So many bytes of UTF-8 at most for each byte. */
  growth: number;
}

/** Character sets of a source by collation id, which is what the binlog names. */
export type CharsetOfCollation = (collationId: number) => Charset | undefined;

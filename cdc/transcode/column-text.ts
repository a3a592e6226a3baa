/**
 * Writes the value that lies in `src` from `from` to `to`, as the binlog has it, at `dst[o]`, as the text protocol has it:
 * its length, then its text. Returns where it ends.
 */
export type WriteText = (src: Buffer, from: number, to: number, dst: Buffer, o: number) => number;

/** How one column becomes text, and the most that this takes: `fixedBytes` and `perByte` for each byte in the binlog. */
export interface ColumnText {
  write: WriteText;
  fixedBytes: number;
  perByte: number;
}

/** A text protocol length takes so many bytes at most. */
export const MAX_LENGTH_BYTES = 9;

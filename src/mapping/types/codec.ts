/**
 * One type, both encodings: reads a value as the MySQL text protocol gives it and writes it as PostgreSQL's binary
 * COPY takes it. The readers of the binlog's row format join here, so that both roads share one writer (invariant 11).
 */

/**
 * Writes one value that is not NULL: its length as int32, then its bytes, or the length -1 for NULL where a policy
 * turns the value into NULL. Reads `src[start, end)`, writes `dst` from `at`, returns where it stopped.
 * Throws ValueRefused for a value that the target cannot hold. Never writes more than `maxBytes(end - start)`.
 */
export type ValueWriter = (src: Buffer, start: number, end: number, dst: Buffer, at: number) => number;

export interface Codec {
  write: ValueWriter;
  /** The most bytes `write` can produce for a value of `length` bytes, its int32 length included. */
  maxBytes: (length: number) => number;
  /**
   * Set where the value's bytes go through as they are, after `prefix`: the compiler then copies them inline, and a
   * huge value is streamed in pieces. `write` does the same in one call.
   */
  verbatim?: { prefix: readonly number[] };
  /**
   * Set where `write` (or the inline copy) does not look at every byte: checks a value, throws ValueRefused. Used when the
   * server has refused a batch, to find the row and the reason without asking the server again.
   */
  validate?: (src: Buffer, start: number, end: number) => void;
}

/** What the operator decides about dirty values; part of the plan's digest. */
export interface ValuePolicies {
  zeroDate: 'null' | 'reject';
  nul: 'reject' | 'strip';
  tinyint1: 'smallint' | 'boolean';
}

/** What differs, in words that name no value. */
import { createHmac } from 'node:crypto';

export type DifferenceKind =
  /** The source has it, the target does not. */
  | 'missing'
  /** Both have it, with other values in `columns`. */
  | 'differs'
  /** The target has it, the source does not. */
  | 'extra'
  /** The source has it, it cannot be loaded, and the ledger has no reject of it. */
  | 'not_rejected';

/** A row by the names and texts of its key: it must not leave the databases. Empty for a row without a key. */
export type RowKeyTexts = Readonly<Record<string, unknown>>;

export interface Difference {
  kind: DifferenceKind;
  /** Of the target; empty where it is the row that is at fault. */
  columns: readonly string[];
  /** Of the source for a row that it has, else of the target. */
  key: RowKeyTexts;
  /** Of a row that only the target has: which version of it was seen. */
  version?: string;
}

const DIGEST_DIGITS = 16;

/** What stands for a row's key in reports: the ledger has the key beside it. */
export function keyDigest(digestKey: Buffer, mapping: string, key: RowKeyTexts): string {
  return createHmac('sha256', digestKey)
    .update(JSON.stringify([mapping, key]))
    .digest('hex')
    .slice(0, DIGEST_DIGITS);
}

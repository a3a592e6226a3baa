/**
 * Transactions in two phases. Their rows are in the binlog where they were prepared, and whether they count is said later,
 * by XA COMMIT or XA ROLLBACK. Those that changed no wanted row can be passed over; the others are refused.
 */
import { TransfuseError } from '../src/core/errors.ts';
import { EventBytes } from './event-bytes.ts';

/** Prepared ones that nobody ever decides would otherwise be kept for ever. */
const MAX_KEPT = 10_000;

export class XaTransactions {
  /** Prepared without a wanted row. */
  readonly #harmless = new Set<string>();

  /** The body of XA_PREPARE (38). Returns whether it commits at once. Throws CDC_XA_UNSUPPORTED where wanted rows were changed. */
  prepare(body: Buffer, hasRows: boolean): boolean {
    const bytes = new EventBytes(body, 'An XA transaction');
    if (bytes.uint(1) !== 0) return true;
    if (hasRows) throw refused('was prepared');
    const format = bytes.uint(4);
    const [globalBytes, branchBytes] = [bytes.uint(4), bytes.uint(4)];
    const hex = (length: number): string => bytes.bytes(length).toString('hex');
    if (this.#harmless.size >= MAX_KEPT) this.#harmless.clear();
    this.#harmless.add(`x'${hex(globalBytes)}',x'${hex(branchBytes)}',${format}`);
    return false;
  }

  /** A statement that begins with XA. Throws CDC_XA_UNSUPPORTED for the commit of one whose rows were not seen here. */
  decide(sql: string): void {
    const [, verb = '', xid = ''] = /^\s*XA\s+(\w+)\s+(.*?)\s*$/is.exec(sql) ?? [];
    const isKnown = this.#harmless.delete(xid.toLowerCase().replaceAll(/\s/g, ''));
    if (/^commit$/i.test(verb) && !isKnown) throw refused('was committed, which may hold rows from before');
  }
}

function refused(what: string): TransfuseError {
  return new TransfuseError('CDC_XA_UNSUPPORTED', `A transaction in two phases (XA) ${what}.`);
}

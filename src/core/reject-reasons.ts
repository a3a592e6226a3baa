/** Why a row could not be loaded. The codes are kept in the ledger and in reports: never rename one. */
export const REJECT_REASONS = {
  zero_date: 'a zero or partial date, and ZERO_DATE_POLICY is reject',
  invalid_date: 'a date that is not in the calendar, such as 31 February',
  nul_byte: 'text with the character U+0000, which PostgreSQL cannot store',
  invalid_utf8: 'text that is not valid in its character set',
  enum_error_value: 'the empty error value of an ENUM',
  not_boolean: 'a TINYINT(1) other than 0 and 1, and TINYINT1 is boolean',
  out_of_range: 'a value outside the range of the target type',
  malformed: 'a value that is not of its column’s type',
  invalid_json: 'JSON that jsonb cannot hold, such as the escape \\u0000',
  too_long: 'a value longer than the target allows',
  transform_refused: 'a transform refused the value',
  ragged_row: 'a record of an export with other fields than its table has; its line is its key',
  orphan: 'it needs a row that the source does not have, and ORPHAN_POLICY is reject',
  not_null: 'NULL for a target column that may not be NULL',
  check_violation: 'a CHECK constraint of the target',
  unique_violation: 'a unique key of the target',
  foreign_key_violation: 'a foreign key of the target',
  exclusion_violation: 'an exclusion constraint of the target',
  target_refused: 'the target refused the row for another reason; see its SQLSTATE',
} as const;

export type RejectReason = keyof typeof REJECT_REASONS;

/** Thrown by encoders for a value that cannot be loaded. Carries no value; made once for each reason, without a stack. */
export class ValueRefused extends Error {
  readonly reason: RejectReason;

  constructor(reason: RejectReason) {
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
    super(reason);
    Error.stackTraceLimit = limit;
    this.reason = reason;
  }
}

const refusals = new Map<RejectReason, ValueRefused>();

/** Refuses the value at hand. The signal is shared, so that a table of a million bad rows allocates nothing. */
export function refuse(reason: RejectReason): never {
  let signal = refusals.get(reason);
  if (!signal) refusals.set(reason, (signal = new ValueRefused(reason)));
  throw signal;
}

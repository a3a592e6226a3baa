/**
 * The type codecs: MySQL's text protocol on one side, PostgreSQL's binary COPY on the other.
 *
 * Promised: a value that is written is, bit for bit, what PostgreSQL would send for the same value
 * (except jsonb, which PostgreSQL prints in an order of its own); a value that the
 * target cannot hold exactly is refused with a reason, never rounded or cut. A codec keeps no state between values and
 * holds no memory beyond a few kilobytes.
 * Not promised: that PostgreSQL takes every value that was written. Text is copied unread: `Codec.validate` finds what
 * is wrong with it. Constraints of the target are not known here.
 *
 * The reading session must use utf8mb4, time zone UTC and sql_mode '', and select with `selectExpression`.
 */
export { codecFor } from './registry.ts';
export { selectExpression } from './select-expression.ts';
export { valueWriter } from './value-writer.ts';
export { entityNamespace, uuidV5Text, writeUuidV5 } from './uuid-v5.ts';
export { uuidName } from './uuid-name.ts';

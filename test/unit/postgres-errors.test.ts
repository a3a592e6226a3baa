import { describe, expect, it } from 'vitest';
import { TransfuseError } from '../../src/core/errors.ts';
import {
  classifyTargetError,
  copyLineOf,
  rejectReasonOf,
  targetErrorKind,
} from '../../src/postgres/errors.ts';

const CANARY = 'Jane Doe 1984-02-31';

function serverError(code: string, fields: Record<string, unknown> = {}): Error {
  const text = { detail: `Key (name)=(${CANARY})`, where: `COPY patient, line 7: "${CANARY}"`, hint: CANARY };
  return Object.assign(new Error(`refused: ${CANARY}`), text, { code }, fields);
}

describe('classifying an error of the target', () => {
  it.each([
    ['08006', 'transient', 'TARGET_LOST'],
    ['57P01', 'transient', 'TARGET_LOST'],
    ['57P03', 'transient', 'TARGET_LOST'],
    ['40P01', 'transient', 'TARGET_STATEMENT_FAILED'],
    ['55P03', 'transient', 'TARGET_STATEMENT_FAILED'],
    ['53300', 'transient', 'TARGET_UNREACHABLE'],
    ['28P01', 'permission', 'TARGET_ACCESS_DENIED'],
    ['42501', 'permission', 'TARGET_ACCESS_DENIED'],
    ['3D000', 'gone', 'TARGET_DATABASE_MISSING'],
    ['42P01', 'gone', 'TARGET_SCHEMA_MISSING'],
    ['42703', 'gone', 'TARGET_SCHEMA_MISSING'],
    ['53100', 'full', 'TARGET_FULL'],
    ['53200', 'full', 'TARGET_FULL'],
    ['23505', 'data', 'TARGET_STATEMENT_FAILED'],
    ['54000', 'data', 'TARGET_STATEMENT_FAILED'],
    ['P0001', 'data', 'TARGET_STATEMENT_FAILED'],
    ['22P04', 'fatal', 'TARGET_STATEMENT_FAILED'],
    ['42601', 'fatal', 'TARGET_STATEMENT_FAILED'],
    ['XX000', 'fatal', 'TARGET_STATEMENT_FAILED'],
    ['ECONNRESET', 'transient', 'TARGET_LOST'],
    ['EPIPE', 'transient', 'TARGET_LOST'],
    ['ECONNREFUSED', 'transient', 'TARGET_UNREACHABLE'],
    ['ENOTFOUND', 'transient', 'TARGET_UNREACHABLE'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'fatal', 'TARGET_TLS'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'fatal', 'TARGET_TLS'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'fatal', 'TARGET_TLS'],
  ])('takes %s for %s and %s', (code, kind, errorCode) => {
    const error = serverError(code);
    expect(targetErrorKind(error)).toBe(kind);
    const ours = classifyTargetError(error, { action: 'load a chunk' });
    expect(ours.code).toBe(errorCode);
    expect(ours.transient).toBe(kind === 'transient');
  });

  it.each([
    ['Connection terminated unexpectedly', 'TARGET_LOST'],
    ['Client has encountered a connection error and is not queryable', 'TARGET_LOST'],
    ['timeout expired', 'TARGET_UNREACHABLE'],
    ['The server does not support SSL connections', 'TARGET_TLS'],
    ['something else', 'UNEXPECTED'],
  ])('knows what the driver means by: %s', (message, code) => {
    expect(classifyTargetError(new Error(message), { action: 'connect' }).code).toBe(code);
  });

  it('[invariant 9] passes on SQLSTATE and names of the schema, and nothing of a row', () => {
    const error = serverError('23505', {
      schema: 'public',
      table: 'patient',
      constraint: 'patient_name_key',
    });
    const ours = classifyTargetError(error, { action: 'load a chunk', where: { chunk: 3 } });
    expect(ours.message).toBe(
      'Could not load a chunk: the server refused the statement (SQLSTATE 23505, schema public, table patient, constraint patient_name_key).',
    );
    expect(ours.where).toEqual({
      schema: 'public',
      table: 'patient',
      constraint: 'patient_name_key',
      chunk: 3,
    });
    const everything = JSON.stringify([ours, ours.message, ours.stack, ours.fix, ours.cause ?? null]);
    expect(everything).not.toContain('Jane');
  });

  it('returns an error of ours as it is', () => {
    const error = new TransfuseError('LOCK_LOST', 'The lock is gone.');
    expect(classifyTargetError(error, { action: 'anything' })).toBe(error);
  });
});

describe('the reason for a reject', () => {
  it.each([
    ['22021', 'invalid_utf8'],
    ['22P05', 'invalid_json'],
    ['22P02', 'malformed'],
    ['22001', 'too_long'],
    ['22003', 'out_of_range'],
    ['22008', 'out_of_range'],
    ['22007', 'invalid_date'],
    ['23502', 'not_null'],
    ['23514', 'check_violation'],
    ['23505', 'unique_violation'],
    ['23503', 'foreign_key_violation'],
    ['23P01', 'exclusion_violation'],
    ['54000', 'target_refused'],
    ['P0001', 'target_refused'],
    ['22P04', null],
    ['42601', null],
    ['ECONNRESET', null],
  ])('%s is %s', (code, reason) => {
    expect(rejectReasonOf(serverError(code))).toBe(reason);
  });

  it('tells malformed JSON from other malformed values', () => {
    const error = serverError('22P02', { message: 'invalid input syntax for type json' });
    expect(rejectReasonOf(error)).toBe('invalid_json');
  });
});

describe('the line of a failed COPY', () => {
  it.each([
    ['COPY patient, line 12345, column born: "x, line 9"', 12345],
    ['COPY patient2, line 3', 3],
    ['COPY patient, Zeile 8: »1«', 8],
    ['PL/pgSQL function f() line 3 at RAISE\nCOPY patient, line 4: "x"', 4],
    ['PL/pgSQL function f() line 3 at RAISE', null],
    ['COPY patient', null],
  ])('of %j is %j', (where, line) => {
    expect(copyLineOf(serverError('22001', { where }))).toBe(line);
  });

  it('is null without a context', () => {
    expect(copyLineOf(new Error('x'))).toBeNull();
    expect(copyLineOf(null)).toBeNull();
  });
});

import { ERROR_CODES, type ErrorCode } from './error-codes.ts';
import type { ExitCode } from './exit-codes.ts';

interface ErrorDetails {
  /** Where it happened: names of tables, columns, chunks, variables, hosts. Never a value of a row or a secret. */
  where?: Readonly<Record<string, string | number>>;
  /** The command may be tried again, by itself or by the program. */
  transient?: boolean;
  /** What the operator does next, when more precise than the code's own advice. */
  fix?: string;
}

/**
 * An error with a documented code. Its message must be safe to print anywhere: it is written by us from names and
 * numbers, never copied from a driver (driver messages quote rows; invariant 9). There is deliberately no `cause`.
 */
export class TransfuseError extends Error {
  readonly code: ErrorCode;
  readonly where: Readonly<Record<string, string | number>>;
  readonly transient: boolean;
  readonly fix: string;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message);
    this.name = 'TransfuseError';
    this.code = code;
    this.where = details.where ?? {};
    this.transient = details.transient ?? false;
    this.fix = details.fix ?? ERROR_CODES[code].fix;
  }

  get exitCode(): ExitCode {
    return ERROR_CODES[this.code].exit;
  }
}

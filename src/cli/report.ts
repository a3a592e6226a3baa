/** Prints how a command ended: for people on a terminal, or as one JSON document. */
import { EXIT, type ExitCode } from '../core/exit-codes.ts';
import { TransfuseError } from '../core/errors.ts';
import { nameError } from '../telemetry/safe-error.ts';
import type { CommandResult } from './command.ts';
import { style, textWidth, wrap, type OutputStream, type ProcessIo } from './output.ts';

export interface Outcome {
  /** null where the command line was not understood. */
  command: string | null;
  keptSafe: string;
  result?: CommandResult;
  error?: TransfuseError;
}

/** Prints the outcome and returns its exit code. With `json`, exactly one document goes to stdout and nothing else. */
export function reportOutcome(outcome: Outcome, json: boolean, io: ProcessIo): ExitCode {
  const error = outcome.error ?? outcome.result?.problem;
  const exitCode = error?.exitCode ?? EXIT.done;
  if (json) {
    io.stdout.write(`${JSON.stringify(resultDocument(outcome, exitCode), bigintsAsText, 2)}\n`);
    return exitCode;
  }
  const text = outcome.result?.text;
  if (text) io.stdout.write(`${typeof text === 'string' ? text : text(io.stdout)}\n`);
  if (error) io.stderr.write(`${renderError(error, keptSafe(error, outcome.keptSafe), io.stderr)}\n`);
  return exitCode;
}

/**
 * Any error as one of ours. What was not foreseen becomes UNEXPECTED and keeps only the name of its class and its code,
 * since its message may quote a row (invariant 9).
 */
export function asTransfuseError(error: unknown, signal?: AbortSignal): TransfuseError {
  const own = error instanceof TransfuseError ? error : null;
  // Whatever was cut off by the interruption fails in its own way: a lost connection, an aborted stream.
  if (signal?.aborted && (own === null ? isAbort(error) : own.transient)) return interrupted();
  return own ?? new TransfuseError('UNEXPECTED', `A fault that was not foreseen: ${nameError(error)}.`);
}

export function interrupted(): TransfuseError {
  return new TransfuseError('INTERRUPTED', 'Stopped by a signal.');
}

function isAbort(error: unknown): boolean {
  const { name, code } = Object(error) as { name?: unknown; code?: unknown };
  return name === 'AbortError' || code === 'ABORT_ERR';
}

function resultDocument({ command, result, error }: Outcome, exitCode: ExitCode): object {
  const problem = error ?? result?.problem;
  return {
    ok: exitCode === EXIT.done,
    command,
    exitCode,
    ...(problem && { code: problem.code, message: problem.message, where: problem.where, fix: problem.fix }),
    ...(result && { result: result.document }),
  };
}

function bigintsAsText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}

function keptSafe(error: TransfuseError, ofCommand: string): string {
  const beforeStart = error.exitCode === EXIT.usage;
  return beforeStart ? 'everything: nothing was started' : ofCommand;
}

const LABEL_WIDTH = 12;

function renderError(error: TransfuseError, safe: string, stream: OutputStream): string {
  const width = textWidth(stream);
  const where = Object.entries(error.where).map(([name, value]) => `${name} ${value}`);
  const facts: [string, string][] = [
    ...(where.length > 0 ? [['where', where.join(', ')] satisfies [string, string]] : []),
    ['kept safe', safe],
    ['next', error.fix],
  ];
  const head = wrap(`ERROR ${error.code}: ${error.message}`, width);
  const indent = ' '.repeat(LABEL_WIDTH);
  return [
    head.replace(/^ERROR \w+/, (title) => style(stream, 'red', title)),
    ...facts.map(([label, text]) => `  ${label.padEnd(LABEL_WIDTH - 2)}${wrap(text, width, indent)}`),
  ].join('\n');
}

/**
 * The log files. They carry names, counts and codes, never a row's value or a secret (invariant 9): every error is
 * reduced by safeError wherever it stands in an entry. Files are readable by their owner only, roll daily and at a size,
 * and a full disk stops the log, not the migration. Holds at most a few megabytes in memory.
 */
import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { pino, type Logger } from 'pino';
import { TransfuseError } from '../core/errors.ts';
import type { Settings } from '../config/settings.ts';
import { openRollingFile, type RollingFile } from './rolling-file.ts';
import { nameError, safeError } from './safe-error.ts';

export type { Logger } from 'pino';

export interface LogFile {
  logger: Logger;
  /** Writes what is left and closes the file. */
  close(): Promise<void>;
}

const LIMITS = { maxFileBytes: 64 << 20, keptFiles: 30, maxBufferedBytes: 8 << 20 };

/**
 * Opens `LOG_DIR/transfuse.<date>.<n>.log`. `bindings` are added to each entry. `onLost` is told once when the log
 * cannot be written any more. Throws CONFIG_INVALID when the directory cannot be made or written.
 */
export async function openLogFile(
  settings: Settings['log'],
  bindings: Record<string, string | number>,
  onLost: (code: string) => void,
): Promise<LogFile> {
  const file = await openFile(settings.dir, onLost);
  return { logger: createLogger(settings.level, file, bindings), close: file.close };
}

/** A logger on any stream, with the same rules; tests give it a buffer. */
export function createLogger(
  level: Settings['log']['level'],
  stream: { write(line: string): void },
  bindings: Record<string, string | number> = {},
): Logger {
  return pino(
    {
      level,
      base: { pid: process.pid, ...bindings },
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { err: (value: unknown) => reduceErrors(value, 0) },
      formatters: { level: (label) => ({ level: label }) },
      hooks: {
        // Before pino's own treatment of errors, which would copy the message of any error into the entry.
        logMethod(args, method) {
          Reflect.apply(method, this, safeArguments(args));
        },
      },
    },
    stream,
  );
}

/** Not `recursive`: in a place where nothing can be made, such as /proc, Node 20 then tries for ever. */
function makeDirectory(dir: string): void {
  if (existsSync(dir)) return;
  makeDirectory(dirname(dir));
  mkdirSync(dir, { mode: 0o700 });
}

async function openFile(dir: string, onLost: (code: string) => void): Promise<RollingFile> {
  try {
    makeDirectory(dir);
    return await openRollingFile(dir, LIMITS, onLost);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
    throw new TransfuseError('CONFIG_INVALID', `The log directory cannot be written (${code}).`, {
      where: { variable: 'LOG_DIR', dir },
      fix: 'Set LOG_DIR to a directory that this user may write.',
    });
  }
}

/** The arguments of a call of the logger, with every error in them reduced, however deep it is nested. */
function safeArguments(args: readonly unknown[]): unknown[] {
  const [first, ...rest] = args.map((argument, index) => (index === 0 ? argument : safeText(argument)));
  if (first instanceof Error) {
    return [{ err: safeError(first) }, ...(rest.length > 0 ? rest : [nameError(first)])];
  }
  return [reduceErrors(first, 0), ...rest];
}

function safeText(argument: unknown): unknown {
  return argument instanceof Error ? nameError(argument) : reduceErrors(argument, 0);
}

const MAX_DEPTH = 6;

function reduceErrors(value: unknown, depth: number): unknown {
  if (value instanceof Error) return safeError(value);
  if (Array.isArray(value))
    return depth === MAX_DEPTH ? '[deep]' : value.map((item) => reduceErrors(item, depth + 1));
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype)
    return value;
  if (depth === MAX_DEPTH) return '[deep]';
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, reduceErrors(item, depth + 1)]));
}

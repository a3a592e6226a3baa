import { TransfuseError } from '../core/errors.ts';

/** What may be written down about an error (invariant 9). */
export interface SafeError {
  type: string;
  code?: string;
  message?: string;
  where?: Readonly<Record<string, string | number>>;
  stack?: string;
}

/**
 * Describes an error without anything that a server or a row may have put into it. Of our own errors the message is
 * kept, because we wrote it; of any other only its class, its code and where in the program it arose.
 */
export function safeError(error: unknown): SafeError {
  if (!(error instanceof Error)) return { type: typeof error };
  const stack = frames(error);
  if (error instanceof TransfuseError) {
    return { type: error.name, code: error.code, message: error.message, where: error.where, stack };
  }
  const code = (error as { code?: unknown }).code;
  const isCode = typeof code === 'string' && /^[A-Za-z0-9_]{1,48}$/.test(code);
  return { type: className(error), ...(isCode ? { code } : {}), stack };
}

/** One short phrase for a line of text: the class, and the code if there is one. */
export function nameError(error: unknown): string {
  const { type, code } = safeError(error);
  return code ? `${type} ${code}` : type;
}

function className(error: Error): string {
  const name: unknown = error.constructor?.name;
  return typeof name === 'string' && /^\w{1,60}$/.test(name) ? name : 'Error';
}

/** The call frames of a stack. The message is cut off first, since one of several lines could look like a frame. */
function frames(error: Error): string {
  const stack = typeof error.stack === 'string' ? error.stack : '';
  const message = String(error.message);
  const at = message === '' ? 0 : stack.indexOf(message);
  // A message that was changed after the stack was taken cannot be told apart from frames: keep none.
  if (at < 0) return '';
  return stack
    .slice(at + message.length)
    .split('\n')
    .filter((line) => /^ {4}at .*(:\d+:\d+|<anonymous>|native)\)?$/.test(line))
    .map((line) => line.trim())
    .join('\n');
}

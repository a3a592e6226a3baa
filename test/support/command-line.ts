import { main } from '../../src/cli/main.ts';
import { captureIo } from './captured-io.ts';

/** The document that a command prints with --json. */
export interface PrintedDocument<Result> {
  ok: boolean;
  exitCode: number;
  code?: string;
  message?: string;
  result?: Result;
}

/** Runs a command line with --json inside the test; it leaves its logs below `cwd`. */
export async function runJson<Result>(argv: string[], env: Record<string, string>, cwd: string) {
  const io = captureIo(env, cwd);
  const exitCode = await main([...argv, '--json'], { io });
  const document = JSON.parse(io.text('stdout')) as PrintedDocument<Result>;
  return { exitCode, document, stderr: io.text('stderr') };
}

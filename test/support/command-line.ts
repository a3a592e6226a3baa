import { main } from '../../src/cli/main.ts';
import { captureIo } from './captured-io.ts';
import type { TestDatabase } from './databases.ts';

/** The environment in which the program finds the two databases. */
export function environmentFor(
  source: TestDatabase['config'],
  target: TestDatabase['config'],
): Record<string, string> {
  return {
    LEGACY_DB_HOST: source.host,
    LEGACY_DB_PORT: String(source.port),
    LEGACY_DB_USER: source.user,
    LEGACY_DB_PASSWORD: source.password,
    LEGACY_DB_NAME: source.database,
    LEGACY_DB_SSL_CA: source.caFile,
    TARGET_DB_HOST: target.host,
    TARGET_DB_PORT: String(target.port),
    TARGET_DB_USER: target.user,
    TARGET_DB_PASSWORD: target.password,
    TARGET_DB_NAME: target.database,
    TARGET_DB_SSL_CA: target.caFile,
  };
}

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

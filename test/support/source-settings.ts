import type { DatabaseSettings } from '../../src/config/settings.ts';
import { openSource, type SourceConnection } from '../../src/mysql/connection.ts';
import type { SourceDatabase } from './databases.ts';

/** The settings under which the program reaches a test's database: as superuser, over verified TLS. */
export function sourceSettings(
  { config }: SourceDatabase,
  changes: Partial<DatabaseSettings> = {},
): DatabaseSettings {
  const { host, port, user, password, database, caFile } = config;
  const tls = { mode: 'verify-full' as const, caFile, certFile: null, keyFile: null };
  return { host, port, user, password, database, tls, ...changes };
}

/** A connection of the program to a test's database; `await using` closes it. */
export async function connectToSource(
  database: SourceDatabase,
  changes: Partial<DatabaseSettings> = {},
): Promise<SourceConnection & AsyncDisposable> {
  const source = await openSource(sourceSettings(database, changes), { purpose: 'test' });
  return Object.assign(source, { [Symbol.asyncDispose]: () => source.close() });
}

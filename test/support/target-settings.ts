import type { DatabaseSettings, SslMode } from '../../src/config/settings.ts';

interface Reachable {
  host: string;
  port: number;
  user: string;
  password: string;
  caFile: string;
}

/** The settings with which the program reaches a throw-away server; verify-full unless said otherwise. */
export function targetSettings(
  server: Reachable,
  database: string,
  overrides: Partial<DatabaseSettings> & { sslMode?: SslMode; caFile?: string | null } = {},
): DatabaseSettings {
  const { sslMode = 'verify-full', caFile = server.caFile, ...rest } = overrides;
  const { host, port, user, password } = server;
  const tls = { mode: sslMode, caFile, certFile: null, keyFile: null };
  return { host, port, user, password, database, tls, ...rest };
}

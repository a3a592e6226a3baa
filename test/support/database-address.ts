/** Where a database is, and how the program and the drivers are told. */
import fs from 'node:fs';
import type { ServerAddress } from './global-setup.ts';

export interface DatabaseAddress extends ServerAddress {
  database: string;
}

/** The variables that tell the program where both ends are. */
export function connectionSettings(source: DatabaseAddress, target: DatabaseAddress): Record<string, string> {
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

/** What the drivers of both ends take for a server, and for a database in it where one is named; over verified TLS. */
export function driverOptions(address: ServerAddress & { database?: string }) {
  const { host, port, user, password, database, caFile } = address;
  return { host, port, user, password, ...(database && { database }), ssl: { ca: fs.readFileSync(caFile) } };
}

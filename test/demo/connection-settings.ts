import type { EndAddress } from './check/database-ends.ts';

/** The variables that tell the executables where both ends are. */
export function connectionSettings(source: EndAddress, target: EndAddress): Record<string, string> {
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

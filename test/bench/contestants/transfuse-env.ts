import path from 'node:path';
import type { Arena } from './contestant.ts';

/** Seen from the compiled file, which is what runs. */
export const projectRoot = path.resolve(import.meta.dirname, '../../../..');

export const TRANSFORMED_PROFILE = path.join(projectRoot, 'dist/test/bench/transformed-profile.js');

/** The settings of an ordinary user; everything that is not said here is at its default. */
export function transfuseEnv(
  { servers, sourceDatabase }: Pick<Arena, 'servers' | 'sourceDatabase'>,
  database: string,
): Record<string, string> {
  const { source, target } = servers;
  return {
    PATH: `${path.dirname(process.execPath)}:${process.env['PATH'] ?? ''}`,
    HOME: servers.directory,
    LEGACY_DB_HOST: source.host,
    LEGACY_DB_PORT: String(source.port),
    LEGACY_DB_USER: source.user,
    LEGACY_DB_PASSWORD: source.password,
    LEGACY_DB_NAME: sourceDatabase,
    LEGACY_DB_SSL_MODE: 'disable',
    TARGET_DB_HOST: target.host,
    TARGET_DB_PORT: String(target.port),
    TARGET_DB_USER: target.user,
    TARGET_DB_PASSWORD: target.password,
    TARGET_DB_NAME: database,
    TARGET_DB_SSL_MODE: 'disable',
    LOG_DIR: path.join(servers.directory, 'logs'),
  };
}

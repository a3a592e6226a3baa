import type { BenchTable } from '../dataset/index.ts';
import type { BenchServers } from '../servers.ts';
import type { Tool } from '../tools.ts';

/** One way to move the table. Its script is everything that is measured. */
export interface Contestant {
  id: string;
  title: string;
  /** Whether what arrives is the mirror of the source, to be compared with the others' byte by byte. */
  arrives: 'mirror' | 'transformed';
  tools: Tool[];
  /** The target's database that it fills. */
  database: string;
  /** Makes the target table empty, as the contestant wants to find it. Not measured. */
  prepare(): Promise<void>;
  script: string;
  env: Readonly<Record<string, string>>;
}

/** What the contestants of one table share. */
export interface Arena {
  servers: BenchServers;
  table: BenchTable;
  rows: number;
  /** The source's database, with the table in it and nothing else. */
  sourceDatabase: string;
}

/** How the contestants but Transfuse end: with the same primary key, built after the load. */
export function addPrimaryKeySql({ table }: Arena): string {
  return `ALTER TABLE ${table.name} ADD CONSTRAINT ${table.name}_pkey PRIMARY KEY (id)`;
}

/** Both clients of the native ways, without TLS and without a prompt. */
export function nativeEnv({ servers }: Arena): Record<string, string> {
  const { source, target } = servers;
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: servers.directory,
    MYSQL_PWD: source.password,
    PGHOST: target.host,
    PGPORT: String(target.port),
    PGUSER: target.user,
    PGPASSWORD: target.password,
    PGSSLMODE: 'disable',
    PSQLRC: '/dev/null',
  };
}

export function mariadbCommand({ servers, sourceDatabase }: Arena): string {
  const { host, port, user } = servers.source;
  return `mariadb --no-defaults --skip-ssl --default-character-set=utf8mb4 -h ${host} -P ${port} -u ${user} ${sourceDatabase}`;
}

/** A word for the shell, whatever is in it. */
export function shellQuote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

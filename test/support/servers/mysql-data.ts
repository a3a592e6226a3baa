/** Creates the data directory of a MariaDB or MySQL server, with a superuser who signs in over TCP. */
import fs from 'node:fs/promises';
import path from 'node:path';
import type { PackageTree } from './debian-packages.ts';
import { runToEnd, type Program } from './processes.ts';
import { SUPERUSER_PASSWORD, type MysqlFlavor } from './types.ts';

interface InitializationPlan {
  readonly tree: PackageTree;
  readonly dataDirectory: string;
  readonly logFile: string;
  /** The server's program with these arguments after the ones that say where things are. */
  program(args: readonly string[]): Program;
}

/** In the order of mariadb-install-db. */
const MARIADB_SYSTEM_SCRIPTS = [
  'mysql_system_tables.sql',
  'mysql_performance_tables.sql',
  'mysql_system_tables_data.sql',
  'maria_add_gis_sp_bootstrap.sql',
  'mysql_sys_schema.sql',
];

export async function initializeMysqlData(flavor: MysqlFlavor, plan: InitializationPlan): Promise<void> {
  await fs.mkdir(plan.dataDirectory);
  if (flavor === 'mariadb') await initializeMariadb(plan);
  else await initializeMysql(plan);
}

/** MariaDB reads the statements from its standard input, each on one line of its own. */
async function initializeMariadb(plan: InitializationPlan): Promise<void> {
  const statements = ['create database mysql;', 'use mysql;', 'set @auth_root_socket = null;'];
  for (const script of MARIADB_SYSTEM_SCRIPTS) {
    statements.push(await fs.readFile(plan.tree.path('usr/share/mysql', script), 'utf8'));
  }
  statements.push('flush privileges;', ...superuserStatements('mysql_native_password'));
  const program = plan.program(['--bootstrap', '--skip-log-bin', '--innodb-flush-log-at-trx-commit=2']);
  await runToEnd(program, plan.logFile, statements.join('\n') + '\n');
}

async function initializeMysql(plan: InitializationPlan): Promise<void> {
  const initFile = path.join(path.dirname(plan.dataDirectory), 'superuser.sql');
  await fs.writeFile(initFile, superuserStatements('caching_sha2_password').join('\n') + '\n');
  await runToEnd(plan.program(['--initialize-insecure', `--init-file=${initFile}`]), plan.logFile);
  await fs.rm(initFile);
}

function superuserStatements(authenticationPlugin: string): string[] {
  const password =
    authenticationPlugin === 'mysql_native_password'
      ? `identified via mysql_native_password using password('${SUPERUSER_PASSWORD}')`
      : `identified with ${authenticationPlugin} by '${SUPERUSER_PASSWORD}'`;
  return [
    "drop user if exists 'root'@'127.0.0.1';",
    `create user 'root'@'127.0.0.1' ${password};`,
    "grant all privileges on *.* to 'root'@'127.0.0.1' with grant option;",
  ];
}

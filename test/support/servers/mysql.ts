/** Throw-away MariaDB 10.11 and MySQL servers, set up the way a replication source has to be. */
import fs from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { exists } from './cache.ts';
import { writeTlsFiles } from './certificates.ts';
import { Daemon } from './daemon.ts';
import { packageTree, type DebianPackage, type PackageTree } from './debian-packages.ts';
import { onFreePort } from './free-port.ts';
import { inServerDirectory, managedServer } from './managed-server.ts';
import { initializeMysqlData } from './mysql-data.ts';
import type { Program } from './processes.ts';
import { SUPERUSER_PASSWORD, type MysqlFlavor, type MysqlServer, type ServerOptions } from './types.ts';

const PACKAGES: Record<MysqlFlavor, DebianPackage> = {
  mariadb: {
    name: 'mariadb-server-core',
    suites: ['bookworm', 'bookworm-updates'],
    securitySuite: 'bookworm-security',
  },
  // Debian has MySQL in its unstable suite only, which moves: it may not be obtainable on some day
  mysql: { name: 'mysql-server-core', suites: ['sid'] },
};

const EXECUTABLES: Record<MysqlFlavor, string> = { mariadb: 'usr/sbin/mariadbd', mysql: 'usr/sbin/mysqld' };

const SETTINGS = [
  '--bind-address=127.0.0.1',
  '--skip-name-resolve', // accounts are matched by address: root@127.0.0.1, never root@localhost
  '--server-id=1',
  '--binlog-row-image=FULL',
  '--binlog-row-metadata=FULL',
  '--innodb-flush-log-at-trx-commit=2',
  '--sync-binlog=0',
  '--innodb-buffer-pool-size=256M',
  '--max-allowed-packet=256M',
  '--max-connect-errors=1000000',
  '--secure-file-priv=',
];

const FLAVOR_SETTINGS: Record<MysqlFlavor, readonly string[]> = {
  mariadb: ['--binlog-format=ROW'], // MariaDB always numbers transactions
  mysql: ['--gtid-mode=ON', '--enforce-gtid-consistency=ON', '--mysqlx=OFF'],
};

const GREETING_TIMEOUT_MS = 1000;

/** Throws `ServerUnavailableError` where Debian's packages cannot be fetched or run. */
export function startMariadb(options: ServerOptions = {}): Promise<MysqlServer> {
  return startFlavor('mariadb', options);
}

/** Throws `ServerUnavailableError` where Debian's packages cannot be fetched or run. */
export function startMysql(options: ServerOptions = {}): Promise<MysqlServer> {
  return startFlavor('mysql', options);
}

/** A program that comes in the package of the server, with its arguments; null where the package does not have it. */
export async function packagedProgram(
  flavor: MysqlFlavor,
  name: string,
  args: readonly string[],
): Promise<Program | null> {
  const tree = await packageTree(PACKAGES[flavor]);
  const executable = path.join('usr/bin', name);
  return (await exists(tree.path(executable))) ? tree.program(executable, args) : null;
}

async function startFlavor(flavor: MysqlFlavor, options: ServerOptions): Promise<MysqlServer> {
  const tree = await packageTree(PACKAGES[flavor]);
  return inServerDirectory(flavor, options.keepData ?? false, (dir) => startIn(dir, flavor, tree, options));
}

async function startIn(
  dir: string,
  flavor: MysqlFlavor,
  tree: PackageTree,
  options: ServerOptions,
): Promise<MysqlServer> {
  const { port: wishedPort, extraArgs = [], keepData = false } = options;
  const dataDirectory = path.join(dir, 'data');
  const pidFile = path.join(dir, 'server.pid');
  const logFile = path.join(dir, 'server.log');
  // Of its own: at its start a server removes what looks like a temporary table from its directory, another server's too.
  const temporaryDirectory = path.join(dir, 'tmp');
  await fs.mkdir(temporaryDirectory);
  const tls = await writeTlsFiles(path.join(dir, 'tls'));
  const placement = [
    '--no-defaults',
    `--basedir=${tree.path('usr')}`,
    `--datadir=${dataDirectory}`,
    `--tmpdir=${temporaryDirectory}`,
    `--lc-messages-dir=${tree.path('usr/share/mysql')}`,
    `--character-sets-dir=${tree.path('usr/share/mysql/charsets')}`,
    `--plugin-dir=${tree.path('usr/lib/mysql/plugin')}`,
    ...(process.getuid?.() === 0 ? ['--user=root'] : []),
  ];
  await initializeMysqlData(flavor, {
    tree,
    dataDirectory,
    logFile,
    program: (args) => tree.program(EXECUTABLES[flavor], [...placement, ...args]),
  });

  return onFreePort(wishedPort, async (port) => {
    const daemon = new Daemon({
      title: flavor === 'mariadb' ? 'MariaDB' : 'MySQL',
      program: tree.program(EXECUTABLES[flavor], [
        ...placement,
        `--port=${port}`,
        '--socket=server.sock', // relative to the data directory: a long path would not fit into a socket address
        `--pid-file=${pidFile}`,
        `--log-bin=${path.join(dataDirectory, 'binlog')}`,
        `--ssl-ca=${tls.caFile}`,
        `--ssl-cert=${tls.certificateFile}`,
        `--ssl-key=${tls.keyFile}`,
        ...SETTINGS,
        ...FLAVOR_SETTINGS[flavor],
        ...extraArgs,
      ]),
      logFile,
      shutdownSignal: 'SIGTERM',
      isReady: async (pid) => {
        const writtenPid = await fs.readFile(pidFile, 'utf8').catch(() => '');
        return Number(writtenPid) === pid && (await isGreeting(port));
      },
    });
    await daemon.start();
    return managedServer(
      daemon,
      {
        flavor,
        host: '127.0.0.1',
        port,
        user: 'root',
        password: SUPERUSER_PASSWORD,
        caFile: tls.caFile,
        dir,
        logFile,
      },
      keepData,
    );
  });
}

/** The server speaks first. That a connection is accepted is not enough: it may still be recovering. */
function isGreeting(port: number): Promise<boolean> {
  const protocolVersion = 10;
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    const answer = (isReady: boolean) => {
      socket.destroy();
      resolve(isReady);
    };
    socket.setTimeout(GREETING_TIMEOUT_MS, () => answer(false));
    socket.on('error', () => answer(false));
    socket.on('close', () => answer(false));
    socket.on('data', (packet) => answer(packet[4] === protocolVersion));
  });
}

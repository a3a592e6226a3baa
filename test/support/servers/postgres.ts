/** A throw-away PostgreSQL 18. */
import fs from 'node:fs/promises';
import path from 'node:path';
import { writeTlsFiles } from './certificates.ts';
import { Daemon } from './daemon.ts';
import { onFreePort } from './free-port.ts';
import { inServerDirectory, managedServer } from './managed-server.ts';
import { postgresBinaries } from './postgres-binaries.ts';
import { runToEnd, type Program } from './processes.ts';
import { SUPERUSER_PASSWORD, type PostgresServer, type ServerOptions } from './types.ts';

const SETTINGS = {
  unix_socket_directories: '',
  listen_addresses: '127.0.0.1',
  max_connections: '100',
  shared_buffers: '128MB',
  fsync: 'off',
  ssl: 'on',
  // Segments in the data directory rather than in /dev/shm, which is small in containers and survives kill -9
  dynamic_shared_memory_type: 'mmap',
};

/** PostgreSQL refuses to run as root: then it runs as nobody. */
const NOBODY_UID = 65_534;

/** Throws `ServerUnavailableError` where the npm package with its binaries is not installed. */
export async function startPostgres(options: ServerOptions = {}): Promise<PostgresServer> {
  const binaries = await postgresBinaries();
  return inServerDirectory('postgres', options.keepData ?? false, (dir) => startIn(dir, binaries, options));
}

async function startIn(dir: string, binaries: string, options: ServerOptions): Promise<PostgresServer> {
  const { port: wishedPort, extraArgs = [], keepData = false } = options;
  const dataDirectory = path.join(dir, 'data');
  const logFile = path.join(dir, 'server.log');
  const passwordFile = path.join(dir, 'password');
  const tls = await writeTlsFiles(path.join(dir, 'tls'));
  await fs.writeFile(passwordFile, SUPERUSER_PASSWORD, { mode: 0o600 });
  const isRoot = process.getuid?.() === 0;
  if (isRoot)
    for (const file of [dir, tls.keyFile, passwordFile]) await fs.chown(file, NOBODY_UID, NOBODY_UID);
  await fs.chmod(dir, 0o755);

  const program = (executable: string, args: readonly string[]): Program => ({
    command: path.join(binaries, executable),
    args: ['-D', dataDirectory, ...args],
    ...(isRoot && { uid: NOBODY_UID }),
  });
  const initialization = [
    '--username=postgres',
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--no-sync',
    '--no-instructions',
  ];
  await runToEnd(program('initdb', initialization), logFile);
  await fs.rm(passwordFile);

  return onFreePort(wishedPort, async (port) => {
    const settings = {
      ...SETTINGS,
      port: String(port),
      ssl_cert_file: tls.certificateFile,
      ssl_key_file: tls.keyFile,
    };
    const settingArgs = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const daemon = new Daemon({
      title: 'PostgreSQL',
      program: program('postgres', [...settingArgs, ...extraArgs]),
      logFile,
      shutdownSignal: 'SIGINT',
      isReady: (pid) => isReady(path.join(dataDirectory, 'postmaster.pid'), pid),
    });
    await daemon.start();
    return managedServer(
      daemon,
      {
        host: '127.0.0.1',
        port,
        user: 'postgres',
        password: SUPERUSER_PASSWORD,
        caFile: tls.caFile,
        dir,
        logFile,
      },
      keepData,
    );
  });
}

/** The server's own lock file: its first line is the process id, its eighth the state. */
async function isReady(pidFile: string, pid: number): Promise<boolean> {
  const lines = (await fs.readFile(pidFile, 'utf8').catch(() => '')).split('\n');
  return Number(lines[0]) === pid && lines[7]?.trim() === 'ready';
}

/**
 * Starts the database servers once for a whole test run, however many projects ask for them, and tells the test files
 * where they are. Property tests get PostgreSQL only.
 *
 * MySQL may not be obtainable: then the run goes on without it and says so in capitals.
 */
import type { TestProject } from 'vitest/node';
import {
  ServerUnavailableError,
  startMariadb,
  startMysql,
  startPostgres,
  type MysqlFlavor,
  type MysqlServer,
  type PostgresServer,
} from './servers/index.ts';

/** Where a server is: what of it can be handed to another process. */
export interface ServerAddress {
  host: string;
  port: number;
  user: string;
  password: string;
  caFile: string;
}

declare module 'vitest' {
  export interface ProvidedContext {
    /** Absent: not obtainable on this machine, or not needed by this project. */
    sourceServers: Partial<Record<MysqlFlavor, ServerAddress>>;
    targetServer: ServerAddress;
  }
}

interface SharedServers {
  users: number;
  postgres?: Promise<PostgresServer>;
  sources?: Promise<MysqlServer[]>;
}

/** On the global object, because each project loads its own instance of this module. */
const holder = globalThis as typeof globalThis & { transfuseTestServers?: SharedServers };

export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const shared = (holder.transfuseTestServers ??= { users: 0 });
  shared.users += 1;
  shared.postgres ??= startPostgres();
  if (project.name !== 'property') shared.sources ??= startSources();
  const started = await Promise.allSettled([shared.postgres, shared.sources ?? []]);
  const failure = started.find((outcome) => outcome.status === 'rejected');
  if (failure) {
    await release(shared);
    throw failure.reason;
  }

  project.provide('targetServer', addressOf(await shared.postgres));
  const sources = project.name === 'property' ? [] : ((await shared.sources) ?? []);
  project.provide(
    'sourceServers',
    Object.fromEntries(sources.map((server) => [server.flavor, addressOf(server)])),
  );
  return () => release(shared);
}

async function startSources(): Promise<MysqlServer[]> {
  const [mariadb, mysql] = await Promise.allSettled([startMariadb(), startMysql()]);
  const servers = [mariadb, mysql].flatMap((outcome) =>
    outcome.status === 'fulfilled' ? [outcome.value] : [],
  );
  const failures = [mariadb, mysql].flatMap((outcome) =>
    outcome.status === 'rejected' && !isMissingMysql(outcome === mysql, outcome.reason)
      ? [outcome.reason]
      : [],
  );
  if (failures.length > 0) {
    await Promise.all(servers.map((server) => server.stop()));
    throw failures[0];
  }
  return servers;
}

function isMissingMysql(isMysql: boolean, reason: unknown): boolean {
  if (!isMysql || !(reason instanceof ServerUnavailableError)) return false;
  console.warn(`NOT TESTED ON MYSQL: ${reason.message}`);
  return true;
}

/** The last project to finish stops them. */
async function release(shared: SharedServers): Promise<void> {
  shared.users -= 1;
  if (shared.users > 0) return;
  delete holder.transfuseTestServers;
  const [postgres, sources] = await Promise.allSettled([shared.postgres, shared.sources]);
  const servers = [
    ...(postgres.status === 'fulfilled' && postgres.value ? [postgres.value] : []),
    ...(sources.status === 'fulfilled' ? (sources.value ?? []) : []),
  ];
  await Promise.all(servers.map((server) => server.stop()));
}

function addressOf({ host, port, user, password, caFile }: ServerAddress): ServerAddress {
  return { host, port, user, password, caFile };
}

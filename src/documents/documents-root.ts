/**
 * The directory of the legacy files. Promises: what it opens is a regular file within the directory, whatever the names, links and mounts;
 * names are tried in the spellings in which legacy systems have written them. Only reads.
 */
import { constants, type BigIntStats } from 'node:fs';
import { open, readdir, readlink, realpath, stat, type FileHandle } from 'node:fs/promises';
import { sep } from 'node:path';
import { rootLost, rootMissing } from './document-errors.ts';
import { spellingsOf } from './spellings.ts';

export interface FoundFile {
  handle: FileHandle;
  sizeBytes: number;
  /** Below the root, as it is spelled there. */
  path: Buffer;
}

export type NotFound = 'missing_source' | 'quarantined' | 'unreadable';

/** Files that were there before: where none of these is, the directory is another one. */
export const LOOKED_FOR_IN_ROOT = 50;
/** So few may all have gone in good order. */
const FEW_FILES = 10;

const SEPARATOR = Buffer.from(sep);
/** Opening a pipe must not wait for who writes to it; and a file that is a link may be of another patient. */
const READ = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW;

const MEANINGS: Readonly<Record<string, NotFound>> = {
  ENOENT: 'missing_source',
  ENOTDIR: 'missing_source',
  ENAMETOOLONG: 'missing_source',
  ELOOP: 'quarantined',
};

export class DocumentsRoot {
  /** Without links, and with a separator at its end. */
  readonly #directory: Buffer;
  readonly #identity: BigIntStats;

  private constructor(directory: Buffer, identity: BigIntStats) {
    this.#directory = directory;
    this.#identity = identity;
  }

  /** Throws DOCUMENTS_ROOT_UNUSABLE. */
  static async open(path: string): Promise<DocumentsRoot> {
    try {
      const real = await realpath(path, { encoding: 'buffer' });
      await readdir(real);
      return new DocumentsRoot(Buffer.concat([real, SEPARATOR]), await stat(real, { bigint: true }));
    } catch {
      throw rootMissing();
    }
  }

  /** The caller closes the handle. Throws DOCUMENTS_ROOT_LOST, which otherwise would make every file a missing one. */
  async find(path: readonly string[]): Promise<FoundFile | NotFound> {
    if (path.some((name) => name === '..' || name.includes('\0'))) return 'quarantined';
    let why: NotFound = 'missing_source';
    for (const spelling of spellingsOf(path.join(sep))) {
      const found = await this.#open(spelling);
      if (typeof found !== 'string') return found;
      if (found !== 'missing_source') why = found;
    }
    if (why === 'missing_source') await this.#requireRoot();
    return why;
  }

  /** The paths of all regular files below the root, links not followed; what cannot be read is left out. Throws DOCUMENTS_ROOT_LOST. */
  async *files(): AsyncGenerator<Buffer> {
    await this.#requireRoot();
    const pending = [Buffer.alloc(0)];
    for (let directory = pending.pop(); directory; directory = pending.pop()) {
      const entries = await readdir(Buffer.concat([this.#directory, directory]), {
        encoding: 'buffer',
        withFileTypes: true,
      }).catch(() => []);
      for (const entry of entries) {
        const path = Buffer.concat([directory, entry.name]);
        if (entry.isDirectory()) pending.push(Buffer.concat([path, SEPARATOR]));
        else if (entry.isFile()) yield path;
      }
    }
  }

  /**
   * Of files that were there. Throws DOCUMENTS_ROOT_LOST where none of them is, and they were not few or the directory is empty: a mount point
   * without its mount looks so.
   */
  async requireSome(paths: readonly Buffer[]): Promise<void> {
    for (const path of paths) if ((await this.sizeOf(path)) !== null) return;
    if (paths.length === 0) return;
    const isEmpty = (await readdir(this.#directory)).length === 0;
    if (isEmpty || paths.length > FEW_FILES) throw rootLost();
  }

  /** null where it is gone. */
  async sizeOf(path: Buffer): Promise<number | null> {
    const stats = await stat(Buffer.concat([this.#directory, path])).catch(() => null);
    return stats && stats.size;
  }

  async #open(spelling: Buffer): Promise<FoundFile | NotFound> {
    let handle: FileHandle;
    try {
      handle = await open(Buffer.concat([this.#directory, spelling]), READ);
    } catch (error) {
      return MEANINGS[(error as NodeJS.ErrnoException).code ?? ''] ?? 'unreadable';
    }
    try {
      const stats = await handle.stat();
      const real = stats.isFile() ? await this.#whereIs(handle, spelling) : null;
      const path = real && this.#below(real);
      if (path) return { handle, sizeBytes: stats.size, path };
      await handle.close();
      if (real) return 'quarantined';
      return stats.isDirectory() ? 'missing_source' : 'unreadable';
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** Of what was opened, and not of what may be there under the name by now, where the system tells that. */
  async #whereIs({ fd }: FileHandle, spelling: Buffer): Promise<Buffer> {
    try {
      return await readlink(`/proc/self/fd/${fd}`, { encoding: 'buffer' });
    } catch {
      return realpath(Buffer.concat([this.#directory, spelling]), { encoding: 'buffer' });
    }
  }

  #below(real: Buffer): Buffer | null {
    const { length } = this.#directory;
    return real.subarray(0, length).equals(this.#directory) ? real.subarray(length) : null;
  }

  async #requireRoot(): Promise<void> {
    const now = await stat(this.#directory, { bigint: true }).catch(() => null);
    if (now?.ino !== this.#identity.ino || now.dev !== this.#identity.dev) throw rootLost();
  }
}

/**
 * A file of lines that rolls: `transfuse.<local date>.<n>.log`, the next one when the day or the file is over. Lines are
 * only ever appended and no file is renamed or cut, so several processes may write to one directory, and to one file, at
 * once; each counts its own bytes, so a file that is shared may become larger than the limit by what the others wrote.
 * After an error nothing more is written. Holds `maxBufferedBytes` and a line in memory: what a slow disk cannot take is
 * dropped.
 */
import { once } from 'node:events';
import { createWriteStream, readdirSync, rmSync, statSync, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';

export interface RollingFileLimits {
  maxFileBytes: number;
  /** The oldest files of the directory beyond these are removed, when one is opened. */
  keptFiles: number;
  maxBufferedBytes: number;
}

export interface RollingFile {
  write(line: string): void;
  /** Writes what is left and closes the file. Never rejects. */
  close(): Promise<void>;
}

/**
 * Opens the last file of today, or makes the next one, readable by its owner only. `onLost` is told once, with the code
 * of the error, when nothing can be written any more. Throws the system's error when the file cannot be opened.
 */
export async function openRollingFile(
  dir: string,
  limits: RollingFileLimits,
  onLost: (code: string) => void,
): Promise<RollingFile> {
  let date = localDate();
  let number = Math.max(1, ...listFiles(dir).map((file) => (file.date === date ? file.number : 0)));
  let bytes = 0;
  let lost = false;
  let ended: Promise<unknown> = Promise.resolve();

  const openNext = (): WriteStream => {
    const path = () => join(dir, `transfuse.${date}.${number}.log`);
    while ((bytes = sizeOf(path())) >= limits.maxFileBytes) number++;
    const next = createWriteStream(path(), { flags: 'a', mode: 0o600 });
    return next.once('open', () => removeOldest(dir, limits.keptFiles));
  };
  const watched = (opened: WriteStream) =>
    opened.on('error', (error: NodeJS.ErrnoException) => {
      if (!lost) onLost(error.code ?? 'unknown');
      lost = true;
    });
  const roll = () => {
    const today = localDate();
    number = today === date ? number + 1 : 1;
    date = today;
    ended = Promise.all([ended, end(stream)]);
    stream = watched(openNext());
  };

  let stream = openNext();
  await once(stream, 'open');
  watched(stream);
  return {
    write: (line) => {
      if (lost || stream.writableEnded) return;
      if (bytes >= limits.maxFileBytes || localDate() !== date) roll();
      if (stream.writableLength >= limits.maxBufferedBytes) return;
      bytes += Buffer.byteLength(line);
      stream.write(line);
    },
    close: async () => {
      await Promise.all([ended, end(stream)]);
    },
  };
}

/** An error of the stream has been told already. */
function end(stream: WriteStream): Promise<void> {
  return finished(stream.end()).catch(() => {});
}

function localDate(): string {
  const now = new Date();
  const pad = (part: number) => String(part).padStart(2, '0');
  return `${now.getFullYear()}-${pad(now.getMonth() + 1)}-${pad(now.getDate())}`;
}

/** 0 also where it cannot be told: opening the file says why. */
function sizeOf(path: string): number {
  try {
    return statSync(path).size;
  } catch {
    return 0;
  }
}

/** Our files, the oldest first. */
function listFiles(dir: string): { name: string; date: string; number: number }[] {
  return readdirSync(dir)
    .flatMap((name) => {
      const [, date, number] = /^transfuse\.(\d{4}-\d\d-\d\d)\.(\d+)\.log$/.exec(name) ?? [];
      return date && number ? [{ name, date, number: Number(number) }] : [];
    })
    .sort((a, b) => (a.date === b.date ? a.number - b.number : a.date < b.date ? -1 : 1));
}

function removeOldest(dir: string, kept: number): void {
  try {
    for (const { name } of listFiles(dir).slice(0, -kept)) rmSync(join(dir, name), { force: true });
  } catch {
    // Another user's file, for one. That it stays is no reason to stop the log.
  }
}

import type { Bucket, File } from '@google-cloud/storage';
import { classifyStorageError, failureOf } from './storage-errors.ts';
import { withinTime } from './within-time.ts';

interface RemoveOptions {
  bucket: Bucket;
  stallMs: number;
  signal: AbortSignal;
}

/** Removes this generation, and no other. One that is gone already is gone. */
export async function removeFile(
  file: File,
  generation: string,
  { bucket, stallMs, signal }: RemoveOptions,
): Promise<void> {
  try {
    await withinTime(stallMs, signal, () =>
      file.delete({ ifGenerationMatch: generation, ignoreNotFound: true }),
    );
  } catch (error) {
    if (failureOf(error).status === 412) return;
    throw classifyStorageError(error, { bucket, action: 'remove an object' });
  }
}

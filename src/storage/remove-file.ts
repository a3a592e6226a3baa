import type { File } from '@google-cloud/storage';
import { classifyStorageError, failureOf } from './storage-errors.ts';

/** Removes this generation, and no other. One that is gone already is gone. */
export async function removeFile(file: File, generation: string, bucket: string): Promise<void> {
  try {
    await file.delete({ ifGenerationMatch: generation, ignoreNotFound: true });
  } catch (error) {
    if (failureOf(error).status === 412) return;
    throw classifyStorageError(error, { bucket, action: 'remove an object' });
  }
}

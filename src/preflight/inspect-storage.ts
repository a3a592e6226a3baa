import { randomUUID } from 'node:crypto';
import type { StorageSettings } from '../config/settings.ts';
import { TransfuseError } from '../core/errors.ts';
import { ObjectStore } from '../storage/object-store.ts';
import { finding, type Finding } from './finding.ts';

/** How long a request is waited for: so does somebody. */
const PATIENCE_MS = 10_000;

/**
 * Puts a small object into the bucket, reads it back and removes it: the only proof that all of this is allowed, with the key that
 * encrypts it. Nothing is left behind, unless removing is what fails. Only INTERRUPTED is thrown.
 */
export async function inspectStorage(settings: StorageSettings, signal: AbortSignal): Promise<Finding[]> {
  const store = new ObjectStore({
    settings,
    signal,
    retryTimeoutMs: 0,
    stallMs: PATIENCE_MS,
    onRetry: () => undefined,
  });
  const content = Buffer.from('Written by test-connection, to be removed at once.\n');
  const name = `${settings.prefix}test-connection-${randomUUID()}`;
  const findings: Finding[] = [];
  /** Whether it went well. */
  const step = async (id: string, what: string, why: string, work: () => Promise<boolean>) => {
    try {
      findings.push(
        finding(id, await work(), what, why, { remedy: 'Look for a proxy that changes contents.' }),
      );
    } catch (error) {
      if (!(error instanceof TransfuseError) || error.code === 'INTERRUPTED') throw error;
      findings.push(finding(id, false, error.message, why, { remedy: error.fix }));
    }
    return findings.at(-1)!.ok === true;
  };
  let generation = '';
  const isStored = await step(
    'storage-write',
    `An object was stored below ${settings.prefix || 'the root of the bucket'}${settings.kmsKey === null ? '' : ', encrypted by GCS_KMS_KEY'}.`,
    'Documents and archives are stored there.',
    async () => {
      const object = { name, open: () => [content], contentType: 'text/plain' };
      ({ generation } = await store.put(object));
      return true;
    },
  );
  if (!isStored) return findings;
  await step('storage-read', 'It came back as it was.', 'What was stored is compared.', async () =>
    (await store.read({ name, generation })).equals(content),
  );
  await step(
    'storage-remove',
    'It was removed again.',
    'An object that was stored wrongly is removed.',
    async () => {
      await store.remove({ name, generation });
      return true;
    },
  );
  return findings;
}

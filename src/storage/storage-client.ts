/** The client of the object store, set up so that a repeated request can do no harm. */
import { IdempotencyStrategy, Storage, type Bucket } from '@google-cloud/storage';
import { isLocal } from '../config/plaintext.ts';
import type { StorageSettings } from '../config/settings.ts';

/** Of requests within one upload; an upload that failed is begun again by putObject. */
const MAX_RETRIES = 3;

/**
 * The bucket. Credentials are those of the environment: a service account's file in GOOGLE_APPLICATION_CREDENTIALS, workload identity, or
 * what `gcloud auth application-default login` left; none towards this machine. Sends nothing yet.
 */
export function openBucket(settings: StorageSettings, timeoutMs: number): Bucket {
  const { bucket, apiEndpoint } = settings;
  const storage = new Storage({
    ...(apiEndpoint !== null && {
      apiEndpoint,
      // The client asks for no project where it has one.
      ...(isLocal(new URL(apiEndpoint).hostname)
        ? { projectId: 'local' }
        : { useAuthWithCustomEndpoint: true }),
    }),
    timeout: timeoutMs,
    // Every write says which generation it expects, so that none is done twice.
    retryOptions: {
      autoRetry: true,
      maxRetries: MAX_RETRIES,
      totalTimeout: timeoutMs / 1000,
      idempotencyStrategy: IdempotencyStrategy.RetryAlways,
    },
  });
  return storage.bucket(bucket);
}

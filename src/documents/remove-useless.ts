import { forgetUseless, readUseless, type ObjectToRemove } from '../ledger/documents.ts';
import type { TargetConnection } from '../postgres/connection.ts';
import type { ObjectStore } from '../storage/object-store.ts';

const AT_ONCE = 32;

/** `inTarget` runs its work in a transaction of its own. */
interface RemoveOptions {
  store: ObjectStore;
  bucket: string;
  inTarget<T>(work: (target: Pick<TargetConnection, 'query'>) => Promise<T>): Promise<T>;
}

/**
 * Removes the objects that nothing points to any more, each in the generation that was noted. Those of another bucket than the one that is
 * set now stay noted. Throws STORAGE_*, and then the rest is removed the next time.
 */
export async function removeUseless({ store, bucket, inTarget }: RemoveOptions): Promise<void> {
  for (;;) {
    const useless = await inTarget((target) => readUseless(target, bucket, AT_ONCE));
    if (useless.length === 0) return;
    await Promise.all(useless.map((object: ObjectToRemove) => store.remove(object)));
    await inTarget((target) => forgetUseless(target, useless));
  }
}

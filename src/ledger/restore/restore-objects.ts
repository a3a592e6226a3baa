/**
 * Puts back what a load took away: indexes, then the keys on them, then foreign keys (added at once, validated in parallel), then
 * triggers. Each object and its mark in the ledger commit together, or the mark follows at the next call, so a restore that was
 * killed goes on where it stopped. An object that cannot be put back is marked with the reason and the rest goes on.
 */
import { readRestorable, type SavedKind, type SavedObject } from '../saved-objects.ts';
import { addNotValid, asItWas, validate } from './object-statements.ts';
import type { RestoreOptions, RestoreReport } from './restore-options.ts';
import { Restorer } from './restorer.ts';

/**
 * Restores the saved objects of the run whose tables are loaded, and those that failed before once more; a foreign key only when
 * both its tables are. Throws only when the target is lost or the command is interrupted. The caller sees to it that all that
 * `which` allows can hold: for `all`, that sync has passed the end positions of all loads, or that nothing is to be replayed.
 */
export async function restoreObjects(options: RestoreOptions): Promise<RestoreReport> {
  const { target, runId, which: scope, writersGoOn } = options;
  const saved = (kinds: SavedKind[], state?: 'added'): Promise<SavedObject[]> =>
    readRestorable(target, runId, { kinds, scope, ...(state && { state }) });
  const restorer = new Restorer(options);
  const startedAt = performance.now();
  try {
    if (writersGoOn) {
      for (const index of await saved(['index'])) await restorer.buildBesideWriters(index);
      await restorer.inOrder(await saved(['exclusion']), asItWas);
    } else {
      await restorer.atOnce(await saved(['index', 'exclusion']), asItWas);
    }
    const indexMs = performance.now() - startedAt;
    await restorer.inOrder(await saved(['key']), asItWas);
    // Adding takes strong locks on two tables: one after the other, and short. Validating takes long, and weak locks.
    const foreignKeys = await saved(['foreign-key']);
    await restorer.inOrder(
      foreignKeys.filter((object) => object.state !== 'added'),
      addNotValid,
      'added',
    );
    await restorer.atOnce(await saved(['foreign-key'], 'added'), validate);
    await restorer.inOrder(await saved(['trigger']), asItWas);
    const constraintMs = performance.now() - startedAt - indexMs;
    return { restored: restorer.restored, failures: restorer.failures, indexMs, constraintMs };
  } finally {
    await restorer.close();
  }
}

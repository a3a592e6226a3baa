/** What becomes of values that are not what their column should hold. Shared by the transforms that check. */
import { refuse } from '../../core/reject-reasons.ts';
import { keepRaw, raiseFlag } from '../row-notes.ts';

/**
 * As a rule a bad value does not cost its row: the result is NULL, the row gets `flag`, and the raw value is kept under the
 * name `keepAs`. null keeps it nowhere: for columns that must not appear in plain text beside their encrypted form. With
 * `refuse` the row is rejected, for values that are only doubtful too.
 */
export type OnInvalid = { flag: string; keepAs: string | null } | 'refuse';

/** How the policy is written in the name of a transform. */
export function policyName(onInvalid: OnInvalid): string {
  if (onInvalid === 'refuse') return onInvalid;
  const { flag, keepAs } = onInvalid;
  return JSON.stringify({ flag, keepAs });
}

/** The result for a value that cannot be used. Throws ValueRefused (malformed) if the policy says so. */
export function setAside(onInvalid: OnInvalid, raw: string): null {
  if (onInvalid === 'refuse') refuse('malformed');
  raiseFlag(onInvalid.flag);
  if (onInvalid.keepAs !== null) keepRaw(onInvalid.keepAs, raw);
  return null;
}

/**
 * Marks a value that can be used, but not without doubt: the flag gets `_<doubt>` after it. `lost` is the raw value where the
 * result does not hold all of it, else null. Throws ValueRefused (transform_refused) if the policy says so.
 */
export function markDoubtful(onInvalid: OnInvalid, doubt: string, lost: string | null): void {
  if (onInvalid === 'refuse') refuse('transform_refused');
  raiseFlag(`${onInvalid.flag}_${doubt}`);
  if (lost !== null && onInvalid.keepAs !== null) keepRaw(onInvalid.keepAs, lost);
}

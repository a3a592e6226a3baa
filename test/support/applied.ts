import { ValueRefused } from '../../src/core/reject-reasons.ts';
import type { Transform } from '../../src/mapping/mapping.ts';
import { beginRow, keptValues, raisedFlags } from '../../src/mapping/row-notes.ts';

interface Applied {
  result: string | null;
  flags: string[];
  kept: Record<string, string>;
}

/** What a transform makes of its inputs, as those of a whole row, and what it says besides; a refusal as its reason. */
export function applied(transform: Transform, ...inputs: (string | null)[]): Applied | string {
  beginRow();
  try {
    const result = transform.apply(...inputs);
    return { result, flags: [...raisedFlags()], kept: Object.fromEntries(keptValues()) };
  } catch (error) {
    if (error instanceof ValueRefused) return error.reason;
    throw error;
  }
}

/** What `applied` gives where there is nothing to say. */
export function clean(result: string | null): Applied {
  return { result, flags: [], kept: {} };
}

/** The hash that OpenEMR took of a document before it was encrypted. */
import type { Transform } from '../../../mapping/mapping.ts';
import { raiseFlag } from '../../../mapping/row-notes.ts';

const HEXADECIMAL = /^[0-9a-f]+$/i;
/** By their number of hexadecimal digits. */
const ALGORITHMS: ReadonlyMap<number, string> = new Map([
  [40, 'sha1'],
  [128, 'sha3-512'],
]);

export const legacyHash: Transform = { name: 'legacyHash', apply: (raw) => textOf(raw) };

/** NULL where there is no hash. One that no algorithm makes is flagged `legacy_hash_unknown`. */
export const hashAlgorithm: Transform = {
  name: 'hashAlgorithm',
  apply: (raw) => {
    const hash = textOf(raw);
    if (hash === null) return null;
    const algorithm = HEXADECIMAL.test(hash) ? ALGORITHMS.get(hash.length) : undefined;
    if (algorithm === undefined) raiseFlag('legacy_hash_unknown');
    return algorithm ?? null;
  },
};

function textOf(raw: string | null): string | null {
  const hash = raw?.trim() ?? '';
  return hash === '' ? null : hash;
}

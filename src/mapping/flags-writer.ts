/** The `flags` column: the quality flags that the transforms of a row have raised, as text[] in the order of their names. */
import { raisedFlags } from './row-notes.ts';
import { valueWriter } from './types/index.ts';

/** Flags are words of the mapping: few, and together short. */
export const MAX_FLAGS_BYTES = 4096;
const MAX_KNOWN_SETS = 1000;

const writer = valueWriter('text[]');
const known = new Map<string, Buffer>();

/** Writes length and array for the row at hand. Throws RangeError for flags beyond MAX_FLAGS_BYTES, a fault of the mapping. */
export function writeFlags(dst: Buffer, at: number): number {
  const literal = `{${raisedFlags().join(',')}}`;
  let encoded = known.get(literal);
  if (!encoded) {
    const buffer = Buffer.alloc(writer.maxBytes(literal.length));
    encoded = buffer.subarray(0, writer.write(literal, buffer, 0));
    if (encoded.length > MAX_FLAGS_BYTES)
      throw new RangeError('a row has more flags than a mapping may raise');
    if (known.size < MAX_KNOWN_SETS) known.set(literal, encoded);
  }
  return at + encoded.copy(dst, at);
}

import { refuse } from '../../core/reject-reasons.ts';
import type { Transform } from '../mapping.ts';
import { copyBytes } from '../types/wire.ts';
import { IS_NULL, textTransform, unchanged, USE_TEXT, type BytesToBytes } from './text-transform.ts';

/** What becomes of a value that is not in the table: it stays, becomes NULL, or its row is rejected (transform_refused). */
type UnknownCode = 'keep' | 'null' | 'refuse';

/**
 * Translates the values of a code list, compared exactly: `code({ M: 'male', F: 'female' }, 'refuse')`. The table is part of
 * the transform's name, so that a change to it is a change of the plan.
 */
export function code(table: Readonly<Record<string, string>>, unknown: UnknownCode): Transform {
  const entries = Object.entries(table);
  const translations = new Map(entries);
  const listed = entries.map(([from, to]) => `${JSON.stringify(from)}: ${JSON.stringify(to)}`).join(', ');
  return textTransform(
    `code({${listed}}, ${unknown})`,
    (text) => {
      const translation = translations.get(text);
      if (translation !== undefined) return translation;
      if (unknown === 'refuse') refuse('transform_refused');
      return unknown === 'keep' ? text : null;
    },
    byPackedKey(entries, unknown),
  );
}

/** Six bytes and their count make a number that is still exact. */
const MAX_PACKED_BYTES = 6;

/** Looks the value up as a number made of its bytes, which needs no string. */
function byPackedKey(entries: [string, string][], unknown: UnknownCode): BytesToBytes {
  const translations = new Map<number, Buffer>();
  for (const [from, to] of entries) {
    const key = Buffer.from(from);
    // a table with a longer code is looked up by strings
    if (key.length > MAX_PACKED_BYTES) return () => USE_TEXT;
    translations.set(packedKey(key, 0, key.length), Buffer.from(to));
  }
  return (src, start, end, dst, at) => {
    if (end - start <= MAX_PACKED_BYTES) {
      const translation = translations.get(packedKey(src, start, end));
      if (translation !== undefined) return copyBytes(translation, 0, translation.length, dst, at);
    }
    if (unknown === 'keep') return unchanged(src, start, end, dst, at);
    return unknown === 'null' ? IS_NULL : USE_TEXT;
  };
}

function packedKey(src: Buffer, start: number, end: number): number {
  let key = end - start;
  while (start < end) key = key * 256 + src[start++]!;
  return key;
}

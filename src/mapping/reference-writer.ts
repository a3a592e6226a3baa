/** References to rows that may not be there: the uuid of what was found under the name, or what the mapping says of orphans. */
import { refuse } from '../core/reject-reasons.ts';
import { decodeText } from './decode-text.ts';
import type { Reference } from './mapping.ts';
import { keepRaw, raiseFlag } from './row-notes.ts';
import { entityNamespace, writeUuidV5 } from './types/index.ts';
import { putNull } from './types/wire.ts';

/** Writes the id for the name at `[start, end)` and what was found under it; a start below 0 is NULL. Throws ValueRefused. */
export type ReferenceWriter = (
  src: Buffer,
  start: number,
  end: number,
  foundSrc: Buffer,
  foundStart: number,
  foundEnd: number,
  dst: Buffer,
  at: number,
) => number;

const NAMES_NOTHING = /^\s*0*\s*$/;
const WHOLE = /^\s*\d+\s*$/;

export function referenceWriter({ entity, input, onOrphan }: Reference): ReferenceWriter {
  const namespace = entityNamespace(entity);
  const missing = (name: string): void => {
    if (NAMES_NOTHING.test(name)) return;
    const isWhole = WHOLE.test(name);
    if (onOrphan === 'reject') refuse(isWhole ? 'orphan' : 'malformed');
    raiseFlag(`${onOrphan.flag}_${isWhole ? 'orphan' : 'invalid'}`);
    keepRaw(input, name);
  };
  const isDigits = (src: Buffer, start: number, end: number): boolean => {
    for (let p = start; p < end; p++) if (src[p]! < 0x30 || src[p]! > 0x39) return false;
    return true;
  };
  return (src, start, end, foundSrc, foundStart, foundEnd, dst, at) => {
    if (start < 0 || start === end) return putNull(dst, at);
    // The servers find the row 1 under the text '1abc' too.
    const isFound = foundStart >= 0 && (isDigits(src, start, end) || WHOLE.test(decodeText(src, start, end)));
    if (isFound) return writeUuidV5(namespace, foundSrc, foundStart, foundEnd, dst, at);
    missing(decodeText(src, start, end));
    return putNull(dst, at);
  };
}

/**
 * How a transform of one text is made. It comes in two forms that must agree for every valid UTF-8 text: on a string, for
 * the careful path and for people, and on bytes, for the row path, where strings cost more than all the rest.
 */
import type { Transform } from '../mapping.ts';
import { copyBytes, putInt32, putNull } from '../types/wire.ts';

/** Writes the result for `src[start, end)` to `dst` from `at`, without a length; returns where it stopped, or IS_NULL. */
export type BytesToBytes = (src: Buffer, start: number, end: number, dst: Buffer, at: number) => number;

/** What BytesToBytes returns for a result of NULL, and to ask for the string form instead. */
export const IS_NULL = -1;
export const USE_TEXT = -2;

/**
 * A transform that leaves NULL as it is. `ofBytes` may leave any value to `ofText` by returning USE_TEXT; otherwise it must
 * give the same. Neither may make a text more than three times as long, nor by more than a kilobyte besides.
 */
export function textTransform(
  name: string,
  ofText: (text: string) => string | null,
  ofBytes: BytesToBytes,
): Transform {
  return {
    name,
    apply: (text) => (text === null ? null : ofText(text)),
    applyBytes: (src, start, end, dst, at) => {
      const to = ofBytes(src, start, end, dst, at + 4);
      if (to >= 0) {
        putInt32(dst, at, to - at - 4);
        return to;
      }
      return writeText(to === IS_NULL ? null : ofText(src.toString('utf8', start, end)), dst, at);
    },
  };
}

/** Length and bytes of a text, or NULL. */
function writeText(text: string | null, dst: Buffer, at: number): number {
  if (text === null) return putNull(dst, at);
  const length = dst.write(text, at + 4, 'utf8');
  putInt32(dst, at, length);
  return at + 4 + length;
}

/** The text as it is. */
export const unchanged: BytesToBytes = copyBytes;

import type { Transform } from '../mapping.ts';
import { raiseFlag } from '../row-notes.ts';
import { textTransform, unchanged, USE_TEXT } from './text-transform.ts';

/** What the bytes 0x80 to 0x9f are in cp1252 as MySQL reads it: the five that the standard leaves open are control characters. */
const HIGH_CHARACTERS = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';
const FIRST_HIGH = 0x80;
const FIRST_LATIN1_AGAIN = 0xa0;
const NO_BYTE = -1;

/** A character that begins a sequence of UTF-8 when taken for a byte, and one that may follow it. */
const SUSPICIOUS = new RegExp(`[\u00c2-\u00f4][${HIGH_CHARACTERS}\u00a0-\u00bf]`, 'u');

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Repairs text that was UTF-8, was read as cp1252 and encoded once more: `Ã©` becomes `é`, `â€™` becomes `’`. Only where the
 * whole text can have come about so; a text with a single character that cannot is left alone, as is all ASCII. One layer
 * only. Raises the flag where it repairs. Nothing is lost: the repaired text, encoded so again, is the former. A text that
 * was meant to read `Ã©` is repaired too.
 */
export function repairDoubleUtf8({ flag }: { flag: string }): Transform {
  return textTransform(
    `repairDoubleUtf8(${flag})`,
    (text) => {
      const repaired = SUSPICIOUS.test(text) ? decodeAgain(text) : undefined;
      if (repaired === undefined) return text;
      raiseFlag(flag);
      return repaired;
    },
    (src, start, end, dst, at) => {
      for (let p = start; p < end; p++) if (src[p]! >= FIRST_HIGH) return USE_TEXT;
      return unchanged(src, start, end, dst, at);
    },
  );
}

function decodeAgain(text: string): string | undefined {
  const bytes = Buffer.allocUnsafe(text.length);
  for (let at = 0; at < text.length; at++) {
    const byte = cp1252Byte(text.charCodeAt(at));
    if (byte === NO_BYTE) return undefined;
    bytes[at] = byte;
  }
  try {
    return strictUtf8.decode(bytes);
  } catch {
    return undefined;
  }
}

function cp1252Byte(unit: number): number {
  if (unit < FIRST_HIGH || (unit >= FIRST_LATIN1_AGAIN && unit <= 0xff)) return unit;
  const index = HIGH_CHARACTERS.indexOf(String.fromCharCode(unit));
  return index === NO_BYTE ? NO_BYTE : FIRST_HIGH + index;
}

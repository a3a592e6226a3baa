import { refuse } from '../../core/reject-reasons.ts';
import type { Codec } from './codec.ts';
import { validateText } from './text.ts';
import { copyBytes, putInt32 } from './wire.ts';

/** The version of jsonb's binary form, whose rest is the JSON text. */
const VERSION = 1;
const BACKSLASH = 0x5c;
const LETTER_U = 0x75;

/** JSON text to jsonb. What is JSON to MySQL or MariaDB but not to jsonb is found by `validate`. */
export const jsonbCodec: Codec = {
  write(src, start, end, dst, at) {
    putInt32(dst, at, end - start + 1);
    dst[at + 4] = VERSION;
    return copyBytes(src, start, end, dst, at + 5);
  },
  maxBytes: (length) => 5 + length,
  verbatim: { prefix: [VERSION] },
  validate(src, start, end) {
    validateText(src, start, end);
    checkGrammar(src.toString('utf8', start, end));
    checkEscapes(src, start, end);
  },
};

/** MariaDB's json_valid lets through what no other parser takes, such as `1.`. */
function checkGrammar(text: string): void {
  try {
    JSON.parse(text);
  } catch {
    refuse('invalid_json');
  }
}

/** jsonb stores characters, so it has no place for the escape of U+0000 nor for half a surrogate pair. */
function checkEscapes(src: Buffer, start: number, end: number): void {
  let highSurrogate = false;
  for (let p = start; p < end; p++) {
    if (src[p] !== BACKSLASH || src[p + 1] !== LETTER_U) {
      if (highSurrogate) refuse('invalid_json');
      // the byte after a backslash is escaped: it may be a backslash itself
      if (src[p] === BACKSLASH) p++;
      continue;
    }
    const unit = Number.parseInt(src.toString('latin1', p + 2, p + 6), 16);
    const low = unit >= 0xdc00 && unit <= 0xdfff;
    if (unit === 0 || low !== highSurrogate) refuse('invalid_json');
    highSurrogate = unit >= 0xd800 && unit <= 0xdbff;
    p += 5;
  }
}

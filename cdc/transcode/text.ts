import { writeBytes } from './bytes.ts';
import type { Charset } from './charset.ts';
import { MAX_LENGTH_BYTES, type ColumnText, type WriteText } from './column-text.ts';
import { closeText } from './length-prefix.ts';

const BLANK = 0x20;
const ONE_BYTE_LENGTH_BELOW = 251;

/** VARCHAR and the TEXT types, in any character set. */
export function textText(charset: Charset): ColumnText {
  const { growth } = charset;
  return { write: textWriter(charset), fixedBytes: MAX_LENGTH_BYTES, perByte: growth };
}

/** CHAR: the server never shows blanks at its end, whether the binlog has them or not. */
export function charText(charset: Charset): ColumnText {
  const { toUtf8, growth } = charset;
  if (!toUtf8) {
    return {
      write: (src, from, to, dst, o) => writeBytes(src, from, withoutBlanks(src, from, to), dst, o),
      fixedBytes: MAX_LENGTH_BYTES,
      perByte: 1,
    };
  }
  const write: WriteText = (src, from, to, dst, o) => {
    const textAt = o + ((to - from) * growth < ONE_BYTE_LENGTH_BELOW ? 1 : MAX_LENGTH_BYTES);
    return closeText(dst, o, textAt, withoutBlanks(dst, textAt, toUtf8(src, from, to, dst, textAt)));
  };
  return { write, fixedBytes: MAX_LENGTH_BYTES, perByte: growth };
}

function textWriter({ toUtf8, growth }: Charset): WriteText {
  if (!toUtf8) return writeBytes;
  return (src, from, to, dst, o) => {
    if ((to - from) * growth < ONE_BYTE_LENGTH_BELOW) {
      const end = toUtf8(src, from, to, dst, o + 1);
      dst[o] = end - o - 1;
      return end;
    }
    const textAt = o + MAX_LENGTH_BYTES;
    return closeText(dst, o, textAt, toUtf8(src, from, to, dst, textAt));
  };
}

function withoutBlanks(buffer: Buffer, from: number, to: number): number {
  let end = to;
  while (end > from && buffer[end - 1] === BLANK) end--;
  return end;
}

/** ENUM and SET: a number in the binlog, the members' names in a SELECT. `members` are in UTF-8. */
import { malformedEvent } from '../event-bytes.ts';
import { MAX_LENGTH_BYTES, type ColumnText } from './column-text.ts';
import { writeLength } from './length-prefix.ts';

const COMMA = 0x2c;

/** The number counts from 1; 0 is the error value, which the server shows as an empty string. */
export function enumText(members: Buffer[]): ColumnText {
  const values = [Buffer.alloc(0), ...members];
  return {
    write: (src, from, to, dst, o) => {
      const member = values[to - from === 1 ? src[from]! : src.readUInt16LE(from)];
      if (!member) throw malformedEvent('A value of an ENUM');
      const at = writeLength(member.length, dst, o);
      return at + member.copy(dst, at);
    },
    fixedBytes: MAX_LENGTH_BYTES + Math.max(...values.map(({ length }) => length)),
    perByte: 0,
  };
}

/** A bit for each member, lowest first. */
export function setText(members: Buffer[]): ColumnText {
  const has = (src: Buffer, from: number, member: number): boolean =>
    (src[from + (member >> 3)]! & (1 << (member & 7))) !== 0;
  return {
    write: (src, from, to, dst, o) => {
      let length = -1;
      for (let member = 0; member < (to - from) * 8; member++) {
        if (!has(src, from, member)) continue;
        if (member >= members.length) throw malformedEvent('A value of a SET');
        length += 1 + members[member]!.length;
      }
      if (length < 0) return writeLength(0, dst, o);
      const textAt = writeLength(length, dst, o);
      let at = textAt;
      for (let member = 0; member < members.length; member++) {
        if (!has(src, from, member)) continue;
        if (at > textAt) dst[at++] = COMMA;
        at += members[member]!.copy(dst, at);
      }
      return at;
    },
    fixedBytes: MAX_LENGTH_BYTES + members.reduce((sum, { length }) => sum + length + 1, 0),
    perByte: 0,
  };
}

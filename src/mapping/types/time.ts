import { refuse } from '../../core/reject-reasons.ts';
import { readMinutesAndSeconds, readTwoDigits, stepMicros } from './calendar.ts';
import type { Codec } from './codec.ts';
import { putInt32, putInt64 } from './wire.ts';

const MICROS_PER_HOUR = 3_600_000_000;
const MICROS_PER_DAY = 24 * MICROS_PER_HOUR;

/** `[-]HH[H]:MM:SS[.ffffff]` in microseconds. Throws ValueRefused (malformed). */
function readTime(src: Buffer, start: number, end: number): number {
  let p = start;
  const negative = p < end && src[p] === 0x2d;
  if (negative) p++;
  if (end - p < 8) refuse('malformed');
  let hours = readTwoDigits(src, p);
  p += 2;
  const third = src[p]! ^ 0x30;
  if (third <= 9) {
    hours = hours * 10 + third;
    p++;
  }
  const micros = hours * MICROS_PER_HOUR + readMinutesAndSeconds(src, p, end);
  return negative ? 0 - micros : micros;
}

/** TIME is a span of time as well as a time of day: an interval, all of it in the microseconds, no days. */
export function intervalCodec(fractionalDigits: number): Codec {
  const step = stepMicros(fractionalDigits);
  return {
    write(src, start, end, dst, at) {
      const micros = readTime(src, start, end);
      if (step > 1 && micros % step !== 0) refuse('out_of_range');
      putInt32(dst, at, 16);
      putInt64(dst, at + 4, micros);
      putInt32(dst, at + 12, 0);
      putInt32(dst, at + 16, 0);
      return at + 20;
    },
    maxBytes: () => 20,
  };
}

/** For columns that hold times of day: outside 00:00:00 to 24:00:00 it is refused (out_of_range). */
export function timeOfDayCodec(fractionalDigits: number): Codec {
  const step = stepMicros(fractionalDigits);
  return {
    write(src, start, end, dst, at) {
      const micros = readTime(src, start, end);
      if (micros < 0 || micros > MICROS_PER_DAY) refuse('out_of_range');
      if (step > 1 && micros % step !== 0) refuse('out_of_range');
      putInt32(dst, at, 8);
      putInt64(dst, at + 4, micros);
      return at + 12;
    },
    maxBytes: () => 12,
  };
}

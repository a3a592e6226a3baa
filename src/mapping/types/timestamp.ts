import { refuse } from '../../core/reject-reasons.ts';
import {
  DATE_BYTES,
  readDate,
  readMinutesAndSeconds,
  readTwoDigits,
  stepMicros,
  ZERO_DATE,
} from './calendar.ts';
import type { Codec, ValuePolicies } from './codec.ts';
import { putInt32, putNull } from './wire.ts';

const MICROS_PER_HOUR = 3_600_000_000;
const TWO_TO_32 = 0x1_0000_0000;
/** Microseconds of a day are 20 · 2³² + 500 654 080: a far date overflows a double, but not in two limbs. */
const DAY_HIGH = 20;
const DAY_LOW = 500_654_080;
const MAX_BYTES = 12;

/**
 * `YYYY-MM-DD HH:MM:SS[.ffffff]` for timestamp, and for timestamptz as well: the reading session is in UTC.
 * A time that is more precise than the target (`fractionalDigits`) is refused (out_of_range), never rounded.
 */
export function timestampCodec(zeroDate: ValuePolicies['zeroDate'], fractionalDigits: number): Codec {
  const zeroIsNull = zeroDate === 'null';
  const step = stepMicros(fractionalDigits);
  return {
    write(src, start, end, dst, at) {
      if (end - start < 19 || src[start + DATE_BYTES] !== 0x20) refuse('malformed');
      const days = readDate(src, start);
      const hours = readTwoDigits(src, start + 11);
      if (hours > 23) refuse('malformed');
      const micros = hours * MICROS_PER_HOUR + readMinutesAndSeconds(src, start + 13, end);
      if (days === ZERO_DATE) {
        if (!zeroIsNull) refuse('zero_date');
        return putNull(dst, at);
      }
      if (step > 1 && micros % step !== 0) refuse('out_of_range');
      return putTimestamp(dst, at, days, micros);
    },
    maxBytes: () => MAX_BYTES,
  };
}

/** A date as the midnight it begins with. */
export function dateToTimestampCodec(zeroDate: ValuePolicies['zeroDate']): Codec {
  const zeroIsNull = zeroDate === 'null';
  return {
    write(src, start, end, dst, at) {
      if (end - start !== DATE_BYTES) refuse('malformed');
      const days = readDate(src, start);
      if (days === ZERO_DATE) {
        if (!zeroIsNull) refuse('zero_date');
        return putNull(dst, at);
      }
      return putTimestamp(dst, at, days, 0);
    },
    maxBytes: () => MAX_BYTES,
  };
}

/** `micros` may pass the ends of the day, as the offset of a time zone makes it. */
export function putTimestamp(dst: Buffer, at: number, days: number, micros: number): number {
  const low = days * DAY_LOW + micros;
  const carry = Math.floor(low / TWO_TO_32);
  putInt32(dst, at, 8);
  putInt32(dst, at + 4, days * DAY_HIGH + carry);
  putInt32(dst, at + 8, low - carry * TWO_TO_32);
  return at + MAX_BYTES;
}

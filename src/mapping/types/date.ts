import { refuse } from '../../core/reject-reasons.ts';
import { DATE_BYTES, readDate, ZERO_DATE } from './calendar.ts';
import type { Codec, ValuePolicies } from './codec.ts';
import { putInt32, putNull } from './wire.ts';

/** A zero or partial date becomes NULL or is refused (zero_date); one not in the calendar is refused (invalid_date). */
export function dateCodec(zeroDate: ValuePolicies['zeroDate']): Codec {
  const zeroIsNull = zeroDate === 'null';
  return {
    write(src, start, end, dst, at) {
      if (end - start !== DATE_BYTES) refuse('malformed');
      const days = readDate(src, start);
      if (days === ZERO_DATE) {
        if (!zeroIsNull) refuse('zero_date');
        return putNull(dst, at);
      }
      putInt32(dst, at, 4);
      putInt32(dst, at + 4, days);
      return at + 8;
    },
    maxBytes: () => 8,
  };
}

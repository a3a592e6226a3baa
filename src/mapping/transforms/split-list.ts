import type { Transform } from '../mapping.ts';
import { formatArrayLiteral } from '../types/format-array-literal.ts';

/**
 * A list in one text (`white|asian`) as an array. Items are trimmed, empty ones dropped, order and repetitions kept; the
 * separator cannot be escaped. NULL is the empty list, like the empty text. Throws RangeError where the separator is empty.
 */
export function splitList(separator: string): Transform {
  if (separator === '') throw new RangeError('splitList() takes a separator');
  return {
    name: `splitList(${JSON.stringify(separator)})`,
    apply: (text) => {
      const items = (text ?? '').split(separator).map((item) => item.trim());
      return formatArrayLiteral(items.filter((item) => item !== ''));
    },
  };
}

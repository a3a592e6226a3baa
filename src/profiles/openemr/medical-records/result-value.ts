/** The values of laboratory results, which are texts whatever they are. */
import type { Transform } from '../../../mapping/mapping.ts';
import { clean } from '../text.ts';

const NUMERIC = /^(<=|>=|=<|=>|[<>≤≥])?\s*([+-]?)\s*(\d+(?:\.\d*)?|\.\d+)$/u;
const COMPARATORS: Readonly<Record<string, string>> = { '≤': '<=', '=<': '<=', '≥': '>=', '=>': '>=' };

/** Formatted text, long text and documents are no numbers, whatever stands in them. */
const NOT_NUMERIC: readonly string[] = ['F', 'L', 'E'];
const FORMATTED = 'F';

/** Of the value and its type. In formatted text lines end in `~`. */
export const resultText: Transform = {
  name: 'resultText',
  apply: (raw, type) => {
    const isFormatted = type?.trim().toUpperCase() === FORMATTED;
    return clean(isFormatted ? (raw?.replaceAll('~', '\n') ?? null) : (raw ?? null));
  },
};

/** The number of `13.5` and `>10.0`, with its decimals as they were. NULL for words. */
export const resultNumber: Transform = {
  name: `resultNumber(not ${NOT_NUMERIC.join(', ')})`,
  apply: (raw, type) => {
    const { sign = '', digits } = numericParts(raw, type);
    if (digits === undefined) return null;
    const whole = digits.startsWith('.') ? `0${digits}` : digits.replace(/\.$/, '');
    return (sign === '-' ? '-' : '') + whole;
  },
};

/** `<`, `<=`, `>` or `>=` in front of a number. */
export const resultComparator: Transform = {
  name: `resultComparator(not ${NOT_NUMERIC.join(', ')})`,
  apply: (raw, type) => {
    const { comparator } = numericParts(raw, type);
    return comparator === undefined ? null : (COMPARATORS[comparator] ?? comparator);
  },
};

function numericParts(
  raw: string | null | undefined,
  type: string | null | undefined,
): Partial<Record<'comparator' | 'sign' | 'digits', string | undefined>> {
  if (NOT_NUMERIC.includes(type?.trim().toUpperCase() ?? '')) return {};
  const [, comparator, sign, digits] = NUMERIC.exec(raw?.trim() ?? '') ?? [];
  return { comparator, sign, digits };
}

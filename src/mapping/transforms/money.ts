/** Amounts of money. Exact: digits are moved, never calculated with. */
import { refuse } from '../../core/reject-reasons.ts';
import type { Transform } from '../mapping.ts';

const CURRENCY = String.raw`(?:[\p{Sc}]|[A-Z]{3})`;
const SIGNS = { '.': String.raw`\.`, ',': ',' } as const;

/**
 * An amount as people write it, for a numeric column: `$1,234.50`, `EUR -12`, `(7.00)` for a negative one. `decimalMark` is
 * what stands before the cents; the other mark, an apostrophe or a blank may group thousands. Anything else is refused
 * (malformed); a text of blanks only is NULL.
 */
export function money(decimalMark: '.' | ','): Transform {
  const grouping = `[${decimalMark === '.' ? ',' : '.'}'\\u0020\\u00a0\\u202f]`;
  const digits = String.raw`(?<whole>\d{1,3}(?:${grouping}\d{3})+|\d+)(?:${SIGNS[decimalMark]}(?<fraction>\d+))?`;
  const amount = new RegExp(
    String.raw`^(?<open>\()?\s*(?:${CURRENCY}\s*)?(?<minus>[-−])?\s*(?:${CURRENCY}\s*)?${digits}\s*(?:${CURRENCY})?\s*(?<close>\))?$`,
    'u',
  );
  return {
    name: `money(${decimalMark})`,
    apply: (text) => {
      const trimmed = text?.trim() ?? '';
      if (trimmed === '') return null;
      const {
        open,
        close,
        minus,
        whole = '',
        fraction,
      } = amount.exec(trimmed)?.groups ?? refuse('malformed');
      const isBracketed = open !== undefined;
      if (isBracketed !== (close !== undefined) || (isBracketed && minus !== undefined)) refuse('malformed');
      const sign = isBracketed || minus !== undefined ? '-' : '';
      return `${sign}${whole.replace(/\D/g, '')}${fraction === undefined ? '' : `.${fraction}`}`;
    },
  };
}

const ZERO = 0x30;
const MINUS = 0x2d;
const POINT = 0x2e;

/**
 * A DECIMAL in the smallest unit of its currency, for an integer column: with 2 digits `12.50` becomes `1250`. More digits
 * than that are refused (out_of_range) unless they are zeros; what is not a decimal is refused as malformed.
 */
export function minorUnits(digits: number): Transform {
  return {
    name: `minorUnits(${digits})`,
    apply: (text) => (text === null ? null : toMinorUnits(text, digits)),
  };
}

/** Without a regular expression, which would cost three times the rest. */
function toMinorUnits(text: string, digits: number): string {
  const start = text.charCodeAt(0) === MINUS ? 1 : 0;
  let point = text.length;
  let firstNonZero = -1;
  for (let at = start; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === POINT && point === text.length && at > start) point = at;
    else if (unit < ZERO || unit > ZERO + 9) refuse('malformed');
    else if (unit !== ZERO) {
      if (at > point + digits) refuse('out_of_range');
      if (firstNonZero === -1) firstNonZero = at;
    }
  }
  if (point === start) refuse('malformed');
  if (firstNonZero === -1) return '0';
  const fraction = text.slice(point + 1, point + 1 + digits);
  const units = text.slice(start, point) + fraction + '0'.repeat(digits - fraction.length);
  // the zeros before the first other digit, the point among them
  const leading = firstNonZero - start - (firstNonZero > point ? 1 : 0);
  return (start === 1 ? '-' : '') + units.slice(leading);
}

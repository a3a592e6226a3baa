/**
 * One text for all JSON that jsonb holds to be the same: keys in order and once, numbers by their value, no blanks. What differs to jsonb
 * differs here, but for a number's trailing zeros behind the point.
 */
const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const NUMBER = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;
/** A longer exponent is no number of a row, and would be as many zeros. */
const MAX_EXPONENT = 20_000;

/** Of a field of jsonb as COPY has it, behind its version. The bytes as they are where they are no JSON. */
export function canonicalJson(field: Buffer): Buffer {
  const text = field.toString('utf8', 1);
  try {
    // Texts and numbers are told apart by their first letter, since a double does not hold every number.
    const tagged = text.replace(TOKEN, (token) =>
      token.startsWith('"') ? `"t${token.slice(1)}` : `"n${canonicalNumber(token)}"`,
    );
    return Buffer.from(JSON.stringify(ordered(JSON.parse(tagged))));
  } catch {
    return field;
  }
}

function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  // In pairs, since an object would put keys that are numbers first.
  return { o: entries.map(([name, inner]) => [name, ordered(inner)]) };
}

function canonicalNumber(token: string): string {
  const [, sign, whole = '', fraction = '', exponent = '0'] = NUMBER.exec(token)!;
  const shift = Number(exponent);
  if (Math.abs(shift) > MAX_EXPONENT) return token;
  const digits = whole + fraction;
  const point = whole.length + shift;
  const padded = point <= 0 ? '0'.repeat(1 - point) + digits : digits.padEnd(point, '0');
  const at = Math.max(point, 1);
  const integer = padded.slice(0, at).replace(/^0+(?=\d)/, '');
  const rest = padded.slice(at).replace(/0+$/, '');
  const value = rest === '' ? integer : `${integer}.${rest}`;
  return /[1-9]/.test(value) ? `${sign}${value}` : '0';
}

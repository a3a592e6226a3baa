/** Values of the scalar types as MySQL's text protocol writes them. */
import fc from 'fast-check';

/** Signed integers of so many bits, small ones and the extremes among them. */
export function integers(bits: number): fc.Arbitrary<string> {
  const limit = 1n << BigInt(bits - 1);
  return fc
    .oneof(
      fc.bigInt({ min: -limit, max: limit - 1n }),
      fc.bigInt({ min: -limit, max: limit - 1n }).map((value) => value >> BigInt(bits / 2)),
      fc.constantFrom(-limit, limit - 1n, 0n, -1n, 1n),
    )
    .map(String);
}

/** Decimals with up to so many digits before and after the point, many of them zeros. */
export function decimals(maxWhole: number, maxFraction: number): fc.Arbitrary<string> {
  const digit = fc.oneof(
    { weight: 2, arbitrary: fc.constant('0') },
    { weight: 3, arbitrary: fc.nat(9).map(String) },
  );
  const whole = fc.array(digit, { minLength: 1, maxLength: maxWhole });
  const fraction = fc.array(digit, { maxLength: maxFraction });
  return fc
    .tuple(fc.boolean(), whole, fraction)
    .map(([negative, w, f]) => `${negative ? '-' : ''}${w.join('')}${f.length > 0 ? '.' : ''}${f.join('')}`);
}

const printed = (value: number): string => (Object.is(value, -0) ? '-0' : String(value));

/** Any finite double, in the shortest digits. */
export const doubles = fc.double({ noDefaultInfinity: true, noNaN: true }).map(printed);

/** Any finite float, in the shortest digits of the same double. */
export const floats = fc.float({ noDefaultInfinity: true, noNaN: true }).map(printed);

const DAY_MS = 86_400_000;
const FIRST_DAY = Date.UTC(2000, 0, 1) / DAY_MS - 730_119; // 0001-01-01
const LAST_DAY = Date.UTC(9999, 11, 31) / DAY_MS;

export const dates: fc.Arbitrary<string> = fc
  .integer({ min: FIRST_DAY, max: LAST_DAY })
  .map((day) => new Date(day * DAY_MS).toISOString().slice(0, 10));

const two = (value: number): string => String(value).padStart(2, '0');
const fractions = fc.oneof(
  fc.constant(''),
  fc
    .tuple(fc.nat(999_999), fc.integer({ min: 1, max: 6 }))
    .map(([micros, digits]) => `.${String(micros).padStart(6, '0').slice(0, digits)}`),
);
const minutesAndSeconds = fc
  .tuple(fc.nat(59), fc.nat(59), fractions)
  .map(([minutes, seconds, fraction]) => `${two(minutes)}:${two(seconds)}${fraction}`);

export const dateTimes: fc.Arbitrary<string> = fc
  .tuple(dates, fc.nat(23), minutesAndSeconds)
  .map(([date, hours, rest]) => `${date} ${two(hours)}:${rest}`);

export const times: fc.Arbitrary<string> = fc
  .tuple(fc.constantFrom('', '-'), fc.nat(838), minutesAndSeconds)
  .map(([sign, hours, rest]) => `${sign}${two(hours)}:${rest}`);

/** Text with characters of every width, and without U+0000. */
export const texts: fc.Arbitrary<string> = fc
  .string({ unit: 'binary', maxLength: 80 })
  .map((text) => text.replaceAll('\0', ''));

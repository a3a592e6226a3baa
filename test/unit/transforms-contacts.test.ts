import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { email, phone, type OnInvalid } from '../../src/mapping/transforms/index.ts';
import { applied, clean } from '../support/applied.ts';

const POLICY: OnInvalid = { flag: 'bad', keepAs: 'raw' };
const setAside = (raw: string) => ({ result: null, flags: ['bad'], kept: { raw } });
const SAYS_NOTHING = ['', '  ', '-', '--', 'none', 'N/A', 'n.a.', ' Unknown\u00a0', '?', '...'];

describe('email', () => {
  const address = email(POLICY);

  test.each([
    ['a.smith@example.org', 'a.smith@example.org'],
    ['\u00a0 A.Smith@Example.ORG \n', 'A.Smith@example.org'],
    ["o'neil+x@mail.co.uk", "o'neil+x@mail.co.uk"],
    ['jürgen@müller.example', 'jürgen@müller.example'],
    ['a@1.2b', 'a@1.2b'],
  ])('%j is the address %j', (raw, expected) => {
    expect(applied(address, raw)).toEqual(clean(expected));
  });

  test.each([
    'a@b',
    'a@@b.org',
    'a@b@c.org',
    '@b.org',
    'a@',
    'a b@c.org',
    '.a@b.org',
    'a..b@c.org',
    'a@-b.org',
    'a@b-.org',
    'a@b..org',
    'a@10.0.0.1',
    'a@b.org; c@d.org',
    'Ann <a@b.org>',
    'a\u200b@b.org',
    'declined',
    `${'a'.repeat(65)}@b.org`,
    `${'é'.repeat(33)}@b.org`,
    `a@${'b'.repeat(64)}.org`,
    `a@${'b.'.repeat(130)}org`,
  ])('%j is set aside', (raw) => {
    expect(applied(address, raw)).toEqual(setAside(raw));
  });

  test.each(SAYS_NOTHING)('%j says nothing, and is NULL without a flag', (raw) => {
    expect(applied(address, raw)).toEqual(clean(null));
  });

  test('refuses where the profile says so', () => {
    expect(applied(email('refuse'), 'nobody')).toBe('malformed');
    expect(applied(email('refuse'), 'none')).toEqual(clean(null));
  });

  test('any text gives NULL or an address that gives itself again', () => {
    const texts = fc.oneof(fc.emailAddress(), fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }));
    fc.assert(
      fc.property(texts, (text) => {
        const first = address.apply(text);
        if (first !== null) expect(applied(address, first)).toEqual(clean(first));
      }),
    );
  });
});

describe('phone', () => {
  const number = phone('US', POLICY);

  test.each([
    ['(212) 555-1234', '+12125551234'],
    ['2125551234', '+12125551234'],
    ['1-212-555-1234', '+12125551234'],
    ['+1 212.555.1234', '+12125551234'],
    [' 800-555-1212\u00a0', '+18005551212'],
    ['+44 20 7946 0958', '+442079460958'],
    ['011 44 20 7946 0958', '+442079460958'],
  ])('%j is %s', (raw, expected) => {
    expect(applied(number, raw)).toEqual(clean(expected));
  });

  test.each(['555-1234', '(555) 010-9999', '000-000-0000', '1-800-FLOWERS', 'ask her son', '9'.repeat(300)])(
    '%j is set aside',
    (raw) => {
      expect(applied(number, raw)).toEqual(setAside(raw));
    },
  );

  test.each(SAYS_NOTHING)('%j says nothing, and is NULL without a flag', (raw) => {
    expect(applied(number, raw)).toEqual(clean(null));
  });

  test.each([
    ['212-555-1234 x251', '+12125551234', 'extension', '+12125551234;ext=251'],
    ['(212) 555-1234 ext. 12', '+12125551234', 'extension', '+12125551234;ext=12'],
  ])('the extension of %j is kept raw, or behind the number if asked for', (raw, bare, doubt, extended) => {
    expect(applied(number, raw)).toEqual({ result: bare, flags: [`bad_${doubt}`], kept: { raw } });
    expect(applied(phone('US', POLICY, { extensions: true }), raw)).toEqual(clean(extended));
  });

  test.each([
    ['212-555-1234 / 917-555-1234', '+12125551234', ['bad_many']],
    ['2125551234/9175551234', '+12125551234', ['bad_many']],
    ['555-1234 or (917) 555-1234', '+19175551234', ['bad_many']],
    ['home: 212-555-1234, cell 917 555 1234', '+12125551234', ['bad_many']],
    ['212-555-1234 (wife)', '+12125551234', ['bad_remark']],
    ['call 212-555-1234 after 5', '+12125551234', ['bad_remark']],
    ['212-555-1234 x12 / 917-555-1234', '+12125551234', ['bad_extension', 'bad_many']],
  ])('of %j the first valid number is taken, and all of it kept', (raw, result, flags) => {
    expect(applied(number, raw)).toEqual({ result, flags, kept: { raw } });
  });

  test('numbers without a country are of the country that is given', () => {
    expect(applied(phone('DE', POLICY), '030/1234567')).toEqual(clean('+49301234567'));
    expect(applied(phone('GB', POLICY), '2125551234')).toEqual(setAside('2125551234'));
    expect(() => phone('XX', POLICY)).toThrow(RangeError);
  });

  test('refuses what is invalid, and what is only doubtful, where the profile says so', () => {
    expect(applied(phone('US', 'refuse'), '555-1234')).toBe('malformed');
    expect(applied(phone('US', 'refuse'), '212-555-1234 (wife)')).toBe('transform_refused');
  });

  test('each area code and the digit after it give what libphonenumber gives, whatever follows', () => {
    let seed = 7;
    const tail = () => String((seed = (seed * 48_271) % 2_147_483_647) % 1_000_000).padStart(6, '0');
    for (let prefix = 2000; prefix <= 9999; prefix++) {
      // the first answer comes from the library, the next from memory
      for (const digits of [`${prefix}${tail()}`, `${prefix}${tail()}`]) {
        const expected = byLibrary(digits);
        expect(number.apply(digits), digits).toBe(expected);
        if (expected === null) break;
      }
    }
  });

  test('a plain number of ten or eleven digits gives what libphonenumber gives', () => {
    const tails = fc.integer({ min: 0, max: 999_999 }).map((tail) => String(tail).padStart(6, '0'));
    const digits = fc
      .tuple(fc.integer({ min: 1000, max: 9999 }), tails)
      .map(([head, tail]) => `${head}${tail}`);
    const forms = fc.tuple(digits, fc.constantFrom('', '1', '1-', '+1 '), fc.constantFrom('', '-', '.', ' '));
    const numbers = forms.map(
      ([all, country, mark]) => `${country}${all.slice(0, 3)}${mark}${all.slice(3, 6)}${mark}${all.slice(6)}`,
    );
    fc.assert(
      fc.property(numbers, (text) => {
        expect(number.apply(text)).toBe(byLibrary(text));
      }),
      { numRuns: 3000 },
    );
  });

  function byLibrary(text: string): string | null {
    const parsed = parsePhoneNumberFromString(text, { defaultCountry: 'US', extract: false });
    return parsed?.isValid() ? parsed.number : null;
  }
});

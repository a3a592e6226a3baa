import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isValidNpi, npi, passwordScheme, ssnDigits, ssnLast4 } from '../../src/mapping/transforms/index.ts';
import { applied, clean } from '../support/applied.ts';

const POLICY = { flag: 'bad', keepAs: 'raw' };
const setAside = (raw: string) => ({ result: null, flags: ['bad'], kept: { raw } });

describe('ssnDigits and ssnLast4', () => {
  test.each(['212-45-6789', '212 45 6789', ' 212456789\u00a0', '212–45–6789'])('%j is a number', (raw) => {
    expect(applied(ssnDigits(POLICY), raw)).toEqual(clean('212456789'));
    expect(applied(ssnLast4, raw)).toEqual(clean('6789'));
  });

  test.each([
    '000-45-6789',
    '666-45-6789',
    '900-45-6789',
    '999999999',
    '212-00-6789',
    '212-45-0000',
    '111-11-1111',
    '123-45-6789',
    '078-05-1120',
    '219-09-9999',
    '000-00-0000',
    '21245678',
    '2124567890',
    '212-45-678X',
    'pending',
  ])('%j can never have been issued, and is set aside, once', (raw) => {
    expect(applied(ssnDigits(POLICY), raw)).toEqual(setAside(raw));
    expect(applied(ssnLast4, raw)).toEqual(clean(null));
  });

  test('nothing is NULL without a flag', () => {
    for (const raw of [null, '', 'none', 'N/A', '---']) {
      expect(applied(ssnDigits(POLICY), raw)).toEqual(clean(null));
      expect(applied(ssnLast4, raw)).toEqual(clean(null));
    }
  });

  test('the raw value is kept nowhere where the profile does not name a place', () => {
    const secret = ssnDigits({ flag: 'bad', keepAs: null });
    expect(applied(secret, '21245678')).toEqual({ result: null, flags: ['bad'], kept: {} });
  });
});

describe('npi', () => {
  test.each(['1234567893', '1003000126', '2000000002'])('%s is valid', (number) => {
    expect(isValidNpi(number)).toBe(true);
    expect(applied(npi(POLICY), ` ${number}\u00a0`)).toEqual(clean(number));
  });

  test.each(['1234567890', '0000000006', '3000000001', '123456789', '12345678930', '123456789x'])(
    '%j is set aside',
    (raw) => {
      expect(isValidNpi(raw)).toBe(false);
      expect(applied(npi(POLICY), raw)).toEqual(setAside(raw));
    },
  );

  test('of the ten numbers that differ in their last digit one is valid', () => {
    fc.assert(
      fc.property(fc.integer({ min: 100_000_000, max: 299_999_999 }), (stem) => {
        const valid = [...'0123456789'].filter((digit) => isValidNpi(`${stem}${digit}`));
        expect(valid).toHaveLength(1);
        expect(Number(valid[0])).toBe(checkDigit(`80840${stem}`));
      }),
    );
  });

  /** By the textbook: from the right, every other digit is doubled, and the digits of all are added. */
  function checkDigit(stem: string): number {
    const doubled = [...stem]
      .toReversed()
      .map((digit, index) => String(Number(digit) * (index % 2 === 0 ? 2 : 1)));
    const sum = [...doubled.join('')].reduce((total, digit) => total + Number(digit), 0);
    return (10 - (sum % 10)) % 10;
  }
});

describe('passwordScheme', () => {
  const tail53 = 'Wm0x8Qy1rZ2uC3eD4fG5hO.9K/LkJiHgFeDcBa0123456789abcde';
  const hex40 = 'da39a3ee5e6b4b0d3255bfef95601890afd80709';

  test.each([
    [`$2y$10$${tail53}`, null, 'bcrypt'],
    [`$2a$05$${tail53}`, `$2a$05$${'a'.repeat(22)}$`, 'bcrypt'],
    [`$2a$05$${tail53}`, `$2a$05$${'a'.repeat(21)}$`, 'bcrypt-broken'],
    [`$2y$10$${tail53.slice(1)}`, null, 'unknown'],
    ['$argon2i$v=19$m=65536,t=4,p=1$c29tZXNhbHQ$aGFzaGhhc2g', null, 'argon2i'],
    ['$argon2id$v=19$m=65536,t=4,p=1$c29tZXNhbHQ$aGFzaGhhc2g', '', 'argon2id'],
    [`$6$rounds=100000$saltsalt$${'a'.repeat(86)}`, null, 'sha512crypt'],
    [`$6$saltsalt$${'a'.repeat(86)}`, null, 'sha512crypt'],
    [`$6$saltsalt$${'a'.repeat(40)}`, null, 'unknown'],
    [`$SHA1$${hex40}`, '$SHA1$abcdef', 'sha1-salted'],
    [`$SHA1$${hex40}`, null, 'unknown'],
    [hex40, '', 'sha1-hex'],
    [hex40, 'pepper', 'unknown'],
    ['d41d8cd98f00b204e9800998ecf8427e', null, 'md5-hex'],
    ['', '', 'none'],
    [null, null, 'none'],
    ['NoLogin', null, 'none'],
    ['Welcome123', null, 'unknown'],
  ])('%j with the salt %j is %s', (hash, salt, scheme) => {
    expect(passwordScheme.apply(hash, salt)).toBe(scheme);
  });
});

import { createDecipheriv, createHash, createHmac } from 'node:crypto';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TransfuseError } from '../../src/core/errors.ts';
import { ValueRefused } from '../../src/core/reject-reasons.ts';
import { decryptField, encryptText, fieldKey } from '../../src/mapping/field-crypto.ts';
import { chain, encryptField, ssnDigits } from '../../src/mapping/transforms/index.ts';
import { byteaTextCodec } from '../../src/mapping/types/text-form.ts';

const BYTES = Buffer.from('000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f', 'hex');
const KEY = fieldKey(BYTES);
const OTHER_KEY = fieldKey(Buffer.alloc(32, 7));
/** The SSN 212456789, encrypted in Python with its cryptography package. */
const KNOWN_ANSWER =
  '01630dcd2966c43366f1b76feaef1549ab9cff641e738fb7d0159cfe3c07e5f4c3599bf121f49d1466b961abaaed';
const CONTEXT = { mapping: 'patient', column: 'ssn_ciphertext' };

describe('encryptText and decryptField', () => {
  test('give the bytes of the documented format', () => {
    expect(encryptText(KEY, CONTEXT, '212456789').toString('hex')).toBe(KNOWN_ANSWER);
  });

  test('follow the documented format when it is written down once more', () => {
    const stored = encryptText(KEY, CONTEXT, 'Zoë');
    const context = Buffer.from('patient\0ssn_ciphertext');
    expect(stored[0]).toBe(1);
    expect(stored.subarray(1, 9)).toEqual(createHash('sha256').update(BYTES).digest().subarray(0, 8));
    // RFC 5869 by hand: extract with a salt of zeros, expand one block
    const extracted = createHmac('sha256', Buffer.alloc(32)).update(BYTES).digest();
    const nonceKey = createHmac('sha256', extracted).update('transfuse field nonce v1\x01').digest();
    const hashed = Buffer.concat([Buffer.from([0, 0, 0, context.length]), context, Buffer.from('Zoë')]);
    const nonce = createHmac('sha256', nonceKey).update(hashed).digest().subarray(0, 12);
    expect(stored.subarray(9, 21)).toEqual(nonce);
    const decipher = createDecipheriv('aes-256-gcm', BYTES, nonce)
      .setAAD(context)
      .setAuthTag(stored.subarray(-16));
    expect(decipher.update(stored.subarray(21, -16), undefined, 'utf8') + decipher.final('utf8')).toBe('Zoë');
  });

  test('any text comes back, and gives the same bytes again', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const stored = encryptText(KEY, CONTEXT, text);
        expect(decryptField(KEY, CONTEXT, stored)).toBe(text);
        expect(encryptText(fieldKey(Buffer.from(BYTES)), { ...CONTEXT }, text)).toEqual(stored);
      }),
    );
  });

  test('a change of any byte, its end cut off or something behind it is refused', () => {
    const stored = encryptText(KEY, CONTEXT, '212456789');
    for (let at = 0; at < stored.length; at++) {
      const changed = Buffer.from(stored);
      changed[at]! ^= 1;
      expect(() => decryptField(KEY, CONTEXT, changed), `byte ${at}`).toThrow(ValueRefused);
      expect(() => decryptField(KEY, CONTEXT, stored.subarray(0, at)), `length ${at}`).toThrow(ValueRefused);
    }
    expect(() => decryptField(KEY, CONTEXT, Buffer.concat([stored, Buffer.from([0])]))).toThrow(ValueRefused);
  });

  test.each([
    ['key', OTHER_KEY, CONTEXT],
    ['mapping', KEY, { ...CONTEXT, mapping: 'patients' }],
    ['column', KEY, { ...CONTEXT, column: 'other' }],
  ])('another %s gives other bytes, and does not decrypt', (_what, key, context) => {
    const stored = encryptText(KEY, CONTEXT, '212456789');
    const other = encryptText(key, context, '212456789');
    expect(other.subarray(9).equals(stored.subarray(9))).toBe(false);
    expect(() => decryptField(key, context, stored)).toThrow(ValueRefused);
  });

  test('another text gets another nonce', () => {
    const nonces = Array.from({ length: 200 }, (_, index) =>
      encryptText(KEY, CONTEXT, `${index}`).toString('hex', 9, 21),
    );
    expect(new Set(nonces).size).toBe(200);
  });
});

describe('fieldKey', () => {
  test.each([0, 16, 31, 33, 64])('refuses %i bytes without echoing them', (length) => {
    const attempt = () => fieldKey(Buffer.alloc(length, 'S'));
    expect(attempt).toThrow(TransfuseError);
    expect(attempt).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
    expect(attempt).not.toThrow(/SS/);
  });

  test('shows nothing of its material when it is printed or is part of a name', () => {
    const transform = encryptField(KEY, CONTEXT);
    const shown = [inspect(KEY, { depth: 9, showHidden: true }), JSON.stringify(KEY), transform.name].join(
      '\n',
    );
    for (const encoding of ['hex', 'base64', 'latin1'] as const) {
      expect(shown).not.toContain(BYTES.toString(encoding).slice(0, 8));
    }
    expect(transform.name).toContain(KEY.id);
  });
});

describe('encryptField', () => {
  test('writes what a bytea column takes, and leaves NULL as it is', () => {
    const transform = encryptField(KEY, CONTEXT);
    const text = transform.apply('212456789')!;
    expect(text).toBe(`\\x${KNOWN_ANSWER}`);
    const dst = Buffer.alloc(200);
    const end = byteaTextCodec.write(Buffer.from(text), 0, text.length, dst, 0);
    expect(decryptField(KEY, CONTEXT, dst.subarray(4, end))).toBe('212456789');
    expect(transform.apply(null)).toBeNull();
  });

  test('comes after the transform that cleans the value', () => {
    const transform = chain(ssnDigits({ flag: 'ssn_invalid', keepAs: null }), encryptField(KEY, CONTEXT));
    expect(transform.apply('212-45-6789')).toBe(`\\x${KNOWN_ANSWER}`);
    expect(transform.apply('none')).toBeNull();
  });

  test('has another name for another key or another column', () => {
    const names = [
      encryptField(KEY, CONTEXT),
      encryptField(OTHER_KEY, CONTEXT),
      encryptField(KEY, { mapping: 'patient', column: 'x' }),
    ].map(({ name }) => name);
    expect(new Set(names).size).toBe(3);
  });
});

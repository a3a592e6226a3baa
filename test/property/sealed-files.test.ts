import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SealBroken } from '../../src/mapping/document-source.ts';
import { FileUnsealer, looksSealed, VERSIONS } from '../../src/profiles/openemr/documents/sealed-file.ts';
import { keysOf, sealFile } from '../support/documents/seal-file.ts';

const version = fc.constantFrom(...VERSIONS);

function unsealer(of: (typeof VERSIONS)[number], word = 'site'): FileUnsealer {
  const { cipher, hmac } = keysOf(of, word);
  return new FileUnsealer(of, { cipher, hmac: of === 1 ? null : hmac });
}

function open(sealed: Buffer, pieces: readonly number[], of: FileUnsealer): Buffer {
  const plain: Buffer[] = [];
  let at = 0;
  for (const length of pieces) plain.push(of.update(sealed.subarray(at, (at += length))));
  plain.push(of.update(sealed.subarray(at)), of.end());
  return Buffer.concat(plain);
}

describe('a sealed file', () => {
  it('opens to what was sealed, in whatever pieces it comes', () => {
    fc.assert(
      fc.property(
        version,
        fc.uint8Array({ maxLength: 500 }),
        fc.array(fc.nat(90)),
        fc.constantFrom('', '\n', '\r\n'),
        (of, content, pieces, end) => {
          const plain = Buffer.from(content);
          const sealed = Buffer.concat([sealFile(of, plain), Buffer.from(end)]);
          expect(looksSealed(sealed)).toBe(true);
          expect(open(sealed, pieces, unsealer(of)).equals(plain)).toBe(true);
        },
      ),
    );
  });

  it('does not open with another key, nor when a byte was changed or the end is gone', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(2, 3, 4, 5, 6, 7),
        fc.uint8Array({ maxLength: 200 }),
        fc.nat(),
        (of, content, place) => {
          const sealed = sealFile(of, Buffer.from(content));
          expect(() => open(sealed, [], unsealer(of as 2, 'other'))).toThrow(SealBroken);
          const payload = Buffer.from(sealed.toString('latin1', 3), 'base64');
          payload[place % payload.length]! ^= 1 << (place % 8);
          const changed = Buffer.from(`00${of}${payload.toString('base64')}`);
          expect(() => open(changed, [], unsealer(of as 2))).toThrow(SealBroken);
          const cut = sealed.subarray(0, 3 + (place % (sealed.length - 6)));
          expect(() => open(cut, [], unsealer(of as 2))).toThrow(SealBroken);
        },
      ),
    );
  });
});

import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { entityNamespace, uuidV5Text, writeUuidV5 } from '../../src/mapping/types/index.ts';
import { encodeInto, toHex } from '../support/encoded.ts';

describe('UUIDv5', () => {
  test('[invariant 1] equals the one made with the SHA-1 of Node, for names within and beyond one block', () => {
    const names = fc.oneof(fc.uint8Array({ maxLength: 60 }), fc.uint8Array({ minLength: 36, maxLength: 42 }));
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), names, (namespace, name) => {
        const src = Buffer.concat([Buffer.from('before'), name, Buffer.from('after')]);
        const encoded = encodeInto(20, (dst, at) =>
          writeUuidV5(Buffer.from(namespace), src, 6, src.length - 5, dst, at),
        );
        expect(toHex(encoded)).toBe(reference(namespace, name));
      }),
      { numRuns: 3000 },
    );
  });

  test('is the published one for the name of a DNS host', () => {
    const dns = Buffer.from('6ba7b8109dad11d180b400c04fd430c8', 'hex');
    expect(uuidV5Text(dns, 'www.example.com')).toBe('2ed6657d-e927-568b-95e1-2665a8aea6a2');
  });

  test('[invariant 1] of an entity and a key never changes', () => {
    expect(uuidV5Text(entityNamespace('patient'), '1')).toMatchInlineSnapshot(
      `"386c4549-795d-5cc4-b97a-9af14d7e7d9f"`,
    );
  });

  test('of the same key differs between entities', () => {
    expect(entityNamespace('patient')).toHaveLength(16);
    expect(uuidV5Text(entityNamespace('patient'), '1')).not.toBe(uuidV5Text(entityNamespace('doctor'), '1'));
  });
});

function reference(namespace: Uint8Array, name: Uint8Array): string {
  const digest = createHash('sha1').update(namespace).update(name).digest().subarray(0, 16);
  digest[6] = (digest[6]! & 0x0f) | 0x50;
  digest[8] = (digest[8]! & 0x3f) | 0x80;
  return digest.toString('hex');
}

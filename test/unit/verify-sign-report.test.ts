import { createHash, generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { merkleRoot } from '../../src/verify/attest/merkle-root.ts';
import { canonicalJson, isSameKey, isSignedBy, signReport } from '../../src/verify/attest/sign-report.ts';

describe('the root of a Merkle tree', () => {
  // The tree of the test data of Certificate Transparency: https://github.com/google/certificate-transparency (merkle_tree_test.cc).
  const leaves = [
    '',
    '00',
    '10',
    '2021',
    '3031',
    '40414243',
    '5051525354555657',
    '606162636465666768696a6b6c6d6e6f',
  ].map((hex) =>
    createHash('sha256')
      .update(Buffer.from(`00${hex}`, 'hex'))
      .digest('hex'),
  );
  it.each([
    [0, 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    [1, '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d'],
    [2, 'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125'],
    [3, 'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77'],
    [8, '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328'],
  ])('of %i leaves is that of RFC 9162', (count, root) => {
    expect(merkleRoot(leaves.slice(0, count))).toBe(root);
  });
});

describe('a signature', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');

  it('is of what the report says, in whatever order, and of nothing else', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 }), fc.string(), (report, more) => {
        const read = JSON.parse(JSON.stringify(report)) as Record<string, unknown>;
        const signature = signReport(read, privateKey);
        const turned = Object.fromEntries(Object.entries(read).toReversed());
        expect(JSON.parse(canonicalJson(read))).toEqual(read);
        expect(isSignedBy(turned, signature)).toBe(true);
        expect(isSameKey(signature, publicKey)).toBe(true);
        const [name] = Object.keys(read);
        expect(isSignedBy({ ...read, [name!]: [read[name!], more] }, signature)).toBe(false);
      }),
    );
  });

  it('of another key, or no signature at all, is none', () => {
    const other = generateKeyPairSync('ed25519');
    const signature = signReport({ a: 1 }, privateKey);
    const { publicKey: otherPublic } = signReport({ a: 1 }, other.privateKey);
    expect(isSameKey(signature, other.publicKey)).toBe(false);
    expect(isSignedBy({ a: 1 }, { ...signature, publicKey: otherPublic })).toBe(false);
    expect(isSignedBy({ a: 1 }, { ...signature, publicKey: 'AAAA' })).toBe(false);
    expect(isSignedBy({ a: 1 }, { ...signature, value: '' })).toBe(false);
  });
});

/** The root of a Merkle tree over digests, as RFC 9162 (2.1.1) builds it: a node is SHA-256(0x01, left, right), and what is odd stays to the right. */
import { createHash } from 'node:crypto';

const NODE = Buffer.from([1]);

/** Hexadecimal, as the leaves. Of no leaf the digest of nothing. */
export function merkleRoot(leaves: readonly string[]): string {
  if (leaves.length === 0) return createHash('sha256').digest('hex');
  return rootOf(leaves.map((leaf) => Buffer.from(leaf, 'hex'))).toString('hex');
}

function rootOf(leaves: readonly Buffer[]): Buffer {
  if (leaves.length === 1) return leaves[0]!;
  let left = 1;
  while (left * 2 < leaves.length) left *= 2;
  return createHash('sha256')
    .update(NODE)
    .update(rootOf(leaves.slice(0, left)))
    .update(rootOf(leaves.slice(left)))
    .digest();
}

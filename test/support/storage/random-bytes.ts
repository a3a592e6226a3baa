import { createCipheriv } from 'node:crypto';

/** Bytes that look random, the same for the same seed. */
export function randomBytesOf(length: number, seed: number): Buffer {
  const key = Buffer.alloc(16, seed);
  return createCipheriv('aes-128-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(length));
}

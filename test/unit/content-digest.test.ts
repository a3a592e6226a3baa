import { CRC32C } from '@google-cloud/storage';
import { expect, it } from 'vitest';
import { ContentDigest } from '../../src/storage/content-digest.ts';

it('measures as the object store does, several at a time', async () => {
  const one = await ContentDigest.start();
  const other = await ContentDigest.start();
  for (const piece of ['1234', '', '56789']) {
    one.update(Buffer.from(piece));
    other.update(Buffer.from('x'));
  }
  // The check value of CRC-32C, 0xe3069283.
  expect(one.end()).toEqual({
    size: 9,
    crc32c: '4waSgw==',
    sha256: '15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225',
  });
  const client = new CRC32C();
  client.update(Buffer.from('xxx'));
  expect(other.end()).toMatchObject({ size: 3, crc32c: client.toString() });
  expect((await ContentDigest.start()).end()).toMatchObject({ size: 0, crc32c: 'AAAAAA==' });
});

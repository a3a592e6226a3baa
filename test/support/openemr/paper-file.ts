/** The contents of invented documents, and how they lie on the disk of a site. */
import { createHash } from 'node:crypto';
import { keyOf, sealFile } from '../documents/seal-file.ts';
import type { OpenemrVersion } from './source-tables.ts';

/** A page that looks like a PDF, of exactly so many bytes, from 100 on. */
export function paperFile(id: number, size: number): Buffer {
  const line = `invented file ${id}\n`;
  return Buffer.from(`%PDF-1.4\n${line.repeat(Math.ceil(size / line.length))}`).subarray(0, size);
}

/** As the application takes it before it encrypts. */
export function paperHash(content: Buffer, version: OpenemrVersion): string {
  return createHash(version === '8' ? 'sha3-512' : 'sha1')
    .update(content)
    .digest('hex');
}

/** Encrypted with the keys of the generated site. */
export function sealedPaper(content: Buffer, version: OpenemrVersion): Buffer {
  return sealFile(version === '8' ? 7 : 5, content, { cipher: keyOf('a'), hmac: keyOf('b') });
}

/** Encrypts as OpenEMR does, written apart from what decrypts. https://github.com/openemr/openemr, src/Common/Crypto/CryptoGen.php */
import { createCipheriv, createHash, createHmac } from 'node:crypto';

/** Made of a word, the same on every machine. */
export function keyOf(word: string): Buffer {
  return createHash('sha256').update(`invented key ${word}`).digest();
}

export const KEY_NAMES = ['one', 'two', 'three', 'four', 'five', 'six', 'seven'] as const;

interface SealOptions {
  /** What the keys are made of: another word, another site's keys. */
  word?: string;
}

/** `version` from 1 to 7. */
export function sealFile(version: number, plain: Buffer, { word = 'site' }: SealOptions = {}): Buffer {
  const name = KEY_NAMES[version - 1]!;
  const cipherKey = keyOf(`${word} ${version === 1 ? name : `${name}a`}`);
  const iv = createHash('md5').update(plain).digest();
  const cipher = createCipheriv('aes-256-cbc', cipherKey, iv);
  const sealed = Buffer.concat([iv, cipher.update(plain), cipher.final()]);
  const mac =
    version === 1
      ? Buffer.alloc(0)
      : createHmac(version < 4 ? 'sha256' : 'sha384', keyOf(`${word} ${name}b`))
          .update(sealed)
          .digest();
  return Buffer.from(`00${version}${Buffer.concat([mac, sealed]).toString('base64')}`);
}

/** Encrypts as OpenEMR does, written apart from what decrypts. https://github.com/openemr/openemr, src/Common/Crypto/CryptoGen.php */
import { createCipheriv, createHash, createHmac } from 'node:crypto';

/** Made of a word, the same on every machine. */
export function keyOf(word: string): Buffer {
  return createHash('sha256').update(`invented key ${word}`).digest();
}

export const KEY_NAMES = ['one', 'two', 'three', 'four', 'five', 'six', 'seven'] as const;

export interface SealingKeys {
  cipher: Buffer;
  hmac: Buffer;
}

/** Those of a site, or of another where another word is given. */
export function keysOf(version: number, word = 'site'): SealingKeys {
  const name = KEY_NAMES[version - 1]!;
  return { cipher: keyOf(`${word} ${version === 1 ? name : `${name}a`}`), hmac: keyOf(`${word} ${name}b`) };
}

/** `version` from 1 to 7. */
export function sealFile(version: number, plain: Buffer, keys: SealingKeys = keysOf(version)): Buffer {
  const iv = createHash('md5').update(plain).digest();
  const cipher = createCipheriv('aes-256-cbc', keys.cipher, iv);
  const sealed = Buffer.concat([iv, cipher.update(plain), cipher.final()]);
  const mac =
    version === 1
      ? Buffer.alloc(0)
      : createHmac(version < 4 ? 'sha256' : 'sha384', keys.hmac)
          .update(sealed)
          .digest();
  return Buffer.from(`00${version}${Buffer.concat([mac, sealed]).toString('base64')}`);
}

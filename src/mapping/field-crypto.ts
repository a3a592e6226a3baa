/**
 * Encryption of single values, for columns that the new system keeps encrypted. Pure, as every part of a mapping must be: the
 * same plaintext with the same key in the same context gives the same bytes, so that two loads of a row can be compared.
 *
 * The format, which other systems may read: 1 byte version (1) ‖ 8 bytes key id (the first of SHA-256 of the key) ‖ 12 bytes
 * nonce ‖ ciphertext ‖ 16 bytes tag. AES-256-GCM under the field key itself; the plaintext is UTF-8, and the associated data
 * are the id of the mapping, a zero byte and the name of the column, so that a value cannot be moved to another column.
 *
 * The nonce is synthetic (the idea of RFC 5297 and RFC 8452): the first 12 bytes of HMAC-SHA256 over the length of the
 * context (4 bytes, big endian), the context and the plaintext, under a key derived from the field key by HKDF-SHA256 (no salt,
 * info `transfuse field nonce v1`). What that reveals, besides the length of each value: which values of one column are
 * equal. It does not reveal equality between columns. Two different values get the same nonce with a probability of 2^-33 among 2^32.
 */
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createSecretKey,
  hkdfSync,
  type KeyObject,
} from 'node:crypto';
import { refuse } from '../core/reject-reasons.ts';
import { TransfuseError } from '../core/errors.ts';

/** Where a value belongs. A value can be decrypted only in the context that it was encrypted in. */
export interface FieldContext {
  /** The id of the mapping. */
  mapping: string;
  /** The name of the target column. */
  column: string;
}

/** Holds its material in the objects of node:crypto only, which print as nothing. */
export interface FieldKey {
  /** 16 hexadecimal digits; not secret. */
  readonly id: string;
  readonly encryption: KeyObject;
  readonly nonce: KeyObject;
}

const CIPHER = 'aes-256-gcm';
const FORMAT_VERSION = 1;
const KEY_BYTES = 32;
const KEY_ID_BYTES = 8;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HEADER_BYTES = 1 + KEY_ID_BYTES + NONCE_BYTES;
const NONCE_KEY_INFO = 'transfuse field nonce v1';

/** For a profile that encrypts fields. Throws TransfuseError (CONFIG_INVALID) where the operator has given no key. */
export function requireFieldKey({ fieldKey: key }: { fieldKey: FieldKey | null }): FieldKey {
  if (key) return key;
  throw new TransfuseError('CONFIG_INVALID', 'The profile encrypts fields, and there is no key for them.', {
    fix: 'For a run that has begun, give the key that it was made with, as FIELD_KEY or FIELD_KEY_FILE. For a new one make a key with `openssl rand -hex 32`, and keep it where it cannot be lost.',
  });
}

/** Makes a key of exactly 32 bytes, which should be random. Throws TransfuseError (CONFIG_INVALID), without the bytes, for another length. */
export function fieldKey(bytes: Buffer): FieldKey {
  if (bytes.length !== KEY_BYTES) {
    throw new TransfuseError('CONFIG_INVALID', `A field key has ${KEY_BYTES} bytes; this one does not.`);
  }
  const nonceKey = Buffer.from(hkdfSync('sha256', bytes, '', NONCE_KEY_INFO, KEY_BYTES));
  return {
    id: createHash('sha256')
      .update(bytes)
      .digest('hex')
      .slice(0, 2 * KEY_ID_BYTES),
    encryption: createSecretKey(bytes),
    nonce: createSecretKey(nonceKey),
  };
}

export function encryptText(key: FieldKey, context: FieldContext, plaintext: string): Buffer {
  const associated = contextBytes(context);
  const plain = Buffer.from(plaintext);
  const contextLength = Buffer.alloc(4);
  contextLength.writeUInt32BE(associated.length);
  const nonce = createHmac('sha256', key.nonce)
    .update(contextLength)
    .update(associated)
    .update(plain)
    .digest()
    .subarray(0, NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key.encryption, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(associated);
  const ciphertext = cipher.update(plain);
  cipher.final();
  const head = Buffer.from([FORMAT_VERSION]);
  return Buffer.concat([head, Buffer.from(key.id, 'hex'), nonce, ciphertext, cipher.getAuthTag()]);
}

/**
 * The plaintext again. Throws ValueRefused (malformed) for bytes that were not encrypted with this key in this context, or that
 * were changed since.
 */
export function decryptField(key: FieldKey, context: FieldContext, stored: Buffer): string {
  const expectedHead = Buffer.concat([Buffer.from([FORMAT_VERSION]), Buffer.from(key.id, 'hex')]);
  const hasHead = stored.subarray(0, expectedHead.length).equals(expectedHead);
  if (!hasHead || stored.length < HEADER_BYTES + TAG_BYTES) refuse('malformed');
  const nonce = stored.subarray(expectedHead.length, HEADER_BYTES);
  const decipher = createDecipheriv(CIPHER, key.encryption, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(contextBytes(context));
  decipher.setAuthTag(stored.subarray(-TAG_BYTES));
  const plain = decipher.update(stored.subarray(HEADER_BYTES, -TAG_BYTES));
  try {
    decipher.final();
  } catch {
    refuse('malformed');
  }
  return plain.toString('utf8');
}

function contextBytes({ mapping, column }: FieldContext): Buffer {
  return Buffer.from(`${mapping}\0${column}`);
}

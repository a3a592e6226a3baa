import { encryptText, type FieldContext, type FieldKey } from '../field-crypto.ts';
import type { Transform } from '../mapping.ts';

/**
 * Encrypts a text for a bytea column; the format, and what it reveals, are described in field-crypto.ts. NULL stays NULL, which
 * shows. The name carries the id of the key, never the key.
 */
export function encryptField(key: FieldKey, context: FieldContext): Transform {
  const { mapping, column } = context;
  return {
    name: `encryptField(${key.id}, ${JSON.stringify({ mapping, column })})`,
    apply: (text) => (text === null ? null : `\\x${encryptText(key, context, text).toString('hex')}`),
  };
}

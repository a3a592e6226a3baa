import { refuse } from '../../core/reject-reasons.ts';
import type { Codec } from './codec.ts';

/**
 * A member of an ENUM as `text` takes it. MySQL keeps a value it could not store as the empty string with the number 0:
 * refused (enum_error_value), unless the empty string is a member too, from which the server does not tell it apart.
 */
export function enumCodec(members: readonly string[], text: Codec): Codec {
  if (members.includes('')) return text;
  const { validate } = text;
  return {
    write(src, start, end, dst, at) {
      if (start === end) refuse('enum_error_value');
      return text.write(src, start, end, dst, at);
    },
    maxBytes: text.maxBytes,
    ...(validate && { validate }),
  };
}

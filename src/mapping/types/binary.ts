import type { Codec } from './codec.ts';
import { writeVerbatim } from './wire.ts';

/** Bytes as they are, to bytea: nothing is refused. */
export const binaryCodec: Codec = {
  write: writeVerbatim,
  maxBytes: (length) => 4 + length,
  verbatim: { prefix: [] },
};

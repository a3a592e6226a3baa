import { ValueRefused, type RejectReason } from '../../src/core/reject-reasons.ts';
import type { Codec } from '../../src/mapping/types/codec.ts';

const MARGIN_BYTES = 16;

export type Encoded = { bytes: Buffer | null } | { refused: RejectReason };

/**
 * Runs `attempt` on a destination of `maxBytes`, and answers what it wrote without the int32 length, which must be
 * right. Throws where it wrote before or beyond its place.
 */
export function encodeInto(maxBytes: number, attempt: (dst: Buffer, at: number) => number): Encoded {
  const dst = Buffer.alloc(MARGIN_BYTES + maxBytes + MARGIN_BYTES, 0xa5);
  let end: number;
  try {
    end = attempt(dst, MARGIN_BYTES);
  } catch (error) {
    if (!(error instanceof ValueRefused)) throw error;
    requireUntouched(dst, maxBytes);
    return { refused: error.reason };
  }
  requireUntouched(dst, maxBytes);
  if (end > MARGIN_BYTES + maxBytes) throw new Error('More was written than maxBytes allows');
  const length = dst.readInt32BE(MARGIN_BYTES);
  if (end !== MARGIN_BYTES + 4 + Math.max(0, length)) throw new Error('The length does not match the bytes');
  return { bytes: length === -1 ? null : dst.subarray(MARGIN_BYTES + 4, end) };
}

/** What a codec makes of a value, in strict surroundings. */
export function encode(codec: Codec, value: Buffer | string): Encoded {
  const src = Buffer.from(value as string);
  return encodeInto(codec.maxBytes(src.length), (dst, at) => codec.write(src, 0, src.length, dst, at));
}

/** The same as hexadecimal, `null`, or the reason in angle brackets. */
export function encodeHex(codec: Codec, value: Buffer | string): string {
  return toHex(encode(codec, value));
}

export function toHex(encoded: Encoded): string {
  if ('refused' in encoded) return `<${encoded.refused}>`;
  return encoded.bytes?.toString('hex') ?? 'null';
}

function requireUntouched(dst: Buffer, maxBytes: number): void {
  const margins = [...dst.subarray(0, MARGIN_BYTES), ...dst.subarray(MARGIN_BYTES + maxBytes)];
  if (margins.some((byte) => byte !== 0xa5)) throw new Error('Something was written outside its place');
}

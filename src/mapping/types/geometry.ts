import { refuse } from '../../core/reject-reasons.ts';
import type { Codec } from './codec.ts';
import { copyBytes, putInt32 } from './wire.ts';

const SRID_BYTES = 4;
/** Byte order and geometry type. */
const WKB_HEADER_BYTES = 5;
const LITTLE_ENDIAN = 1;
/** The flag in the highest byte of an EWKB type that says an SRID follows. */
const HAS_SRID = 0x20;

/**
 * MySQL keeps a geometry as its SRID (little-endian) and WKB. PostGIS takes WKB, or EWKB for an SRID other than 0; a
 * bytea gets the same bytes, so that PostGIS can read them later.
 */
export const geometryCodec: Codec = {
  write(src, start, end, dst, at) {
    const wkb = start + SRID_BYTES;
    if (end - wkb < WKB_HEADER_BYTES || src[wkb]! > LITTLE_ENDIAN) refuse('malformed');
    if ((src[start]! | src[start + 1]! | src[start + 2]! | src[start + 3]!) === 0) {
      putInt32(dst, at, end - wkb);
      return copyBytes(src, wkb, end, dst, at + 4);
    }
    putInt32(dst, at, end - start);
    const to = at + 4;
    copyBytes(src, wkb, wkb + WKB_HEADER_BYTES, dst, to);
    const littleEndian = src[wkb] === LITTLE_ENDIAN;
    const flags = littleEndian ? to + 4 : to + 1;
    dst[flags] = dst[flags]! | HAS_SRID;
    for (let i = 0; i < SRID_BYTES; i++) dst[to + 5 + i] = src[littleEndian ? start + i : wkb - 1 - i]!;
    return copyBytes(src, wkb + WKB_HEADER_BYTES, end, dst, to + WKB_HEADER_BYTES + SRID_BYTES);
  },
  maxBytes: (length) => 4 + length,
};

/** IPv4 and IPv6 addresses in text, as MariaDB's INET4 and INET6 have them, to inet. */
import { refuse } from '../../core/reject-reasons.ts';
import type { Codec } from './codec.ts';
import { hexDigit } from './hex.ts';
import { putInt32 } from './wire.ts';

/** PostgreSQL's own names of the address families. */
const FAMILY_IPV4 = 2;
const FAMILY_IPV6 = 3;
const IPV6_BYTES = 16;
const POINT = 0x2e;
const COLON = 0x3a;
/** Length, then family, bits of the netmask, "is a cidr", bytes of the address. */
const HEADER_BYTES = 8;

export const inetCodec: Codec = {
  write(src, start, end, dst, at) {
    for (let p = start; p < end; p++) {
      if (src[p] === COLON)
        return putInet(dst, at, FAMILY_IPV6, putIpv6(src, start, end, dst, at + HEADER_BYTES));
    }
    return putInet(dst, at, FAMILY_IPV4, putIpv4(src, start, end, dst, at + HEADER_BYTES));
  },
  maxBytes: () => HEADER_BYTES + IPV6_BYTES,
};

function putInet(dst: Buffer, at: number, family: number, addressBytes: number): number {
  putInt32(dst, at, 4 + addressBytes);
  dst[at + 4] = family;
  dst[at + 5] = addressBytes * 8;
  dst[at + 6] = 0;
  dst[at + 7] = addressBytes;
  return at + HEADER_BYTES + addressBytes;
}

function putIpv4(src: Buffer, start: number, end: number, dst: Buffer, at: number): number {
  let p = start;
  for (let part = 0; part < 4; part++) {
    if (part > 0 && (p >= end || src[p++] !== POINT)) refuse('malformed');
    let value = 0;
    let digits = 0;
    for (; p < end && src[p] !== POINT; p++, digits++) {
      const digit = src[p]! ^ 0x30;
      if (digit > 9 || digits === 3) refuse('malformed');
      value = value * 10 + digit;
    }
    if (digits === 0 || value > 255) refuse('malformed');
    dst[at + part] = value;
  }
  if (p !== end) refuse('malformed');
  return 4;
}

function putIpv6(src: Buffer, start: number, end: number, dst: Buffer, at: number): number {
  let p = start;
  let written = 0;
  /** Bytes before the `::`, or -1. */
  let gap = -1;
  if (isColonPair(src, p, end)) {
    gap = 0;
    p += 2;
  } else if (src[p] === COLON) refuse('malformed');
  while (p < end) {
    const groupEnd = findGroupEnd(src, p, end);
    if (groupEnd < end && src[groupEnd] === POINT) {
      if (written > IPV6_BYTES - 4) refuse('malformed');
      written += putIpv4(src, p, end, dst, at + written);
      p = end;
      break;
    }
    if (written === IPV6_BYTES) refuse('malformed');
    putGroup(src, p, groupEnd, dst, at + written);
    written += 2;
    p = groupEnd;
    if (p === end) break;
    if (isColonPair(src, p, end)) {
      if (gap !== -1) refuse('malformed');
      gap = written;
      p += 2;
    } else if (++p === end) refuse('malformed');
  }
  if (gap === -1 ? written !== IPV6_BYTES : written > IPV6_BYTES - 2) refuse('malformed');
  if (gap !== -1) openGap(dst, at, gap, written);
  return IPV6_BYTES;
}

function isColonPair(src: Buffer, at: number, end: number): boolean {
  return at + 1 < end && src[at] === COLON && src[at + 1] === COLON;
}

function findGroupEnd(src: Buffer, at: number, end: number): number {
  while (at < end && src[at] !== COLON && src[at] !== POINT) at++;
  return at;
}

function putGroup(src: Buffer, start: number, end: number, dst: Buffer, at: number): void {
  if (end === start || end - start > 4) refuse('malformed');
  let value = 0;
  for (let p = start; p < end; p++) value = (value << 4) | hexDigit(src[p]!);
  dst[at] = value >>> 8;
  dst[at + 1] = value;
}

/** Moves what followed the `::` to the end of the address and fills the gap with zeros. */
function openGap(dst: Buffer, at: number, gap: number, written: number): void {
  const shift = IPV6_BYTES - written;
  for (let i = written - 1; i >= gap; i--) dst[at + i + shift] = dst[at + i]!;
  for (let i = gap; i < gap + shift; i++) dst[at + i] = 0;
}

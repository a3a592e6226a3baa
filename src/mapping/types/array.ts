import { putInt32 } from './wire.ts';

/** Object ids of PostgreSQL's built-in types. */
export const OID = { text: 25, float4: 700, varchar: 1043 } as const;

/** Length, dimensions, whether there are NULLs, element type; then for one dimension its size and lower bound. */
export const ARRAY_HEADER_BYTES = 24;
const EMPTY_ARRAY_BYTES = 16;

/**
 * Writes the head of an array whose elements end at `to`, once they are in place from `at + ARRAY_HEADER_BYTES` on.
 * Returns where the array ends. An array without elements has no dimensions, as PostgreSQL itself writes it.
 */
export function putArrayHeader(
  dst: Buffer,
  at: number,
  to: number,
  elementOid: number,
  elements: number,
  hasNulls = false,
): number {
  const end = elements === 0 ? at + EMPTY_ARRAY_BYTES : to;
  putInt32(dst, at, end - at - 4);
  putInt32(dst, at + 4, elements === 0 ? 0 : 1);
  putInt32(dst, at + 8, hasNulls ? 1 : 0);
  putInt32(dst, at + 12, elementOid);
  if (elements === 0) return end;
  putInt32(dst, at + 16, elements);
  putInt32(dst, at + 20, 1);
  return end;
}

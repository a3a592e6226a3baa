import { createHash } from 'node:crypto';

/** Sixteen bytes that no other row has, in tables of any size. */
export function uuidOf(table: string, id: number): Buffer {
  return createHash('md5').update(`${table}:${id}`).digest();
}

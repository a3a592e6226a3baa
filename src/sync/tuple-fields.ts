/** Fields of an encoded row: a tuple of binary COPY, which is an int16 count and for each field an int32 length and its bytes. */

const COUNT_BYTES = 2;
const LENGTH_BYTES = 4;
const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

export interface FieldPlaces {
  /** Where each wanted field starts (at its length) and ends, by twos, in the order in which they were wanted. */
  places: Int32Array;
  /** The size of a tuple of these fields alone. */
  bytes: number;
}

/** Finds the fields at `positions` of the tuple at `start`. The answer is `found`, filled anew. */
export function findFields(
  tuple: Buffer,
  start: number,
  positions: readonly number[],
  found: FieldPlaces,
): FieldPlaces {
  const { places } = found;
  let at = start + COUNT_BYTES;
  let field = 0;
  let bytes = COUNT_BYTES;
  let missing = positions.length;
  while (missing > 0) {
    const length = tuple.readInt32BE(at);
    const end = at + LENGTH_BYTES + (length > 0 ? length : 0);
    const wanted = positions.indexOf(field++);
    if (wanted >= 0) {
      places[wanted * 2] = at;
      places[wanted * 2 + 1] = end;
      bytes += end - at;
      missing--;
    }
    at = end;
  }
  found.bytes = bytes;
  return found;
}

/** Writes a tuple of the found fields of `tuple` into `dst` from `at`. */
export function writeFields(tuple: Buffer, found: FieldPlaces, count: number, dst: Buffer, at: number): void {
  let end = dst.writeInt16BE(count, at);
  for (let field = 0; field < count; field++) {
    const to = found.places[field * 2 + 1]!;
    for (let from = found.places[field * 2]!; from < to; from++) dst[end++] = tuple[from]!;
  }
}

/** FNV-1a over the bytes. */
export function hashBytes(bytes: Buffer, start: number, end: number): number {
  let hash = FNV_OFFSET;
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ bytes[at]!, FNV_PRIME);
  return hash | 0;
}

export function sameBytes(
  a: Buffer,
  aStart: number,
  aEnd: number,
  b: Buffer,
  bStart: number,
  bEnd: number,
): boolean {
  if (aEnd - aStart !== bEnd - bStart) return false;
  for (let at = aStart, other = bStart; at < aEnd; at++, other++) if (a[at] !== b[other]) return false;
  return true;
}

/** Rows as the MySQL text protocol frames them, for tests without a server. */

const MAX_PACKET_BYTES = 0xffffff;

/** The payload of a row: each value behind its length, NULL as 0xfb. */
export function rowPayload(values: readonly (Buffer | null)[]): Buffer {
  return Buffer.concat(
    values.flatMap((value) => (value === null ? [Buffer.from([0xfb])] : [lengthPrefix(value.length), value])),
  );
}

function lengthPrefix(length: number): Buffer {
  if (length < 251) return Buffer.from([length]);
  if (length < 1 << 16) return Buffer.from([0xfc, length & 255, length >> 8]);
  const wide = Buffer.alloc(length < 1 << 24 ? 4 : 9);
  wide[0] = length < 1 << 24 ? 0xfd : 0xfe;
  wide.writeUIntLE(length, 1, length < 1 << 24 ? 3 : 6);
  return wide;
}

/** One payload as packets, numbered from `sequence`; one of 16 MiB and more is continued, as the protocol wants. */
export function packets(payload: Buffer, sequence = 0): Buffer {
  const parts: Buffer[] = [];
  for (let from = 0, more = true; more; from += MAX_PACKET_BYTES) {
    const part = payload.subarray(from, from + MAX_PACKET_BYTES);
    const header = Buffer.alloc(4);
    header.writeUIntLE(part.length, 0, 3);
    header[3] = (sequence + parts.length / 2) & 255;
    parts.push(header, part);
    more = part.length === MAX_PACKET_BYTES;
  }
  return Buffer.concat(parts);
}

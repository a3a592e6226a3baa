/** Events of a binlog, made byte by byte. */
import zlib from 'node:zlib';

interface EventParts {
  body?: Buffer;
  flags?: number;
  nextOffset?: number;
  timestamp?: number;
  serverId?: number;
  /** Default true. */
  checksum?: boolean;
}

export function eventBytes(type: number, parts: EventParts = {}): Buffer {
  const {
    body = Buffer.alloc(0),
    flags = 0,
    nextOffset = 0,
    timestamp = 0,
    serverId = 1,
    checksum = true,
  } = parts;
  const header = Buffer.alloc(19);
  header.writeUInt32LE(timestamp, 0);
  header[4] = type;
  header.writeUInt32LE(serverId, 5);
  header.writeUInt32LE(19 + body.length + (checksum ? 4 : 0), 9);
  header.writeUInt32LE(nextOffset, 13);
  header.writeUInt16LE(flags, 17);
  const event = Buffer.concat([header, body]);
  if (!checksum) return event;
  const sum = Buffer.alloc(4);
  sum.writeUInt32LE(zlib.crc32(event));
  return Buffer.concat([event, sum]);
}

export function rotation(file: string, offset: bigint): Buffer {
  const at = Buffer.alloc(8);
  at.writeBigUInt64LE(offset);
  return Buffer.concat([at, Buffer.from(file)]);
}

/** A length-encoded number below 2³². */
function packed(value: number): Buffer {
  const bytes = Buffer.alloc(9);
  bytes[0] = 254;
  bytes.writeBigUInt64LE(BigInt(value), 1);
  return bytes;
}

/** The body of a TRANSACTION_PAYLOAD. */
export function payload(data: Buffer, compression: number, expandedBytes: number): Buffer {
  const field = (type: number, value: number) => Buffer.concat([Buffer.from([type, 9]), packed(value)]);
  const fields = [field(2, compression), field(3, expandedBytes), field(1, data.length), Buffer.from([0])];
  return Buffer.concat([...fields, data]);
}

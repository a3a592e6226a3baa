/** Reads a binlog as the server keeps it on disk: a magic number, then events, each behind its header. */
import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';
import type { BinlogEvent } from '../../cdc/model.ts';
import type { TestDatabase } from './databases.ts';

const MAGIC_BYTES = 4;
const HEADER_BYTES = 19;
const CRC_BYTES = 4;
const FORMAT_DESCRIPTION = 15;

/** The events of a file from the first that begins at or behind `fromOffset`. Throws where a checksum is wrong. */
export function* readBinlogFile(file: string, fromOffset = MAGIC_BYTES): Generator<BinlogEvent> {
  const data = fs.readFileSync(file);
  let hasCrc = true;
  for (let at = MAGIC_BYTES; at < data.length;) {
    const type = data[at + 4]!;
    const end = at + data.readUInt32LE(at + 9);
    // Its last byte but the checksum is the algorithm: 1 is CRC32.
    if (type === FORMAT_DESCRIPTION) hasCrc = data[end - CRC_BYTES - 1] === 1;
    const bodyEnd = hasCrc ? end - CRC_BYTES : end;
    if (hasCrc && type !== FORMAT_DESCRIPTION) {
      const expected = data.readUInt32LE(bodyEnd);
      if (zlib.crc32(data.subarray(at, bodyEnd)) !== expected)
        throw new Error(`Checksum of the event at ${at}`);
    }
    if (at >= fromOffset) {
      yield {
        type,
        timestamp: data.readUInt32LE(at),
        serverId: data.readUInt32LE(at + 5),
        flags: data.readUInt16LE(at + 17),
        nextOffset: data.readUInt32LE(at + 13),
        body: data.subarray(at + HEADER_BYTES, bodyEnd),
      };
    }
    at = end;
  }
}

/** Where the server is writing now: a file that this machine can read, and the offset. */
export async function currentBinlog(
  source: Pick<TestDatabase, 'query'>,
): Promise<{ file: string; offset: number }> {
  const [place] = await source.query<{ base: string }>('select @@log_bin_basename as base');
  const [status] = await source
    .query<{ File: string; Position: number }>('show binary log status')
    .catch(() => source.query<{ File: string; Position: number }>('show master status'));
  return { file: path.join(path.dirname(place!.base), status!.File), offset: Number(status!.Position) };
}

import { PACKET_HEADER_BYTES, packetLength, type SourceBatch } from './source-batch.ts';

/** The rows of a source one by one, each as the payload of its packet. A large row is put together, and costs its own size in memory. */
export async function* rowPayloads(source: AsyncIterable<SourceBatch>): AsyncGenerator<Buffer> {
  let pieces: Buffer[] = [];
  for await (const batch of source) {
    if (batch.kind === 'piece') {
      pieces.push(batch.data);
      if (!batch.last) continue;
      yield Buffer.concat(pieces);
      pieces = [];
      continue;
    }
    for (let from = 0; from < batch.data.length;) {
      const start = from + PACKET_HEADER_BYTES;
      from = start + packetLength(batch.data, from);
      yield batch.data.subarray(start, from);
    }
  }
}

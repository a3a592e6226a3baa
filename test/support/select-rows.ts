/** Rows of a SELECT as the bulk road gets them: bytes of the text protocol, taken off the connection by the RowFramer. */
import type { SourceConnection } from '../../src/mysql/connection.ts';
import { RowSource } from '../../streams/row-source.ts';
import type { SourceBatch } from '../../streams/source-batch.ts';

const HEADER_BYTES = 4;

/** The payload of each row, without packet headers. */
export async function selectRows(source: SourceConnection, sql: string): Promise<Buffer[]> {
  const rows: Buffer[] = [];
  const pieces: Buffer[] = [];
  for await (const batch of new RowSource({ source, sql, table: 'test' }) as AsyncIterable<SourceBatch>) {
    if (batch.kind === 'piece') {
      pieces.push(batch.data);
      if (batch.last) rows.push(Buffer.concat(pieces.splice(0)));
      continue;
    }
    for (let at = 0; at < batch.data.length;) {
      const end = at + HEADER_BYTES + batch.data.readUIntLE(at, 3);
      rows.push(batch.data.subarray(at + HEADER_BYTES, end));
      at = end;
    }
  }
  return rows;
}

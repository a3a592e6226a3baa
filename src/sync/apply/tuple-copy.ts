/** The data of a COPY out of a batch: rows and keys as they lie in memory, neighbours in one piece. */
import { COPY_HEADER, COPY_TRAILER } from '../../../streams/copy-format.ts';
import type { TupleBytes } from '../../postgres/statement-pipeline.ts';
import type { ChangeBatch } from '../change-batch.ts';

export function rowOf({ log, memory }: ChangeBatch, index: number): TupleBytes {
  return { buffer: memory.chunk(log.chunk(index)), start: log.rowStart(index), end: log.rowEnd(index) };
}

export function keyOf({ log, memory }: ChangeBatch, index: number): TupleBytes {
  return { buffer: memory.chunk(log.chunk(index)), start: log.keyStart(index), end: log.keyEnd(index) };
}

export function payloadOf({ log, memory }: ChangeBatch, index: number): TupleBytes {
  return { buffer: memory.chunk(log.chunk(index)), start: log.keyEnd(index), end: log.payloadEnd(index) };
}

/** A whole COPY of these changes' rows or keys. */
export function* copyData(
  batch: ChangeBatch,
  changes: readonly number[],
  tupleOf: (batch: ChangeBatch, index: number) => TupleBytes,
): Generator<Buffer> {
  yield COPY_HEADER;
  let run: TupleBytes | null = null;
  for (const index of changes) {
    const tuple = tupleOf(batch, index);
    if (run !== null && run.buffer === tuple.buffer && run.end === tuple.start) {
      run.end = tuple.end;
      continue;
    }
    if (run !== null) yield run.buffer.subarray(run.start, run.end);
    run = tuple;
  }
  if (run !== null) yield run.buffer.subarray(run.start, run.end);
  yield COPY_TRAILER;
}

/** One tuple of the fields of two. */
export function joinTuples(a: TupleBytes, b: TupleBytes): TupleBytes {
  const count = a.buffer.readInt16BE(a.start) + b.buffer.readInt16BE(b.start);
  const head = Buffer.alloc(2);
  head.writeInt16BE(count);
  const buffer = Buffer.concat([
    head,
    a.buffer.subarray(a.start + 2, a.end),
    b.buffer.subarray(b.start + 2, b.end),
  ]);
  return { buffer, start: 0, end: buffer.length };
}

/**
 * The fast way through a chunk: one COPY, fed by a pipeline of buffers. Rows that the encoder refuses become rejects on the
 * way; a row that the target refuses ends the COPY, and the chunk has to go the careful way. Holds a few pooled buffers and
 * at most `MAX_COLLECTED_REJECT_BYTES` of rejected rows (invariant 7).
 */
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ArchiveTee } from '../../streams/archive-tee.ts';
import type { BufferPool } from '../../streams/buffer-pool.ts';
import { CopySink } from '../../streams/copy-sink.ts';
import { EncodeStage } from '../../streams/encode.ts';
import type { SourceBatch } from '../../streams/source-batch.ts';
import type { Rows } from '../../streams/rows.ts';
import { failpoint } from '../core/failpoints.ts';
import { ValueRefused } from '../core/reject-reasons.ts';
import { recordRejects, type RejectedRow } from '../ledger/rejects.ts';
import { encodeCarefully, splitRow } from '../mapping/careful-encoder.ts';
import type { PlannedMapping } from '../mapping/plan.ts';
import type { TargetConnection } from '../postgres/connection.ts';
import { targetErrorKind } from '../postgres/errors.ts';
import { checkCopied } from './chunk-counts.ts';
import type { ChunkTask, CopyResult } from './chunk-task.ts';
import { copyStatement } from './copy-statement.ts';

/** How long a target may take to answer the end of a COPY that has failed. */
const SETTLE_TIMEOUT_MS = 5_000;
/** Beyond this, rejects of a chunk are not collected while COPY runs, but written in between by the careful way. */
const MAX_COLLECTED_REJECT_BYTES = 2 * 1024 * 1024;

/** The chunk has to be loaded again, row by row where need be. */
export class NeedsCare extends Error {}

interface FastCopyOptions {
  source: Rows;
  /** Where the rows go as well; null: nowhere. */
  tee: ArchiveTee | null;
  target: TargetConnection;
  planned: PlannedMapping;
  task: ChunkTask;
  /** The memory of the source's batches. */
  inputPool: BufferPool;
  /** The memory of the encoded batches. */
  pool: BufferPool;
  batchRows: number;
  signal: AbortSignal;
  onProgress(rows: number, bytes: number): void;
}

/**
 * Loads what the source gives inside the open transaction. Throws NeedsCare where a row is at fault, COUNTS_DIFFER, and every
 * other error as it came.
 */
export async function copyFast(options: FastCopyOptions): Promise<CopyResult> {
  const { source, tee, target, planned, task, inputPool, pool, batchRows, signal, onProgress } = options;
  const rejects: RejectedRow[] = [];
  let rejectBytes = 0;
  const encode = new EncodeStage({
    compiled: planned.compiled,
    inputPool,
    pool,
    batchRows,
    onRefused: (payload) => {
      rejectBytes += payload.length;
      if (rejectBytes > MAX_COLLECTED_REJECT_BYTES) throw new NeedsCare();
      rejects.push(explainRefusal(task, planned, payload));
    },
  });
  let reportedBytes = 0;
  const sink = new CopySink({
    client: target.client,
    sql: copyStatement(planned),
    pool,
    onBatch: (batch) => {
      failpoint('bulk.in-copy');
      onProgress(batch.rows, source.bytesRead - reportedBytes);
      reportedBytes = source.bytesRead;
    },
  });
  try {
    await (tee
      ? pipeline(source, (batches: AsyncIterable<SourceBatch>) => tee.pass(batches), encode, sink, { signal })
      : pipeline(source, encode, sink, { signal }));
  } catch (error) {
    await settle(sink, target);
    throw !signal.aborted && isAboutRows(error) ? new NeedsCare() : error;
  }
  checkCopied(task, encode.tuplesEncoded, sink.rowsCopied);
  onProgress(encode.rowsFiltered + encode.rowsRefused, source.bytesRead - reportedBytes);
  await recordRejects(target, task.runId, task.mapping, task.chunk, rejects);
  return {
    counts: {
      rowsRead: source.rowsRead,
      rowsLoaded: encode.rowsEncoded,
      rowsFiltered: encode.rowsFiltered,
      rowsRejected: rejects.length,
      bytesRead: source.bytesRead,
      bytesWritten: encode.bytesEncoded,
    },
    times: { readMs: source.waitMs, encodeMs: encode.busyMs, copyMs: sink.waitMs },
  };
}

function isAboutRows(error: unknown): boolean {
  return error instanceof NeedsCare || error instanceof ValueRefused || targetErrorKind(error) === 'data';
}

/** A target that does not answer the end of its COPY is left behind: the server rolls back what was open. */
async function settle(sink: CopySink, target: TargetConnection): Promise<void> {
  const timeout = new AbortController();
  const late = sleep(SETTLE_TIMEOUT_MS, true, { signal: timeout.signal }).catch(() => false);
  const gaveUp = await Promise.race([sink.settled.then(() => false), late]);
  timeout.abort();
  if (gaveUp) target.abandon();
}

function explainRefusal(task: ChunkTask, planned: PlannedMapping, payload: Buffer): RejectedRow {
  const { compiled } = planned;
  const values = splitRow(payload, 0, compiled.sourceColumns.length);
  const refusal = encodeCarefully(compiled, values);
  // The careful encoder refuses whatever the fast one does; without a reason the row must not be passed over.
  if (typeof refusal === 'string' || !('reason' in refusal)) throw new NeedsCare();
  return {
    columns: compiled.sourceColumns.map((column) => column.name),
    values,
    keyColumns: task.keyColumns,
    secrets: planned.mapping.secrets ?? [],
    reason: refusal.reason,
    column: refusal.column,
    sqlState: null,
  };
}

/**
 * Loads rejected rows again, after they were mended at the source: each open reject's row is read by its key, and loaded or
 * rejected anew. The counts of its chunk follow, so that rows read = loaded + filtered + rejected stays true (invariant 5).
 */
import { rowKeyCondition } from '../../streams/row-key-condition.ts';
import { RowSource } from '../../streams/row-source.ts';
import type { Settings } from '../config/settings.ts';
import { throwIfInterrupted } from '../core/retry.ts';
import { adjustChunk } from '../ledger/loads.ts';
import {
  claimOpenRejects,
  countKeylessRejects,
  lastRejectId,
  resolveRejects,
  type OpenReject,
} from '../ledger/rejects.ts';
import type { PlannedMapping } from '../mapping/plan.ts';
import { selectFrom } from '../mapping/select-statement.ts';
import type { SourceConnection } from '../mysql/connection.ts';
import type { TargetConnection } from '../postgres/connection.ts';
import { inTransaction } from '../postgres/transaction.ts';
import { copyCarefully } from './careful-copy.ts';

const BATCH_ROWS = 200;

export interface RetryReport {
  retried: number;
  loaded: number;
  filtered: number;
  rejectedAgain: number;
  /** No longer at the source: the reject is closed. */
  gone: number;
  /** Open rejects of a table without a key: their rows cannot be found again. */
  keyless: number;
}

interface RetryOptions {
  settings: Settings;
  source: SourceConnection;
  target: TargetConnection;
  runId: string;
  planned: PlannedMapping;
  signal: AbortSignal;
}

/** Retries the open rejects of one mapping that have a key. Each batch commits by itself. */
export async function retryRejects(options: RetryOptions): Promise<RetryReport> {
  const { target, runId, planned, signal } = options;
  const report: RetryReport = { retried: 0, loaded: 0, filtered: 0, rejectedAgain: 0, gone: 0, keyless: 0 };
  report.keyless = await countKeylessRejects(target, runId, planned.mapping.id);
  const upTo = await lastRejectId(target);
  let after = '0';
  for (;;) {
    throwIfInterrupted(signal);
    const last = await inTransaction(target, async () => {
      const rejects = await claimOpenRejects(target, runId, planned.mapping.id, {
        after,
        upTo,
        limit: BATCH_ROWS,
      });
      if (rejects.length > 0) await retryBatch(options, rejects, report);
      return rejects.at(-1);
    });
    if (!last) return report;
    after = last.id;
  }
}

/** All rejects of a batch belong to one chunk. */
async function retryBatch(options: RetryOptions, rejects: OpenReject[], report: RetryReport): Promise<void> {
  const { settings, source, target, runId, planned } = options;
  const { chunk } = rejects[0]!;
  const mapping = planned.mapping.id;
  const keyColumns = Object.keys(rejects[0]!.key);
  const rows = new RowSource({
    source,
    sql: selectFrom(planned, rejects.map(({ key }) => rowKeyCondition(planned.table, key)).join(' OR ')),
    table: planned.table.name,
  });
  const counts = await copyCarefully({
    source: rows,
    target,
    planned,
    task: { runId, mapping, chunk, keyColumns },
    batchRows: settings.bulk.batchRows,
    onProgress: () => undefined,
  });
  await resolveRejects(
    target,
    rejects.map(({ id }) => id),
    'retried',
  );
  await adjustChunk(target, runId, mapping, chunk, {
    rowsRead: counts.rowsRead - rejects.length,
    rowsLoaded: counts.rowsLoaded,
    rowsFiltered: counts.rowsFiltered,
    rowsRejected: counts.rowsRejected - rejects.length,
    bytesRead: 0,
    bytesWritten: counts.bytesWritten,
  });
  report.retried += rejects.length;
  report.loaded += counts.rowsLoaded;
  report.filtered += counts.rowsFiltered;
  report.rejectedAgain += counts.rowsRejected;
  report.gone += rejects.length - counts.rowsRead;
}

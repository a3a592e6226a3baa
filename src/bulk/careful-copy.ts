/**
 * The careful way through a chunk that has a bad row in it: small batches, each behind a savepoint. A batch that the target
 * refuses is bisected in memory until the bad rows stand alone; they are rejected with their reason, all others loaded.
 * Holds one batch of at most `batchRows` rows and about `MAX_BATCH_BYTES`, or one row where that is larger.
 */
import { from as copyFrom } from 'pg-copy-streams';
import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import { COPY_HEADER, COPY_TRAILER } from '../../streams/copy-format.ts';
import type { Rows } from '../../streams/rows.ts';
import { rowPayloads } from '../../streams/row-payloads.ts';
import { failpoint } from '../core/failpoints.ts';
import type { RejectReason } from '../core/reject-reasons.ts';
import type { ChunkCounts } from '../ledger/loads.ts';
import { recordRejects, type RejectedRow } from '../ledger/rejects.ts';
import { encodeCarefully, splitRow } from '../mapping/careful-encoder.ts';
import type { PlannedMapping } from '../mapping/plan.ts';
import type { TargetConnection } from '../postgres/connection.ts';
import {
  classifyTargetError,
  copyLineOf,
  rejectReasonOf,
  sqlStateOf,
  targetErrorKind,
} from '../postgres/errors.ts';
import { checkCopied } from './chunk-counts.ts';
import type { ChunkTask } from './chunk-task.ts';
import { copyStatement } from './copy-statement.ts';

const MAX_BATCH_BYTES = 1024 * 1024;

interface CarefulOptions {
  source: Rows;
  target: TargetConnection;
  planned: PlannedMapping;
  task: Pick<ChunkTask, 'runId' | 'mapping' | 'chunk' | 'keyColumns'>;
  batchRows: number;
  onProgress(rows: number, bytes: number): void;
}

interface EncodedRow {
  values: (Buffer | null)[];
  tuples: Buffer;
  /** How many tuples there are. */
  count: number;
}

/** Loads what the source gives inside the open transaction. Throws driver errors that are not about a row's data as they are. */
export async function copyCarefully(options: CarefulOptions): Promise<ChunkCounts> {
  const load = new CarefulLoad(options);
  // A constraint that is checked only at the commit could not be traced to its row.
  await options.target.query('SET CONSTRAINTS ALL IMMEDIATE');
  for await (const payload of rowPayloads(options.source)) await load.add(payload);
  await load.flush();
  const { source } = options;
  return { ...load.counts, rowsRead: source.rowsRead, bytesRead: source.bytesRead };
}

/** The column that the server names, where it does. */
function columnOf(error: unknown): string | null {
  const { column } = classifyTargetError(error, { action: 'load a row' }).where;
  return typeof column === 'string' ? column : null;
}

/** The source row whose tuple is at the line of the COPY; null where the server named none. */
function suspectAt(
  rows: readonly EncodedRow[],
  from: number,
  to: number,
  line: number | null,
): number | null {
  if (line === null || line < 1) return null;
  let before = 0;
  for (let index = from; index < to; index++) if ((before += rows[index]!.count) >= line) return index;
  return null;
}

class CarefulLoad {
  readonly counts = { rowsLoaded: 0, rowsFiltered: 0, rowsRejected: 0, bytesWritten: 0 };
  readonly #options: CarefulOptions;
  readonly #copySql: string;
  #rows: EncodedRow[] = [];
  /** Rows of the batch, those that were filtered or refused among them. */
  #batchRows = 0;
  #batchBytes = 0;
  /** Of the batch, as the source gave it. */
  #readBytes = 0;
  #rejects: RejectedRow[] = [];

  constructor(options: CarefulOptions) {
    this.#options = options;
    this.#copySql = copyStatement(options.planned);
  }

  async add(payload: Buffer): Promise<void> {
    const { compiled } = this.#options.planned;
    const values = splitRow(payload, 0, compiled.sourceColumns.length);
    const encoded = encodeCarefully(compiled, values);
    if (encoded === 'filtered') this.counts.rowsFiltered++;
    else if ('reason' in encoded) this.#reject(values, encoded.reason, encoded.column, null);
    else {
      this.#rows.push({ values, tuples: encoded.tuples, count: encoded.rows });
      this.#batchBytes += encoded.tuples.length;
    }
    this.#batchRows++;
    this.#batchBytes += payload.length;
    this.#readBytes += payload.length;
    if (this.#batchRows >= this.#options.batchRows || this.#batchBytes >= MAX_BATCH_BYTES) await this.flush();
  }

  async flush(): Promise<void> {
    const { target, task, onProgress } = this.#options;
    await this.#copyRange(this.#rows, 0, this.#rows.length);
    await recordRejects(target, task.runId, task.mapping, task.chunk, this.#rejects);
    onProgress(this.#batchRows, this.#readBytes);
    this.#readBytes = 0;
    this.#rows = [];
    this.#rejects = [];
    this.#batchRows = 0;
    this.#batchBytes = 0;
  }

  async #copyRange(rows: EncodedRow[], from: number, to: number): Promise<void> {
    if (from >= to) return;
    const { target } = this.#options;
    failpoint('bulk.in-careful-copy');
    await target.query('SAVEPOINT careful');
    const error = await this.#tryCopy(rows, from, to);
    if (error === null) {
      await target.query('RELEASE SAVEPOINT careful');
      return;
    }
    await target.query('ROLLBACK TO SAVEPOINT careful');
    await target.query('RELEASE SAVEPOINT careful');
    if (to - from === 1) {
      this.#reject(
        rows[from]!.values,
        rejectReasonOf(error) ?? 'target_refused',
        columnOf(error),
        sqlStateOf(error),
      );
      return;
    }
    // The server says at which row it stopped: a good guess, but only a row that fails alone is rejected.
    const suspect = suspectAt(rows, from, to, copyLineOf(error));
    if (suspect === null) {
      const middle = (from + to) >>> 1;
      await this.#copyRange(rows, from, middle);
      await this.#copyRange(rows, middle, to);
    } else {
      await this.#copyRange(rows, from, suspect);
      await this.#copyRange(rows, suspect, suspect + 1);
      await this.#copyRange(rows, suspect + 1, to);
    }
  }

  /** Returns the server's complaint about the data, null where it took all; throws everything else. */
  async #tryCopy(rows: EncodedRow[], from: number, to: number): Promise<unknown> {
    const batch = rows.slice(from, to);
    const tuples = batch.map((row) => row.tuples);
    const copy = this.#options.target.client.query(copyFrom(this.#copySql));
    try {
      await pipeline(Readable.from([COPY_HEADER, ...tuples, COPY_TRAILER]), copy);
    } catch (error) {
      if (targetErrorKind(error) === 'data') return error;
      throw error;
    }
    checkCopied(
      this.#options.task,
      batch.reduce((sum, { count }) => sum + count, 0),
      copy.rowCount,
    );
    this.counts.rowsLoaded += batch.length;
    for (const tuple of tuples) this.counts.bytesWritten += tuple.length;
    return null;
  }

  #reject(
    values: (Buffer | null)[],
    reason: RejectReason,
    column: string | null,
    sqlState: string | null,
  ): void {
    const { planned, task } = this.#options;
    this.counts.rowsRejected++;
    this.#rejects.push({
      columns: planned.compiled.sourceColumns.map((source) => source.name),
      values,
      keyColumns: task.keyColumns,
      secrets: planned.mapping.secrets ?? [],
      reason,
      column,
      sqlState,
    });
  }
}

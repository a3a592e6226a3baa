/** The rejects of a part: opened for rows whose last version could not be loaded, closed for rows of which a later one came. */
import { keepSameRejects } from '../../ledger/refused-rows.ts';
import { recordRejects, rejectKey, supersedeRejects, type RejectedRow } from '../../ledger/rejects.ts';
import { encodeCarefully, splitRow } from '../../mapping/careful-encoder.ts';
import type { ChangeBatch } from '../change-batch.ts';
import { CHANGE } from '../change-log.ts';
import { KeySet } from './net-effect.ts';
import type { RawTarget } from './raw-target.ts';
import type { ServerRefusal } from './source-order.ts';
import { payloadOf } from './tuple-copy.ts';

export class AppliedRejects {
  readonly #target: RawTarget;
  readonly #runId: string;
  /** How many rejects of each mapping are open: as long as there are none, nothing is looked for. */
  readonly #open: number[];

  private constructor(target: RawTarget, runId: string, open: number[]) {
    this.#target = target;
    this.#runId = runId;
    this.#open = open;
  }

  static async read(target: RawTarget, runId: string, mappings: readonly string[]): Promise<AppliedRejects> {
    const { rows } = await target.query<{ mapping: string; count: string }>(
      `SELECT mapping, count(*) AS count FROM transfuse.rejects
       WHERE run_id = $1 AND resolved_at IS NULL AND row_key IS NOT NULL GROUP BY mapping`,
      [runId],
    );
    const counts = new Map(rows.map((row) => [row.mapping, Number(row.count)]));
    return new AppliedRejects(
      target,
      runId,
      mappings.map((mapping) => counts.get(mapping) ?? 0),
    );
  }

  /** Brings the ledger's rejects to where the batch leaves them. Returns how many were opened. */
  async settle(batch: ChangeBatch, refusals: readonly ServerRefusal[]): Promise<number> {
    const hasClosed = await this.#close(batch);
    const lasting = this.#lasting(batch, new Map(refusals.map((refusal) => [refusal.change, refusal])));
    for (const [mapping, rows] of lasting) {
      await recordRejects(this.#target, this.#runId, this.#idOf(batch, mapping), null, rows);
      this.#open[mapping]! += rows.length;
    }
    const opened = [...lasting.values()].reduce((sum, rows) => sum + rows.length, 0);
    const kept = hasClosed && opened > 0 ? await keepSameRejects(this.#target, this.#runId) : 0;
    return opened - kept;
  }

  /** Whether there were any. */
  async #close(batch: ChangeBatch): Promise<boolean> {
    const { log } = batch;
    if (this.#open.every((count) => count === 0)) return false;
    const keys = new Map<number, ReturnType<typeof rejectKey>[] | 'all'>();
    for (let change = 0; change < log.length; change++) {
      const mapping = log.mapping(change);
      if (this.#open[mapping] === 0) continue;
      const known = keys.get(mapping) ?? [];
      keys.set(mapping, known);
      if (known === 'all') continue;
      if (log.kind(change) === CHANGE.truncate) keys.set(mapping, 'all');
      else known.push(rejectKey(sourceRow(batch, change)));
    }
    let hasClosed = false;
    for (const [mapping, rows] of keys) {
      const closed = await supersedeRejects(this.#target, this.#runId, this.#idOf(batch, mapping), rows);
      this.#open[mapping]! -= closed;
      hasClosed ||= closed > 0;
    }
    return hasClosed;
  }

  /** The refused rows that no later version follows. */
  #lasting(batch: ChangeBatch, refusals: ReadonlyMap<number, ServerRefusal>): Map<number, RejectedRow[]> {
    const { log } = batch;
    const lasting = new Map<number, RejectedRow[]>();
    const isRefused = (change: number): boolean =>
      log.kind(change) === CHANGE.refused || refusals.has(change);
    let first = 0;
    while (first < log.length && !isRefused(first)) first++;
    if (first === log.length) return lasting;
    const settled = new KeySet(batch, log.length - first);
    const emptied = new Set<number>();
    for (let change = log.length - 1; change >= first; change--) {
      const mapping = log.mapping(change);
      if (log.kind(change) === CHANGE.truncate) emptied.add(mapping);
      const hasKey = log.keyEnd(change) > log.keyStart(change);
      const isLast = !emptied.has(mapping) && (!hasKey || settled.add(change));
      if (!isLast || !isRefused(change)) continue;
      const rows = lasting.get(mapping) ?? [];
      lasting.set(mapping, rows);
      rows.unshift(rejectedRow(batch, change, refusals.get(change)));
    }
    return lasting;
  }

  #idOf(batch: ChangeBatch, mapping: number): string {
    return batch.mappings[mapping]!.planned.mapping.id;
  }
}

function sourceRow(batch: ChangeBatch, change: number) {
  const { planned, sourceKey, beforeColumns } = batch.mappings[batch.log.mapping(change)]!;
  const kind = batch.log.kind(change);
  const isWhole = kind === CHANGE.upsert || kind === CHANGE.refused;
  const columns = isWhole ? planned.compiled.sourceColumns : beforeColumns;
  const { buffer, start } = payloadOf(batch, change);
  return {
    columns: columns.map((column) => column.name),
    values: splitRow(buffer, start, columns.length),
    keyColumns: sourceKey.map((column) => column.name),
    secrets: planned.mapping.secrets ?? [],
  };
}

/** The reason that the careful encoder gives comes first: it names the column, and is the one that bulk gives. */
function rejectedRow(batch: ChangeBatch, change: number, refusal: ServerRefusal | undefined): RejectedRow {
  const row = sourceRow(batch, change);
  const { compiled } = batch.mappings[batch.log.mapping(change)]!.planned;
  const encoded = encodeCarefully(compiled, row.values);
  if (typeof encoded === 'object' && 'reason' in encoded) return { ...row, ...encoded, sqlState: null };
  const { reason, column, sqlState } = refusal ?? { reason: 'malformed', column: null, sqlState: null };
  return { ...row, reason, column, sqlState };
}

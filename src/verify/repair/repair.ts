/**
 * Repair: what the source has is noted for sync, which makes it anew by the way that its own changes take; what only the target has is taken away, and kept in
 * the ledger. Does not promise that nothing differs afterwards: that takes another verification.
 */
import { operator } from '../../core/operator.ts';
import { readCheckpointIfAny } from '../../ledger/checkpoints.ts';
import { haveOpenRejects } from '../../ledger/rejects.ts';
import { recordRepairs } from '../../ledger/repairs.ts';
import { KEY_ITSELF, recordTouches, type Touch } from '../../ledger/touched-rows.ts';
import type { Plan, PlannedMapping } from '../../mapping/plan.ts';
import { rowKeyColumns } from '../../mysql/row-key.ts';
import type { TargetConnection } from '../../postgres/connection.ts';
import { inTransaction } from '../../postgres/transaction.ts';
import { keyDigest, type Difference } from '../differences.ts';
import type { SourceKey } from '../suspects.ts';
import type { MappingResult } from '../mapping-result.ts';
import type { DatabaseVerification } from '../verify-report.ts';
import { removeRows } from './remove-rows.ts';
import type { RepairContext } from './repair-context.ts';

export interface RepairedMapping {
  mapping: string;
  /** Rows of the source that sync is to make anew. */
  noted: number;
  removed: number;
  /** Rows that only the target has and that stay: others refer to them, or have written to them since they were seen. */
  kept: number;
  /** Of the noted ones, those that the target has refused by now: they are rejects. */
  rejected: number;
  /** Why it cannot be repaired; null where it can. */
  refused: string | null;
}

const NOTES_AT_ONCE = 1000;

/** For each mapping that differs. Behind it a sync has to run until it has passed what the source shows now. Throws TARGET_*. */
export async function repairDatabase(
  target: TargetConnection,
  plan: Plan,
  verification: DatabaseVerification,
): Promise<RepairedMapping[]> {
  const context: RepairContext = {
    target,
    verification: verification.id,
    by: operator(),
    digestOf: (mapping, key) => keyDigest(verification.digestKey, mapping, key),
  };
  const repaired: RepairedMapping[] = [];
  // Rows that refer to others are mostly planned behind them: they go first.
  for (const result of verification.mappings.toReversed()) {
    const planned = plan.mappings.find(({ mapping }) => mapping.id === result.mapping)!;
    if (result.differences.length > 0)
      repaired.push(await repairMapping(context, planned, result, verification.runId));
  }
  return repaired.toReversed();
}

async function repairMapping(
  context: RepairContext,
  planned: PlannedMapping,
  { mapping, differences }: MappingResult,
  runId: string,
): Promise<RepairedMapping> {
  const key = rowKeyColumns(planned.table);
  const extra = differences.filter(({ kind }) => kind === 'extra');
  const removed = await removeRows(context, planned, extra);
  const known = differences.filter(({ kind }) => kind !== 'extra');
  const notable = known.filter((row) => key.every((name) => typeof row.key[name] === 'string'));
  for (let from = 0; from < notable.length; from += NOTES_AT_ONCE)
    await note(context, mapping, key, notable.slice(from, from + NOTES_AT_ONCE), runId);
  const refused =
    notable.length < known.length ? 'keys that are no text cannot be noted: bin/bulk --replace' : null;
  return { mapping, noted: notable.length, removed, kept: extra.length - removed, rejected: 0, refused };
}

async function note(
  { target, verification, by, digestOf }: RepairContext,
  mapping: string,
  key: readonly string[],
  rows: readonly Difference[],
  runId: string,
): Promise<void> {
  await inTransaction(target, async () => {
    const checkpoint = await readCheckpointIfAny(target, runId);
    const touches = rows.map((row): Touch => ({
      mapping,
      watch: KEY_ITSELF,
      inputs: JSON.stringify(key.map((name) => row.key[name])),
    }));
    // As by the last transaction of sync: whoever waits for what was touched before now waits for these.
    await recordTouches(target, runId, touches, String((checkpoint?.commits ?? 0n) - 1n));
    await recordRepairs(
      target,
      verification,
      by,
      rows.map((row) => ({
        mapping,
        action: 'noted',
        key: row.key,
        digest: digestOf(mapping, row.key),
        row: null,
      })),
    );
  });
}

/** Of the rows that were noted because they were missing or other: how many sync could not load either. Once it has been there. Throws TARGET_*. */
export async function countRejected(
  target: TargetConnection,
  { runId, mappings }: DatabaseVerification,
  mapping: string,
): Promise<number> {
  const { differences } = mappings.find((one) => one.mapping === mapping)!;
  const keys = differences
    .filter(({ kind }) => kind === 'missing' || kind === 'differs')
    .map(({ key }) => key as SourceKey);
  const open = await haveOpenRejects(target, runId, mapping, keys);
  return open.filter(Boolean).length;
}

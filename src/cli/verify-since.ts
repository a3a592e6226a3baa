/** What has changed at the source since rows were proved to be the same: the rest need not be compared again. */
import type { Destination } from '../config/destinations.ts';
import { TransfuseError } from '../core/errors.ts';
import { quantity } from '../core/quantity.ts';
import { ensureLedger, ledgerExists } from '../ledger/ddl.ts';
import { latestRun } from '../ledger/runs.ts';
import { readProven, type ProvenMapping } from '../ledger/verifications.ts';
import type { Plan } from '../mapping/plan.ts';
import { openTarget } from '../postgres/connection.ts';
import { readTouchedSince } from '../sync/touched-since.ts';
import type { Since } from '../verify/verify.ts';
import type { CommandContext } from './command.ts';
import { messagesTo } from './messages.ts';

/** Throws VERIFY_NOTHING_PROVEN, and what reading the binlog throws. */
export async function sinceLast(
  context: CommandContext,
  plan: Plan,
  destination: Destination,
): Promise<Since> {
  const { settings, signal, logger } = context;
  const { database } = destination;
  const proven = new Map((await readProvenOf(context, destination)).map((one) => [one.mapping, one]));
  const used = plan.mappings.flatMap(({ mapping }) => proven.get(mapping.id) ?? []);
  const oldest = used.toSorted((a, b) => a.startedAt.getTime() - b.startedAt.getTime())[0];
  if (!oldest)
    throw new TransfuseError(
      'VERIFY_NOTHING_PROVEN',
      `No verification has found ${database.database} to be the same since it was loaded.`,
    );
  const { startedAt, position } = oldest;
  const { onNote, onRetry } = messagesTo(context);
  const touched = await readTouchedSince({ settings, plan, from: position, signal, onRetry });
  for (const { mapping } of plan.mappings)
    if (!proven.has(mapping.id)) touched.whole.set(mapping.id, 'no verification has found it to be the same');
  for (const [mapping, reason] of touched.whole) onNote(`All rows of ${mapping} are compared: ${reason}.`);
  const rows = [...touched.keys.values()].reduce((sum, keys) => sum + keys.size, 0);
  onNote(
    `${quantity(rows, 'row')} of ${quantity(touched.keys.size, 'mapping')} changed since the verification of ${startedAt.toISOString()}.`,
  );
  logger.info({ rows, whole: touched.whole.size, since: startedAt }, 'changed since the last verification');
  return {
    startedAt,
    position,
    keysOf: (mapping) => (touched.whole.has(mapping) ? null : (touched.keys.get(mapping) ?? new Set())),
  };
}

async function readProvenOf({ signal }: CommandContext, { database }: Destination): Promise<ProvenMapping[]> {
  const target = await openTarget(database, { applicationName: 'transfuse verify', signal });
  try {
    if (!(await ledgerExists(target))) return [];
    await ensureLedger(target);
    const run = await latestRun(target);
    return run ? await readProven(target, run.id) : [];
  } finally {
    await target.close();
  }
}

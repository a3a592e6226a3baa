/** Repair, until nothing differs that can be repaired: what was found, then sync, then another verification. */
import type { Destination } from '../config/destinations.ts';
import { TransfuseError } from '../core/errors.ts';
import { quantity } from '../core/quantity.ts';
import { lockHolder } from '../ledger/lock.ts';
import { openTarget } from '../postgres/connection.ts';
import { loadProfile } from '../profiles/load-profile.ts';
import { awaitRepair } from '../verify/repair/await-repair.ts';
import { countRejected, repairDatabase, type RepairedMapping } from '../verify/repair/repair.ts';
import type { CommandContext } from './command.ts';
import { followDatabase } from './follow-database.ts';
import { databasesOf, readExtensions } from './planning.ts';
import { verifyAll, type VerifiedDatabase, type VerifyPass, type VerifyRequest } from './verify-pass.ts';

export interface Repair extends RepairedMapping {
  database: string;
}

/** What others refer to can go once these have been made anew. */
const ROUNDS = 3;

/** So that rows are compared that both sides have had time for. Throws what a sync throws. */
export async function catchUpAll(
  context: CommandContext,
  destinations: readonly Destination[],
): Promise<void> {
  for (const destination of destinations) await catchUp(context, destination);
}

/** Returns the last pass, and what was done for it. Throws what a verification and a sync throw. */
export async function repairAll(
  context: CommandContext,
  request: VerifyRequest,
  first: VerifyPass,
): Promise<{ pass: VerifyPass; repairs: Repair[] }> {
  const repairs = new Map<string, Repair>();
  let pass = first;
  for (let round = 0; round < ROUNDS; round++) {
    const done: Repair[] = [];
    for (const one of pass.verified) done.push(...(await repairOne(context, request, one)));
    for (const one of repairs.values()) one.kept = 0;
    for (const one of done) add(repairs, one);
    if (done.every(({ noted, removed }) => noted + removed === 0)) break;
    context.console.info('Comparing again what was repaired.');
    pass = await verifyAll(context, request);
  }
  return { pass, repairs: [...repairs.values()] };
}

/** What stays counts as it was left by the last round. */
function add(repairs: Map<string, Repair>, { noted, removed, rejected, ...now }: Repair): void {
  const name = `${now.database} ${now.mapping}`;
  const before = repairs.get(name) ?? { noted: 0, removed: 0, rejected: 0 };
  repairs.set(name, {
    ...now,
    noted: before.noted + noted,
    removed: before.removed + removed,
    rejected: before.rejected + rejected,
  });
}

async function repairOne(
  context: CommandContext,
  { live }: VerifyRequest,
  { destination, plan, verification }: VerifiedDatabase,
): Promise<Repair[]> {
  const { settings, signal, console, logger } = context;
  const { database } = destination;
  const target = await openTarget(database, { applicationName: 'transfuse verify repair', signal });
  let repaired: RepairedMapping[];
  try {
    repaired = await repairDatabase(target, plan, verification);
  } finally {
    await target.close();
  }
  for (const { mapping, noted, removed } of repaired) logger.info({ mapping, noted, removed }, 'repaired');
  const noted = repaired.reduce((sum, one) => sum + one.noted, 0);
  if (noted > 0) {
    console.info(`${quantity(noted, 'row')} of ${database.database} noted: sync makes them anew.`);
    if (live) await awaitRepair(settings, database, verification.runId, signal);
    else await catchUp(context, destination);
    await countRefused(context, destination, verification, repaired);
  }
  return repaired.map((one) => ({ database: database.database, ...one }));
}

async function countRefused(
  { signal }: CommandContext,
  { database }: Destination,
  verification: VerifiedDatabase['verification'],
  repaired: readonly RepairedMapping[],
): Promise<void> {
  const target = await openTarget(database, { applicationName: 'transfuse verify repair', signal });
  try {
    for (const one of repaired)
      if (one.noted > 0) one.rejected = await countRejected(target, verification, one.mapping);
  } finally {
    await target.close();
  }
}

async function catchUp(context: CommandContext, destination: Destination): Promise<void> {
  const { settings, signal } = context;
  const loaded = await loadProfile(context.profileName, settings);
  const extensions = await readExtensions(databasesOf(settings, loaded.profile), {
    applicationName: 'transfuse planning',
    signal,
  });
  const report = await followDatabase(context, {
    loaded,
    extensions,
    destination,
    acceptSchema: null,
    sharers: 1,
    continuous: false,
    until: null,
    signal,
  });
  if (report.ended === 'stopped') signal.throwIfAborted();
}

/** Hours of comparing are not to end there. Throws LOCK_HELD. */
export async function requireWriter(
  { signal }: CommandContext,
  destinations: readonly Destination[],
): Promise<void> {
  for (const { database } of destinations) {
    const target = await openTarget(database, { applicationName: 'transfuse verify', signal });
    try {
      const holder = await lockHolder(target);
      if (holder)
        throw new TransfuseError(
          'LOCK_HELD',
          `Another command writes to ${database.database}: ${holder.application || 'unknown'}, from ${holder.client} (server process ${holder.pid}).`,
          {
            where: { holder: holder.application, pid: holder.pid },
            fix: 'Beside bin/sync --continuous: bin/verify --live --repair, and sync makes the rows anew. Or stop it first.',
          },
        );
    } finally {
      await target.close();
    }
  }
}

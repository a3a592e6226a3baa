/** One verification of everything that was asked for: each database, and what one refers to in another. */
import { setTimeout as sleep } from 'node:timers/promises';
import { destinationsOf, type Destination } from '../config/destinations.ts';
import { TransfuseError } from '../core/errors.ts';
import type { ServiceName } from '../core/services.ts';
import { planOf, type Plan } from '../mapping/plan.ts';
import { openTarget } from '../postgres/connection.ts';
import { ProgressModel } from '../telemetry/progress.ts';
import type { DatabaseVerification } from '../verify/verify-report.ts';
import { verifyRelationships, type Relationship } from '../verify/relationships.ts';
import { verifyDatabase, type VerifyOptions } from '../verify/verify.ts';
import type { CommandContext } from './command.ts';
import { messagesTo } from './messages.ts';
import { sinceLast } from './verify-since.ts';
import { startProgressDisplay } from './progress-display.ts';

export interface VerifyRequest extends Pick<
  VerifyOptions,
  | 'plan'
  | 'hashesInTarget'
  | 'maxLoad'
  | 'columns'
  | 'isOfAll'
  | 'live'
  | 'deep'
  | 'attest'
  | 'maxDifferences'
  | 'samples'
> {
  services: readonly ServiceName[];
  /** Compare only what has changed since the last verification in which nothing differed. */
  sinceLast: boolean;
}

export interface VerifiedDatabase {
  destination: Destination;
  /** What goes to it. */
  plan: Plan;
  verification: DatabaseVerification;
}

export interface VerifyPass {
  verified: VerifiedDatabase[];
  relationships: Relationship[];
}

/** A row of another service may be on its way there. */
const LOOK_AGAIN_TIMES = 10;
const LOOK_AGAIN_MS = 1000;

/** Throws what verifyDatabase throws, and NOTHING_TO_DO. */
export async function verifyAll(context: CommandContext, request: VerifyRequest): Promise<VerifyPass> {
  const { signal } = context;
  const progress = new ProgressModel();
  const display = await startProgressDisplay(progress, context.console);
  try {
    const verified = await verifyDatabases(context, request, progress);
    progress.setPhase('relationships');
    return { verified, relationships: await relationshipsOf(request, verified, signal) };
  } catch (error) {
    throw signal.aborted ? interrupted() : error;
  } finally {
    display.stop();
  }
}

async function verifyDatabases(
  context: CommandContext,
  { services, sinceLast: isSinceLast, ...request }: VerifyRequest,
  progress: ProgressModel,
): Promise<VerifiedDatabase[]> {
  const { settings, signal, logger } = context;
  const verified: VerifiedDatabase[] = [];
  for (const destination of destinationsOf(settings.targets, services)) {
    const plan = planOf(request.plan, destination.services);
    if (plan.mappings.length === 0 && !request.isOfAll) continue;
    const since = isSinceLast ? await sinceLast(context, plan, destination) : null;
    const verification = await verifyDatabase({
      ...request,
      since,
      settings,
      target: destination.database,
      plan,
      signal,
      observer: {
        onMapping: (mapping, rowEstimate) => progress.plan(mapping, rowEstimate),
        onRows: (mapping, rows) => progress.add({ table: mapping, rows, bytes: 0, rejected: 0, filtered: 0 }),
        onMappingDone: (mapping, differences) => {
          progress.finish(mapping);
          logger.info({ mapping, differences }, 'verified');
        },
        ...messagesTo(context),
      },
    });
    verified.push({ destination, plan, verification });
  }
  if (verified.length === 0) throw nothingToVerify();
  return verified;
}

function relationshipsOf(
  { plan, live }: VerifyRequest,
  verified: readonly VerifiedDatabase[],
  signal: AbortSignal,
): Promise<Relationship[]> {
  const compared = new Set(
    verified.flatMap(({ verification }) => verification.mappings.map(({ mapping }) => mapping)),
  );
  return verifyRelationships({
    plan,
    destinations: verified.map(({ destination }) => destination),
    isLoaded: (mapping) => compared.has(mapping),
    open: ({ database }) => openTarget(database, { applicationName: 'transfuse verify reader', signal }),
    lookAgain: {
      times: live ? LOOK_AGAIN_TIMES : 1,
      wait: () => pause(live ? LOOK_AGAIN_MS : 0, signal),
    },
    signal,
  });
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
  signal.throwIfAborted();
}

function interrupted(): TransfuseError {
  return new TransfuseError('INTERRUPTED', 'Stopped by a signal. There is no report.', {
    fix: 'Start it again when there is time: it begins anew.',
  });
}

function nothingToVerify(): TransfuseError {
  return new TransfuseError(
    'NOTHING_TO_DO',
    'None of the tables that were named goes to one of the entities that were named.',
    { fix: 'Give --tables or entities, or tables that belong to the entities.' },
  );
}

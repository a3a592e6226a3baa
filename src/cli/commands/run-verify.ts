import { setTimeout as sleep } from 'node:timers/promises';
import { destinationsOf } from '../../config/destinations.ts';
import { TransfuseError } from '../../core/errors.ts';
import { listed } from '../../core/listed.ts';
import { quantity } from '../../core/quantity.ts';
import { planOf } from '../../mapping/plan.ts';
import { openTarget } from '../../postgres/connection.ts';
import { loadProfile } from '../../profiles/load-profile.ts';
import { ProgressModel } from '../../telemetry/progress.ts';
import { readSigningKey } from '../../verify/attest/sign-report.ts';
import { differencesIn } from '../../verify/mapping-result.ts';
import { documentDifferences } from '../../verify/verify-documents.ts';
import { verifyRelationships, type Relationship } from '../../verify/relationships.ts';
import { unownedRows } from '../../verify/verify-report.ts';
import { verifyDatabase } from '../../verify/verify.ts';
import type { CommandContext, CommandResult } from '../command.ts';
import { underDatabaseNames } from '../destinations.ts';
import { DOCUMENTS, servicesOf } from '../entities.ts';
import { messagesTo } from '../messages.ts';
import { preparePlan, requireServer } from '../planning.ts';
import { startProgressDisplay } from '../progress-display.ts';
import { renderRelationships, renderVerification } from '../render-verify.ts';
import { verifyDocument, type VerifiedDatabase } from '../verify-document.ts';
import { runVerifyCheck } from './run-verify-check.ts';
import { requireDirectory, writeReport } from '../verify-files.ts';

export interface VerifyCommandOptions {
  tables?: string[];
  live?: boolean;
  deep?: boolean;
  attest?: boolean;
  check?: string;
  report: string;
}

const MAX_NAMED = 8;
/** A row of another service may be on its way there. */
const LOOK_AGAIN_TIMES = 10;
const LOOK_AGAIN_MS = 1000;

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
  signal.throwIfAborted();
}

/** Compares, and writes the report. Differences, and what could not be compared, are the result's problem. */
export async function runVerifyCommand(
  context: CommandContext,
  options: VerifyCommandOptions,
  entities: readonly string[],
): Promise<CommandResult> {
  if (options.check !== undefined) return runVerifyCheck(context, options.check);
  const { settings, signal, logger } = context;
  const signingKey = settings.signing.keyFile ? await readSigningKey(settings.signing.keyFile) : null;
  requireServer(settings, 'verify');
  const { profile } = await loadProfile(context.profileName, settings);
  if (entities.includes(DOCUMENTS)) throw documentsGoWithRows();
  const services = servicesOf(entities, context.invokedAs, profile);
  const plan = await preparePlan(context, options.tables);
  await requireDirectory(options.report);
  const progress = new ProgressModel();
  const display = await startProgressDisplay(progress, context.console);
  const verified: VerifiedDatabase[] = [];
  let relationships: Relationship[] = [];
  try {
    for (const destination of destinationsOf(settings.targets, services)) {
      const part = planOf(plan, destination.services);
      if (part.mappings.length === 0 && options.tables) continue;
      const verification = await verifyDatabase({
        settings,
        target: destination.database,
        plan: part,
        isOfAll: options.tables === undefined,
        live: options.live ?? false,
        deep: options.deep ?? false,
        attest: options.attest === true || signingKey !== null,
        signal,
        observer: {
          onMapping: (mapping, rowEstimate) => progress.plan(mapping, rowEstimate),
          onRows: (mapping, rows) =>
            progress.add({ table: mapping, rows, bytes: 0, rejected: 0, filtered: 0 }),
          onMappingDone: (mapping, differences) => {
            progress.finish(mapping);
            logger.info({ mapping, differences }, 'verified');
          },
          onRetry: messagesTo(context).onRetry,
        },
      });
      verified.push({ destination, verification });
    }
    if (verified.length === 0) throw nothingToVerify();
    progress.setPhase('relationships');
    const compared = new Set(
      verified.flatMap(({ verification }) => verification.mappings.map(({ mapping }) => mapping)),
    );
    relationships = await verifyRelationships({
      plan,
      destinations: verified.map(({ destination }) => destination),
      isLoaded: (mapping) => compared.has(mapping),
      open: ({ database }) => openTarget(database, { applicationName: 'transfuse verify reader', signal }),
      lookAgain: {
        times: options.live ? LOOK_AGAIN_TIMES : 1,
        wait: () => pause(options.live ? LOOK_AGAIN_MS : 0, signal),
      },
      signal,
    });
  } catch (error) {
    throw signal.aborted ? interrupted() : error;
  } finally {
    display.stop();
  }
  const document = verifyDocument(verified, { profile: profile.name, source: plan.source, relationships });
  const files = await writeReport(options.report, document, signingKey);
  const problem = problemOf(verified);
  const parts = verified.map(({ destination, verification }) => ({
    destination,
    text: renderVerification(verification),
  }));
  return {
    document: { ...document, files },
    text: [underDatabaseNames(parts), ...renderRelationships(relationships), `report ${files.page}`].join(
      '\n\n',
    ),
    ...(problem && { problem }),
  };
}

function documentsGoWithRows(): TransfuseError {
  return new TransfuseError('USAGE', 'Documents are verified with the rows that they belong to.', {
    fix: 'bin/verify medical-records, with --deep to read every object.',
  });
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

function problemOf(verified: readonly VerifiedDatabase[]): TransfuseError | null {
  const mappings = verified.flatMap(({ verification }) => verification.mappings);
  const differences = mappings.reduce((sum, mapping) => sum + differencesIn(mapping), 0);
  const papers = verified.reduce(
    (sum, { verification }) => sum + documentDifferences(verification.documents),
    0,
  );
  const unowned = verified.reduce((sum, { verification }) => sum + unownedRows(verification.unowned), 0);
  if (differences + papers + unowned > 0) {
    const tables = mappings.filter((mapping) => differencesIn(mapping) > 0).length;
    return new TransfuseError(
      'VERIFY_DIFFERS',
      `${[
        ...(differences > 0 ? [`${quantity(differences, 'row')} of ${quantity(tables, 'mapping')}`] : []),
        ...(unowned > 0 ? [`${quantity(unowned, 'row')} of no mapping`] : []),
        ...(papers > 0 ? [quantity(papers, 'document')] : []),
      ].join(' and ')} ${differences + papers + unowned === 1 ? 'differs' : 'differ'}.`,
      { where: { rows: differences, mappings: tables, documents: papers } },
    );
  }
  const left = [
    ...new Set(
      verified.flatMap(({ verification }) => verification.notCompared.map(({ mapping }) => mapping)),
    ),
  ];
  const changing = mappings.reduce((sum, mapping) => sum + mapping.changing, 0);
  if (left.length + changing === 0) return null;
  const parts = [
    ...(left.length > 0 ? [listed(left, MAX_NAMED)] : []),
    ...(changing > 0 ? [`${quantity(changing, 'row')} that changed each time`] : []),
  ];
  return new TransfuseError(
    'VERIFY_INCOMPLETE',
    `${parts.join(' and ')} could not be compared; nothing of what was compared differs.`,
    { where: { mappings: left.length, rows: changing } },
  );
}

import { randomInt } from 'node:crypto';
import type { Settings } from '../../config/settings.ts';
import { destinationsOf } from '../../config/destinations.ts';
import { TransfuseError } from '../../core/errors.ts';
import { listed } from '../../core/listed.ts';
import { quantity } from '../../core/quantity.ts';
import { loadProfile } from '../../profiles/load-profile.ts';
import type { LoadLimits } from '../../mysql/load-gate.ts';
import { readSigningKey } from '../../verify/attest/sign-report.ts';
import { differencesIn } from '../../verify/mapping-result.ts';
import { documentDifferences } from '../../verify/verify-documents.ts';
import { unownedRows } from '../../verify/verify-report.ts';
import type { CommandContext, CommandResult } from '../command.ts';
import { underDatabaseNames } from '../destinations.ts';
import { DOCUMENTS, servicesOf } from '../entities.ts';
import { preparePlan, requireServer } from '../planning.ts';
import { renderRelationships, renderRepairs, renderVerification } from '../render-verify.ts';
import { renderSamples } from '../render-samples.ts';
import { verifyDocument } from '../verify-document.ts';
import { requireDirectory, writeReport } from '../verify-files.ts';
import { verifyAll, type VerifiedDatabase, type VerifyRequest } from '../verify-pass.ts';
import { catchUpAll, repairAll, requireWriter, type Repair } from '../verify-repair.ts';
import { runVerifyCheck } from './run-verify-check.ts';

export interface VerifyCommandOptions {
  tables?: string[];
  live?: boolean;
  deep?: boolean;
  attest?: boolean;
  repair?: boolean;
  samples: number;
  seed?: number;
  reveal?: boolean;
  columns: 'all' | 'critical';
  maxLoad?: LoadLimits;
  sinceLast?: boolean;
  hash?: boolean;
  check?: string;
  report: string;
}

const MAX_NAMED = 8;
const SEEDS = 2 ** 32;
const MAX_KEPT = 1000;
/** What is to be repaired has to be known by its key. */
const MAX_REPAIRED = 100_000;

/** Compares, and writes the report. Differences, and what could not be compared, are the result's problem. */
export async function runVerifyCommand(
  context: CommandContext,
  options: VerifyCommandOptions,
  entities: readonly string[],
): Promise<CommandResult> {
  if (options.check !== undefined) {
    requireAlone(options, entities);
    return runVerifyCheck(context, options.check);
  }
  const { settings } = context;
  if (options.reveal) requireTerminal(context);
  const signingKey = settings.signing.keyFile ? await readSigningKey(settings.signing.keyFile) : null;
  requireServer(settings, 'verify');
  const { profile } = await loadProfile(context.profileName, settings);
  if (entities.includes(DOCUMENTS)) throw documentsGoWithRows();
  const services = servicesOf(entities, context.invokedAs, profile);
  const plan = await preparePlan(context, options.tables);
  await requireDirectory(options.report);
  const { live = false, deep = false, repair = false, sinceLast = false } = options;
  const isPartial = sinceLast || options.hash === true;
  if (isPartial && options.attest) throw attestsAll();
  if (repair) requireOverwriting(settings);
  if (repair && !live) {
    const destinations = destinationsOf(settings.targets, services);
    await requireWriter(context, destinations);
    await catchUpAll(context, destinations);
  }
  const request: VerifyRequest = {
    services,
    plan,
    isOfAll: options.tables === undefined,
    live,
    deep,
    columns: options.columns,
    maxLoad: options.maxLoad ?? new Map(),
    sinceLast,
    hashesInTarget: options.hash === true,
    attest: options.attest === true || (signingKey !== null && !isPartial),
    samples: {
      size: options.samples,
      seed: options.seed ?? randomInt(SEEDS),
      reveal: options.reveal === true,
    },
    maxDifferences: repair ? MAX_REPAIRED : MAX_KEPT,
  };
  const first = await verifyAll(context, request);
  const { pass, repairs } = repair ? await repairAll(context, request, first) : { pass: first, repairs: [] };
  const { verified, relationships } = pass;
  const document = verifyDocument(verified, {
    profile: profile.name,
    source: plan.source,
    relationships,
    repairs,
    samples: request.samples,
  });
  const files = await writeReport(options.report, document, signingKey);
  const problem = problemOf(verified) ?? refusedRepairs(repairs);
  const parts = verified.map(({ destination, verification }) => ({
    destination,
    text: renderVerification(verification),
  }));
  return {
    document: { ...document, files },
    text: [
      underDatabaseNames(parts),
      ...renderRelationships(relationships, document.differences > 0),
      ...renderSamples(verified, request.samples),
      ...renderRepairs(repairs),
      `report ${files.page}`,
    ].join('\n\n'),
    ...(problem && { problem }),
  };
}

/** Values are for the eyes of whoever sits there, and not for files. */
function requireTerminal({ json }: CommandContext): void {
  if (!json && process.stdout.isTTY) return;
  throw new TransfuseError('USAGE', '--reveal shows values of rows, and only on a terminal.', {
    fix: 'Leave out --json and do not redirect the output; the report has the same samples without their values.',
  });
}

function attestsAll(): TransfuseError {
  return new TransfuseError(
    'USAGE',
    '--attest reads all rows of the target, and --since-last and --hash are there not to.',
    {
      fix: 'Give one of them.',
    },
  );
}

/** What has a value whether it was given or not, and what every command takes. */
const BESIDE_CHECK = new Set([
  'check',
  'report',
  'samples',
  'columns',
  'profile',
  'envFile',
  'json',
  'progress',
]);

/** A check is of all that the report attests, and of nothing else. */
function requireAlone(options: VerifyCommandOptions, entities: readonly string[]): void {
  const given = Object.keys(options).filter((name) => !BESIDE_CHECK.has(name));
  if (given.length + entities.length === 0 && options.columns === 'all') return;
  throw new TransfuseError(
    'USAGE',
    '--check looks at everything that a report attests, and takes no other option.',
    { fix: 'bin/verify --check reports/verify-….json' },
  );
}

/** Repair writes over what others have written. */
function requireOverwriting({ sync }: Settings): void {
  if (sync.foreignWrites !== 'stop') return;
  throw new TransfuseError(
    'CONFIG_INVALID',
    '--repair writes over rows that others have changed, and FOREIGN_WRITES=stop forbids that.',
    {
      fix: 'Look at the differences first, without --repair. To mend them: FOREIGN_WRITES=warn bin/verify --repair (with --live also for the sync that runs).',
    },
  );
}

/** What the target refused is no difference any more, since the ledger has it; it is not repaired either. */
function refusedRepairs(repairs: readonly Repair[]): TransfuseError | null {
  const rows = repairs.reduce((sum, { rejected }) => sum + rejected, 0);
  if (rows === 0) return null;
  return new TransfuseError(
    'VERIFY_DIFFERS',
    `${quantity(rows, 'row')} that differed could not be repaired: the target refused ${rows === 1 ? 'it' : 'them'}, and the ledger has ${rows === 1 ? 'a reject' : 'rejects'} of ${rows === 1 ? 'it' : 'them'}.`,
    {
      where: { rows },
      fix: 'transfuse.rejects of the target says which constraint each breaks: mend the row that stands in the way, then bin/sync tries them again.',
    },
  );
}

function documentsGoWithRows(): TransfuseError {
  return new TransfuseError('USAGE', 'Documents are verified with the rows that they belong to.', {
    fix: 'bin/verify medical-records, with --deep to read every object.',
  });
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

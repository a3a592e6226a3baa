import { destinationsOf, type Destination } from '../../config/destinations.ts';
import type { DatabaseSettings } from '../../config/settings.ts';
import { quantity } from '../../core/quantity.ts';
import { readCheckpointIfAny, type Checkpoint } from '../../ledger/checkpoints.ts';
import {
  countDocuments,
  countUnlooked,
  documentsNotFine,
  type DocumentCount,
} from '../../ledger/documents.ts';
import { ledgerExists } from '../../ledger/ddl.ts';
import { readTargetTables, readTotals, type LoadTotals } from '../../ledger/loads.ts';
import { findUnwatched } from '../../ledger/foreign-watch.ts';
import { readForeignWrites, type ForeignWrites } from '../../ledger/foreign-writes.ts';
import { lockHolder } from '../../ledger/lock.ts';
import { readLastVerification, type LastVerification } from '../../ledger/verifications.ts';
import { openRejectCounts } from '../../ledger/rejects.ts';
import { latestRun, type Run } from '../../ledger/runs.ts';
import { readObjectsAway, type ObjectAway } from '../../ledger/saved-objects.ts';
import { countTouchedRows } from '../../ledger/touched-rows.ts';
import { readSyncStatus, type ReportedSyncStatus } from '../../ledger/sync-status.ts';
import { openTarget } from '../../postgres/connection.ts';
import { loadProfile } from '../../profiles/load-profile.ts';
import { formatBytes, formatCount, formatDuration } from '../../telemetry/format.ts';
import { renderTable } from '../../telemetry/text-table.ts';
import type { CommandContext, CommandResult } from '../command.ts';
import { underDatabaseNames } from '../destinations.ts';
import { documentCounts } from '../render-documents.ts';
import { describeAway, nextSync } from '../render-away.ts';
import { describeSync } from '../render-sync.ts';

/** Reads the ledger of each database and says what to do next. Changes nothing. */
export async function runStatusCommand({
  settings,
  profileName,
  signal,
}: CommandContext): Promise<CommandResult> {
  const { profile } = await loadProfile(profileName, settings);
  const parts: { destination: Destination; document: object; text: string }[] = [];
  for (const destination of destinationsOf(settings.targets, profile.services)) {
    const { database, services } = destination;
    const status = await readStatus(database, profileName, signal);
    const document = { database: database.database, services, ...documentOf(status) };
    parts.push({ destination, document, text: status ? render(status) : nothingYet() });
  }
  return { document: { databases: parts.map(({ document }) => document) }, text: underDatabaseNames(parts) };
}

/** null where no run has begun. */
async function readStatus(
  database: DatabaseSettings,
  profileName: string,
  signal: AbortSignal,
): Promise<Status | null> {
  const target = await openTarget(database, { applicationName: 'transfuse status', signal });
  try {
    const run = (await ledgerExists(target)) ? await latestRun(target) : null;
    if (!run) return null;
    const checkpoint = await readCheckpointIfAny(target, run.id);
    const loads = await readTotals(target, run.id);
    const documents = await countDocuments(target, run.id);
    return {
      profileName,
      run,
      loads,
      rejects: await openRejectCounts(target, run.id),
      documents,
      unlooked: await countUnlooked(
        target,
        run.id,
        loads.filter(({ mapping }) => documents.some((one) => one.mapping === mapping)),
      ),
      away: await readObjectsAway(target, run.id),
      checkpoint,
      touched: checkpoint ? await countTouchedRows(target, run.id) : 0,
      sync: await readSyncStatus(target, run.id),
      verification: await readLastVerification(target, run.id),
      foreignWrites: await readForeignWrites(target),
      unwatched: checkpoint ? await findUnwatched(target, await readTargetTables(target, run.id)) : [],
      writer: await lockHolder(target),
    };
  } finally {
    await target.close();
  }
}

function documentOf(status: Status | null): object {
  if (status === null) return { run: null, next: FIRST_STEPS };
  const { sync, checkpoint, profileName: _, ...rest } = status;
  return {
    ...rest,
    checkpoint: checkpoint && { ...checkpoint, commits: checkpoint.commits.toString() },
    sync: sync && { state: syncState(status), ...sync },
    next: nextStep(status),
  };
}

interface Status {
  profileName: string;
  run: Run;
  loads: LoadTotals[];
  rejects: Awaited<ReturnType<typeof openRejectCounts>>;
  documents: DocumentCount[];
  /** Rows of documents that nobody has looked for the file of. */
  unlooked: number;
  away: ObjectAway[];
  /** null where sync has not begun. */
  checkpoint: Checkpoint | null;
  /** Changes whose rows are still to be selected again. */
  touched: number;
  /** What a sync last said of itself; null where none has. */
  sync: ReportedSyncStatus | null;
  /** The last one that came to its end. */
  verification: LastVerification | null;
  foreignWrites: ForeignWrites[];
  /** Synced tables that others may write to without being noticed. */
  unwatched: string[];
  writer: Awaited<ReturnType<typeof lockHolder>>;
}

const FIRST_STEPS = 'Run bin/test-connection, then bin/schema, then bin/bulk.';

function nothingYet(): string {
  return `No run has begun in this target.\nnext: ${FIRST_STEPS}`;
}

/** What nobody has tried to put back: it holds only once sync has applied the changes made during the load. */
function waitingForSync({ run, away }: Status): ObjectAway[] {
  return run.startPosition === null ? [] : away.filter(({ failure }) => failure === null);
}

/** It says something every two seconds, as long as it can reach the target. */
const SILENT_SYNC_MS = 15_000;

/** running: it holds the lock and says so · silent: it holds the lock, and has said nothing for a while · stopped: no sync is there. */
function syncState({ writer, sync }: Status): 'running' | 'silent' | 'stopped' {
  if (!writer?.application.startsWith('transfuse sync ')) return 'stopped';
  return sync !== null && sync.ageMs <= SILENT_SYNC_MS ? 'running' : 'silent';
}

function describeSyncState(status: Status): string[] {
  const { sync } = status;
  if (sync === null) return [];
  const said = `${formatDuration(sync.ageMs)} ago: ${describeSync(sync)}`;
  switch (syncState(status)) {
    case 'running':
      return [`sync is running, and said ${said}`];
    case 'silent':
      return [
        `sync holds the lock and has fallen silent: it may hang, or its host may be gone. It last said, ${said}`,
      ];
    case 'stopped':
      return [
        `sync is not running, and the target falls behind with each change of the source. It last said, ${said}`,
      ];
  }
}

function describeForeignWrites({ foreignWrites, unwatched }: Status): string[] {
  const lines = foreignWrites.flatMap(({ table, standing, overwritten }) => [
    ...(standing > 0
      ? [`${table}: ${quantity(standing, 'row stands', 'rows stand')} that others have written`]
      : []),
    ...(overwritten > 0
      ? [`${table}: ${quantity(overwritten, 'row')} that others had written, overwritten by sync`]
      : []),
  ]);
  if (unwatched.length > 0) lines.push(`not watched: ${unwatched.join(', ')}`);
  if (lines.length === 0) return [];
  return [
    '',
    'writes of others to the target (see transfuse.foreign_writes there):',
    ...lines.map((line) => `  ${line}`),
  ];
}

function nextStep(status: Status): string {
  const { loads, rejects, away, writer, checkpoint } = status;
  if (writer) return `Wait: ${writer.application} is writing (from ${writer.client}, since ${writer.since}).`;
  if (loads.some((load) => load.state !== 'complete')) return 'Run bin/bulk: it goes on where it stopped.';
  if (waitingForSync(status).length > 0)
    return `Run ${nextSync(status.profileName)}: it applies what changed at the source, and puts the objects below back.`;
  if (status.unlooked > 0)
    return 'Run bin/bulk documents: it goes on with the files that nobody has looked for.';
  if (away.length > 0)
    return 'Mend what keeps the objects below from being restored, then run bin/bulk again.';
  if (checkpoint && status.run.replayWaivedAt === null) {
    const files =
      documentsNotFine(status.documents) > 0
        ? ' Once files or keys of documents are mended: bin/bulk documents.'
        : '';
    const mending = rejects.length > 0 ? ' It loads rejected rows once they are mended at the source.' : '';
    return `Run ${nextSync(status.profileName)}: it goes on from the position above.${mending}${files}`;
  }
  if (rejects.length > 0) {
    return 'Look at transfuse.rejects in the target, mend the rows at the source, then run bin/bulk --retry-rejects.';
  }
  if (status.run.replayWaivedAt !== null)
    return 'Everything is loaded. bin/sync cannot follow it, since bulk --no-sync gave up what changed during the load: for that, bin/bulk --replace.';
  return 'Everything is loaded.';
}

function render(status: Status): string {
  const { run, loads, rejects, away, writer, checkpoint } = status;
  const position = run.startPosition;
  const lines = [
    `run ${run.id}, profile ${run.profile}, begun ${run.startedAt.toISOString()}`,
    `source ${run.source.database} at ${run.source.host}:${run.source.port}`,
    position
      ? `position before the first row: ${position.file}:${position.offset}${position.gtidSet ? `, GTID ${position.gtidSet}` : ''}`
      : 'no binlog position was recorded: sync cannot follow this load',
    ...(checkpoint ? [describeCheckpoint(checkpoint)] : []),
    ...(status.touched > 0
      ? [
          `touched by changes, and still to be selected again: ${quantity(status.touched, 'entry', 'entries')}`,
        ]
      : []),
    ...describeSyncState(status),
    describeVerification(status.verification),
    writer ? `writing now: ${writer.application}` : 'nobody is writing now',
    '',
    renderTable(
      [
        { title: 'table', align: 'left' },
        { title: 'state', align: 'left' },
        { title: 'chunks', align: 'right' },
        { title: 'rows', align: 'right' },
        { title: 'bytes', align: 'right' },
        { title: 'open rejects', align: 'right' },
      ],
      loads.map((load) => [
        load.mapping,
        load.state,
        `${load.chunksDone}/${load.chunks}`,
        formatCount(load.rowsLoaded),
        formatBytes(load.bytesWritten),
        formatCount(load.openRejects),
      ]),
    ),
  ];
  if (rejects.length > 0) lines.push('', 'open rejects:');
  for (const reject of rejects) {
    lines.push(
      `  ${formatCount(reject.count)} of ${reject.mapping}${reject.column ? `, column ${reject.column}` : ''}: ${reject.reason}`,
    );
  }
  if (status.documents.length > 0)
    lines.push(
      '',
      'documents (one by one in transfuse.documents of the target):',
      documentCounts(status.documents),
    );
  if (status.unlooked > 0)
    lines.push(`and ${quantity(status.unlooked, 'row')} of documents whose file nobody has looked for yet`);
  const failed = away.filter(({ failure }) => failure !== null);
  const waiting = away.filter(({ failure }) => failure === null);
  if (failed.length > 0) lines.push('', 'could not be restored:');
  for (const { kind, table, name, failure } of failed)
    lines.push(`  ${kind} ${name} of ${table}: ${failure}`);
  if (waiting.length > 0) lines.push('', `not restored yet (${describeAway(waiting)}):`);
  for (const { kind, table, name } of waiting) lines.push(`  ${kind} ${name} of ${table}`);
  lines.push(...describeForeignWrites(status));
  return [...lines, '', `next: ${nextStep(status)}`].join('\n');
}

function describeVerification(last: LastVerification | null): string {
  if (!last) return 'not verified yet: bin/verify';
  const { finishedAt, rowsCompared, differences, notCompared } = last;
  const found = differences === 0 ? 'no difference' : quantity(differences, 'difference');
  const left = notCompared > 0 ? `, ${quantity(notCompared, 'thing')} not compared` : '';
  return `verified ${finishedAt.toISOString()}: ${quantity(rowsCompared, 'row')} compared, ${found}${left}`;
}

function describeCheckpoint({ position, transactions, sourceCommittedAt, updatedAt }: Checkpoint): string {
  const committed = sourceCommittedAt ? `, committed there at ${sourceCommittedAt.toISOString()}` : '';
  return `synced to ${position.file}:${position.offset}: ${quantity(transactions, 'transaction')} of the source${committed}; noted at ${updatedAt.toISOString()}`;
}

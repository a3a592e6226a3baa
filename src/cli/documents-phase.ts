/** The part of a load that moves documents, for each database that has any. */
import type { Destination } from '../config/destinations.ts';
import type { Settings } from '../config/settings.ts';
import { TransfuseError } from '../core/errors.ts';
import { documentMappingsOf } from '../documents/document-mapping.ts';
import { runDocuments, type DocumentsReport } from '../documents/run-documents.ts';
import { planOf, type Plan } from '../mapping/plan.ts';
import type { ProgressModel } from '../telemetry/progress.ts';
import type { CommandContext } from './command.ts';
import { messagesTo } from './messages.ts';
import { requireServer } from './planning.ts';

export interface MovedDocuments {
  destination: Destination;
  report: DocumentsReport;
}

/** Where the files of a mapping stand in the progress, beside its rows. */
const filesOf = (mapping: string): string => `${mapping} (files)`;

/** `isAskedFor`: by name, so that what is missing for it is an error, and what went wrong before is tried again. Throws what runDocuments() throws. */
export async function moveDocuments(
  context: CommandContext,
  plan: Plan,
  destinations: readonly Destination[],
  progress: ProgressModel,
  { isAskedFor, sweeps }: { isAskedFor: boolean; sweeps: boolean },
): Promise<MovedDocuments[]> {
  const { settings, signal, logger } = context;
  const messages = messagesTo(context);
  const parts = destinations
    .map((destination) => ({ destination, part: planOf(plan, destination.services) }))
    .filter(({ part }) => documentMappingsOf(part).length > 0);
  if (parts.length === 0) {
    if (isAskedFor || sweeps) throw noDocuments(plan.profile.name);
    return [];
  }
  requireServer(settings, 'bulk documents');
  const known = settingsOf(settings);
  if (!known) {
    if (isAskedFor || sweeps) throw rootNotSet();
    messages.onNote('The files of documents stay where they are: DOCUMENTS_ROOT is not set.');
    return [];
  }
  const moved: MovedDocuments[] = [];
  for (const { destination, part } of parts) {
    const report = await runDocuments({
      settings: known,
      target: destination.database,
      plan: part,
      triesAgain: isAskedFor,
      sweeps,
      signal,
      retryTimeoutMs: settings.bulk.retryTimeoutMs,
      onRetry: messages.onRetry,
      observer: {
        onStart: (mapping, rows) => progress.plan(filesOf(mapping), rows),
        onMoved: (mapping, documents, bytes, notFine) =>
          progress.add({
            table: filesOf(mapping),
            rows: documents - notFine,
            bytes,
            rejected: notFine,
            filtered: 0,
          }),
        onDone: (mapping) => {
          progress.finish(filesOf(mapping));
          logger.info({ mapping, state: 'done' }, 'documents');
        },
      },
    });
    if (report) moved.push({ destination, report });
  }
  return moved;
}

function settingsOf(settings: Settings) {
  const { storage, documents } = settings;
  return storage && documents && { ...settings, storage, documents };
}

function noDocuments(profile: string): TransfuseError {
  return new TransfuseError('NOTHING_TO_DO', `The profile ${profile} knows of no documents here.`, {
    fix: 'Name entities of the profile, and tables that have documents.',
  });
}

function rootNotSet(): TransfuseError {
  return new TransfuseError(
    'CONFIG_INVALID',
    'One setting is missing or wrong:\n  - DOCUMENTS_ROOT is not set',
  );
}

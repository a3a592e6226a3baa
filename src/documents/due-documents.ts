import { isFine } from '../core/document-outcomes.ts';
import { readDocuments, readStates, type DocumentTable, type KnownDocument } from '../ledger/documents.ts';
import type { TargetConnection } from '../postgres/connection.ts';
import type { DocumentTask } from './document-task.ts';

interface DueOptions {
  target: Pick<TargetConnection, 'query'>;
  runId: string;
  table: DocumentTable;
  /** Whether what went wrong is tried again. */
  triesAgain: boolean;
}

/** A document that is to be looked at, and what the ledger has of it. */
export interface ChangedDocument {
  task: DocumentTask;
  known: KnownDocument | undefined;
}

/** Those that have no outcome yet, whose row at the source says something else now, or that went wrong the last time. */
export async function changedDocuments(
  tasks: readonly DocumentTask[],
  options: DueOptions,
): Promise<ChangedDocument[]> {
  const known = await knownOf(tasks, options);
  return known.filter((one) => isChanged(one, options));
}

export interface Due {
  changed: ChangedDocument[];
  /** Ids of rows that do not say what the ledger knows. */
  untold: string[];
}

/** What is to be done of these, as far as their rows are in the target. */
export async function dueDocuments(tasks: readonly DocumentTask[], options: DueOptions): Promise<Due> {
  const { target, table } = options;
  const states = await readStates(
    target,
    table,
    tasks.map(({ targetId }) => targetId),
  );
  const there = await knownOf(
    tasks.filter(({ targetId }) => states.has(targetId)),
    options,
  );
  const untold = there.filter(
    (one) => !isChanged(one, options) && states.get(one.task.targetId) !== one.known?.outcome,
  );
  return {
    changed: there.filter((one) => isChanged(one, options)),
    untold: untold.map(({ task }) => task.targetId),
  };
}

async function knownOf(
  tasks: readonly DocumentTask[],
  { target, runId, table }: DueOptions,
): Promise<ChangedDocument[]> {
  const ids = tasks.map(({ targetId }) => targetId);
  const known = await readDocuments(target, runId, table.mapping, ids);
  return tasks.map((task) => ({ task, known: known.get(task.targetId) }));
}

function isChanged({ task, known }: ChangedDocument, { triesAgain }: DueOptions): boolean {
  if (known?.signature !== task.signature || known.outcome === 'deleted') return true;
  return triesAgain && !isFine(known.outcome);
}

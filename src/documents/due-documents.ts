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
  { target, runId, table, triesAgain }: DueOptions,
): Promise<ChangedDocument[]> {
  const ids = tasks.map(({ targetId }) => targetId);
  const known = await readDocuments(target, runId, table.mapping, ids);
  return tasks
    .map((task) => ({ task, known: known.get(task.targetId) }))
    .filter(({ task, known: before }) => {
      if (before?.signature !== task.signature || before.outcome === 'deleted') return true;
      return triesAgain && !isFine(before.outcome);
    });
}

export interface Due {
  changed: ChangedDocument[];
  /** Ids of rows that do not say what the ledger knows. */
  untold: string[];
}

/** What is to be done of these, as far as their rows are in the target. */
export async function dueDocuments(tasks: readonly DocumentTask[], options: DueOptions): Promise<Due> {
  const { target, runId, table } = options;
  const ids = tasks.map(({ targetId }) => targetId);
  const states = await readStates(target, table, ids);
  const there = tasks.filter(({ targetId }) => states.has(targetId));
  const changed = await changedDocuments(there, options);
  const looked = new Set(changed.map(({ task }) => task));
  const known = await readDocuments(target, runId, table.mapping, ids);
  const untold = there.filter(
    (task) => !looked.has(task) && states.get(task.targetId) !== known.get(task.targetId)?.outcome,
  );
  return { changed, untold: untold.map(({ targetId }) => targetId) };
}

/**
 * Moves the documents of the rows that are loaded.
 *
 * Promises: each document has one outcome, in the ledger and in its row, committed together; an object is in the bucket before a row points
 * to it; a run that was killed goes on with what has no outcome, and uploads again only what had not arrived. Does not watch for changes: sync does.
 */
import type { DatabaseSettings } from '../config/settings.ts';
import { Budget } from '../core/budget.ts';
import { isFine } from '../core/document-outcomes.ts';
import { failpoint } from '../core/failpoints.ts';
import { TransfuseError } from '../core/errors.ts';
import { ensureLedger } from '../ledger/ddl.ts';
import {
  countDocuments,
  recordDeleted,
  recordDocuments,
  someKnownPaths,
  tellRows,
  type DocumentCount,
  recordUseless,
  type DocumentTable,
} from '../ledger/documents.ts';
import { readLoads } from '../ledger/loads.ts';
import { latestRun } from '../ledger/runs.ts';
import { WriterSession } from '../ledger/writer-session.ts';
import type { Plan } from '../mapping/plan.ts';
import type { TargetConnection } from '../postgres/connection.ts';
import { qualified } from '../postgres/identifiers.ts';
import { inTransaction } from '../postgres/transaction.ts';
import { documentMappingsOf, type DocumentMapping } from './document-mapping.ts';
import type { DocumentMover } from './document-mover.ts';
import { noteOf, type Noted } from './document-record.ts';
import { DocumentTools, type ToolOptions } from './document-tools.ts';
import { LOOKED_FOR_IN_ROOT } from './documents-root.ts';
import { dueDocuments, type ChangedDocument } from './due-documents.ts';
import { removeUseless } from './remove-useless.ts';
import { sweep, type SweepReport } from './sweep.ts';

export interface DocumentsOptions extends Omit<ToolOptions, 'ledger'> {
  /** The database that the plan's tables are in. */
  target: DatabaseSettings;
  plan: Plan;
  /** Whether documents that something was wrong with are looked at again. */
  triesAgain: boolean;
  /** Whether files and objects that no row stands for are looked for at the end. */
  sweeps: boolean;
  observer: DocumentsObserver;
}

/** Told what happens while it happens. Must not throw. */
export interface DocumentsObserver {
  onStart(mapping: string, rows: number): void;
  /** Documents that have an outcome now, and the bytes that were stored of them. */
  onMoved(mapping: string, documents: number, bytes: number, notFine: number): void;
  onDone(mapping: string): void;
}

export interface DocumentsReport {
  elapsedMs: number;
  /** By this call. */
  movedNow: number;
  bytesNow: number;
  /** Of the run as it is now. */
  counts: DocumentCount[];
  /** null where it was not asked for. */
  strays: SweepReport | null;
}

const ROWS_PER_PAGE = 500;
const UNDER_WAY = 48;
const RECORDS_PER_COMMIT = 200;
const MAX_COMMIT_AGE_MS = 1000;
/** So many of the first may have been stored by a run that was killed before it noted them. */
const LOOKED_FOR_FIRST = 1000;

/** null where the plan has no documents. Throws TransfuseError; what was committed by then is kept, and the same call goes on from there. */
export async function runDocuments(options: DocumentsOptions): Promise<DocumentsReport | null> {
  const mappings = documentMappingsOf(options.plan);
  if (mappings.length === 0) return null;
  const { target, retryTimeoutMs, onRetry } = options;
  const session = await WriterSession.open({
    settings: target,
    command: 'bulk',
    signal: options.signal,
    retryTimeoutMs,
    onRetry,
  });
  const failed = new AbortController();
  const signal = AbortSignal.any([options.signal, session.lockLost, failed.signal]);
  try {
    const tools = await DocumentTools.open({ ...options, ledger: target, signal });
    try {
      return await new DocumentsRun({ ...options, signal }, session, tools, failed).run(mappings);
    } finally {
      await tools.close();
    }
  } catch (error) {
    if (session.lockLost.aborted) throw session.lockLost.reason;
    throw error;
  } finally {
    await session.close();
  }
}

class DocumentsRun {
  readonly #options: DocumentsOptions;
  readonly #session: WriterSession;
  readonly #tools: DocumentTools;
  readonly #failed: AbortController;
  readonly #slots = new Budget(UNDER_WAY);
  readonly #startedAt = performance.now();
  #turn: Promise<unknown> = Promise.resolve();
  #movedNow = 0;
  #bytesNow = 0;

  constructor(
    options: DocumentsOptions,
    session: WriterSession,
    tools: DocumentTools,
    failed: AbortController,
  ) {
    this.#options = options;
    this.#session = session;
    this.#tools = tools;
    this.#failed = failed;
  }

  async run(mappings: readonly DocumentMapping[]): Promise<DocumentsReport> {
    const runId = await this.#inTarget(async (target) => {
      await ensureLedger(target);
      const run = await latestRun(target);
      const loads = run && (await readLoads(target, run.id));
      const missing = mappings.find(
        ({ table }) => (loads?.get(table.mapping)?.state ?? 'loading') === 'loading',
      );
      if (missing) throw rowsFirst(missing.table.mapping);
      await this.#tools.root.requireSome(await someKnownPaths(target, run!.id, LOOKED_FOR_IN_ROOT));
      return run!.id;
    });
    await this.#removeUseless();
    for (const mapping of mappings) await this.#move(runId, mapping);
    await this.#removeUseless();
    const inTarget = this.#inTarget.bind(this);
    const strays = this.#options.sweeps
      ? await sweep({ tools: this.#tools, mappings, runId, inTarget })
      : null;
    return {
      strays,
      elapsedMs: performance.now() - this.#startedAt,
      movedNow: this.#movedNow,
      bytesNow: this.#bytesNow,
      counts: await this.#inTarget((target) => countDocuments(target, runId)),
    };
  }

  async #move(runId: string, mapping: DocumentMapping): Promise<void> {
    const { observer } = this.#options;
    const { table } = mapping;
    const mover = await this.#tools.moverOf(mapping);
    const batch = new OutcomeBatch((noted) => this.#commit(runId, table, noted));
    observer.onStart(table.mapping, await this.#countRows(table));
    const underWay = new Set<Promise<void>>();
    let begun = 0;
    const fail = (error: unknown): void => this.#failed.abort(error);
    try {
      for await (const changed of this.#dueDocuments(runId, mapping)) {
        const giveBack = await this.#slots.take(1);
        const looksFirst = begun++ < LOOKED_FOR_FIRST;
        const moving = this.#moveOne(mover, changed, looksFirst, batch)
          .catch(fail)
          .finally(() => {
            giveBack();
            underWay.delete(moving);
          });
        underWay.add(moving);
        if (this.#failed.signal.aborted) break;
      }
    } catch (error) {
      fail(error);
    }
    await Promise.all(underWay);
    this.#failed.signal.throwIfAborted();
    await batch.end();
    await this.#inTarget((target) => recordDeleted(target, runId, table, null));
    observer.onDone(table.mapping);
  }

  /** In the order of their keys, so that those that a run may have stored without noting it are the first. */
  async *#dueDocuments(runId: string, mapping: DocumentMapping): AsyncGenerator<ChangedDocument> {
    const { triesAgain, observer } = this.#options;
    const { table } = mapping;
    for (let after: string | null = null; ;) {
      const page = await this.#tools.source.run((source) => mapping.page(source, after, ROWS_PER_PAGE));
      if (page.length === 0) return;
      after = page.at(-1)!.sourceKey;
      const due = await this.#inTarget((target) => dueDocuments(page, { target, runId, table, triesAgain }));
      if (due.untold.length > 0) await this.#inTarget((target) => tellRows(target, runId, table, due.untold));
      observer.onMoved(table.mapping, page.length - due.changed.length, 0, 0);
      yield* due.changed;
    }
  }

  async #moveOne(
    mover: DocumentMover,
    { task, known }: ChangedDocument,
    looksFirst: boolean,
    batch: OutcomeBatch,
  ): Promise<void> {
    const noted = noteOf(task, await mover.move(task, looksFirst), known);
    failpoint('documents.after-put');
    await batch.add(noted);
  }

  async #commit(runId: string, table: DocumentTable, noted: readonly Noted[]): Promise<void> {
    const records = noted.map(({ record }) => record);
    const useless = noted.flatMap(({ useless: object }) => object ?? []);
    await this.#inTarget((target) =>
      inTransaction(target, async () => {
        await recordUseless(target, useless);
        await recordDocuments(target, runId, table, records);
        failpoint('documents.before-commit');
      }),
    );
    failpoint('documents.after-commit');
    const bytes = records.reduce((sum, { sizeBytes }) => sum + (sizeBytes ?? 0), 0);
    this.#movedNow += records.length;
    this.#bytesNow += bytes;
    const notFine = records.filter(({ outcome }) => !isFine(outcome)).length;
    this.#options.observer.onMoved(table.mapping, records.length, bytes, notFine);
  }

  async #countRows({ schema, table }: DocumentTable): Promise<number> {
    const { rows } = await this.#inTarget((target) =>
      target.query<{ count: string }>(`SELECT count(*) AS count FROM ${qualified(schema, table)}`),
    );
    return Number(rows[0]!.count);
  }

  /** One after the other: what only reads must not come into another's transaction. */
  #inTarget<T>(work: (target: TargetConnection) => Promise<T>): Promise<T> {
    const turn = this.#turn.then(() => this.#session.run(work));
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #removeUseless(): Promise<void> {
    await removeUseless({
      store: this.#tools.store,
      bucket: this.#options.settings.storage.bucket,
      inTarget: (work) => this.#inTarget((target) => inTransaction(target, () => work(target))),
    });
  }
}

/** Outcomes on their way to the ledger: many in one commit. */
class OutcomeBatch {
  readonly #commit: (noted: readonly Noted[]) => Promise<void>;
  #noted: Noted[] = [];
  #committing: Promise<void> = Promise.resolve();
  #openedAtMs = performance.now();

  constructor(commit: (noted: readonly Noted[]) => Promise<void>) {
    this.#commit = commit;
  }

  /** Waits while a commit is under way and another is full. */
  async add(noted: Noted): Promise<void> {
    if (this.#noted.push(noted) === 1) this.#openedAtMs = performance.now();
    const isFull = this.#noted.length >= RECORDS_PER_COMMIT;
    if (isFull || performance.now() - this.#openedAtMs > MAX_COMMIT_AGE_MS) await this.#flush();
  }

  async end(): Promise<void> {
    await this.#flush();
  }

  #flush(): Promise<void> {
    const noted = this.#noted;
    this.#noted = [];
    this.#committing = this.#committing.then(() => (noted.length > 0 ? this.#commit(noted) : undefined));
    return this.#committing;
  }
}

function rowsFirst(mapping: string): TransfuseError {
  return new TransfuseError(
    'NOTHING_TO_DO',
    `The rows of ${mapping} are not loaded yet, and documents belong to rows.`,
    {
      fix: 'Run bin/bulk medical-records, which moves the rows and then their documents.',
      where: { mapping },
    },
  );
}

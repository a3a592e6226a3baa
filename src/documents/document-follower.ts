/**
 * Documents whose rows sync makes anew: looked at again where their rows say something else, brought into the bucket, and their outcomes written in the
 * transaction of the rows. What a row no longer points to leaves the bucket after that.
 */
import {
  countDocuments,
  recordDeleted,
  recordDocuments,
  recordUseless,
  someKnownPaths,
  tellRows,
  readStates,
  type DocumentRecord,
  type ObjectToRemove,
} from '../ledger/documents.ts';
import { TransfuseError } from '../core/errors.ts';
import type { Settings } from '../config/settings.ts';
import type { Plan } from '../mapping/plan.ts';
import type { TargetConnection } from '../postgres/connection.ts';
import { inTransaction } from '../postgres/transaction.ts';
import { documentMappingsOf, type DocumentMapping } from './document-mapping.ts';
import type { DocumentMover } from './document-mover.ts';
import { noteOf } from './document-record.ts';
import { DocumentTools, type ToolOptions } from './document-tools.ts';
import { LOOKED_FOR_IN_ROOT } from './documents-root.ts';
import { changedDocuments, type ChangedDocument } from './due-documents.ts';
import { removeUseless } from './remove-useless.ts';

type Target = Pick<TargetConnection, 'query'>;

export interface FollowerOptions extends Omit<ToolOptions, 'settings'> {
  settings: Settings;
  plan: Plan;
  runId: string;
  target: TargetConnection;
}

interface Followed {
  mapping: DocumentMapping;
  mover: DocumentMover;
}

export class DocumentFollower {
  readonly #tools: DocumentTools;
  readonly #runId: string;
  readonly #bucket: string;
  readonly #followed: ReadonlyMap<string, Followed>;
  /** Objects that were brought, and whose rows may not have committed: whatever comes instead, they are not forgotten. */
  #unsettled: ObjectToRemove[] = [];
  #mayBeUseless = true;

  private constructor(
    tools: DocumentTools,
    runId: string,
    bucket: string,
    followed: ReadonlyMap<string, Followed>,
  ) {
    this.#tools = tools;
    this.#runId = runId;
    this.#bucket = bucket;
    this.#followed = followed;
  }

  /** null where there are no documents, or they stay where they are. Throws CONFIG_INVALID where some are in a bucket that is not named. */
  static async open(options: FollowerOptions): Promise<DocumentFollower | null> {
    const { settings, plan, runId, target } = options;
    const mappings = documentMappingsOf(plan);
    if (mappings.length === 0) return null;
    const { storage, documents } = settings;
    if (!storage || !documents) {
      if ((await countDocuments(target, runId)).length > 0) throw rootNotSet();
      return null;
    }
    const tools = await DocumentTools.open({ ...options, settings: { ...settings, storage, documents } });
    try {
      await tools.root.requireSome(await someKnownPaths(target, runId, LOOKED_FOR_IN_ROOT));
      const followed = new Map<string, Followed>();
      for (const mapping of mappings)
        followed.set(mapping.table.mapping, { mapping, mover: await tools.moverOf(mapping) });
      return new DocumentFollower(tools, runId, storage.bucket, followed);
    } catch (error) {
      await tools.close();
      throw error;
    }
  }

  isOf(mapping: string): boolean {
    return this.#followed.has(mapping);
  }

  async bring(target: Target, mappingId: string, keys: readonly string[]) {
    const { mapping, mover } = this.#followed.get(mappingId)!;
    const runId = this.#runId;
    const { table } = mapping;
    const tasks = await this.#tools.source.run((source) => mapping.withKeys(source, keys));
    const changed = await changedDocuments(tasks, { target, runId, table, triesAgain: true });
    const records: DocumentRecord[] = [];
    const bringOne = async ({ task, known }: ChangedDocument): Promise<void> => {
      // It may be there from a sync that ended before its row committed.
      const result = await mover.move(task, true);
      if (result.stored) {
        const { bucket, object: name, generation } = result.stored;
        this.#unsettled.push({ bucket, name, generation });
      }
      records.push(noteOf(task, result, known).record);
    };
    const ended = await Promise.allSettled(changed.map(bringOne));
    const failure = ended.find((one) => one.status === 'rejected');
    if (failure) throw failure.reason;
    const ids = keys.map((key) => mapping.targetIdOf(key));
    return {
      settle: async (within: Target): Promise<void> => {
        const there = await readStates(within, table, ids);
        await recordUseless(within, this.#unsettled);
        await recordDocuments(
          within,
          runId,
          table,
          records.filter(({ targetId }) => there.has(targetId)),
        );
        await tellRows(within, runId, table, [...there.keys()]);
        await recordDeleted(within, runId, table, ids);
        this.#mayBeUseless = true;
      },
    };
  }

  /** Throws STORAGE_*. */
  async tidyUp(target: TargetConnection): Promise<void> {
    if (!this.#mayBeUseless) return;
    this.#unsettled = [];
    await removeUseless({
      store: this.#tools.store,
      bucket: this.#bucket,
      inTarget: (work) => inTransaction(target, () => work(target)),
    });
    this.#mayBeUseless = false;
  }

  async close(): Promise<void> {
    await this.#tools.close();
  }
}

function rootNotSet(): TransfuseError {
  return new TransfuseError(
    'CONFIG_INVALID',
    'Documents of this run are in a bucket, and DOCUMENTS_ROOT is not set: they could not be followed.',
    { fix: 'Set DOCUMENTS_ROOT and GCS_BUCKET as they were for bin/bulk.' },
  );
}

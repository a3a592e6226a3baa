/** What the steps of a bulk load share. */
import type { DatabaseSettings, Settings } from '../config/settings.ts';
import type { WriterSession } from '../ledger/writer-session.ts';
import type { Plan } from '../mapping/plan.ts';
import type { KeyChunk } from '../mysql/chunk-planner.ts';
import type { BulkObserver } from './bulk-report.ts';
import type { BulkSource } from './bulk-source.ts';

export interface BulkOptions {
  settings: Settings;
  /** The database that the plan's tables are in. */
  target: DatabaseSettings;
  plan: Plan;
  /** As given to --profile: worker threads load it again. */
  profileName: string;
  signal: AbortSignal;
  observer: BulkObserver;
  /** Empty the planned tables first, whoever filled them. */
  replace: boolean;
  /** Load again the rows that are rejected, after the rest. */
  retryRejects: boolean;
  /** Sync will not follow this load: put everything back at its end. */
  noSync: boolean;
  /** Stop at the first chunk with a reject. */
  failFast: boolean;
  /** Where rows go as well that are read whole. */
  archive: RowArchive | null;
}

export interface RowArchive {
  /**
   * Told how tables are divided that are about to be loaded. Tells what the names of the objects begin with that take the rows in, by table and
   * chunk; those that it has already, or divides otherwise, are not among them.
   */
  begin(
    chunksOf: ReadonlyMap<string, readonly KeyChunk[]>,
  ): Promise<ReadonlyMap<string, ReadonlyMap<number, string>>>;
}

export interface BulkContext {
  options: BulkOptions;
  /** The ledger's connection, which holds the writer's lock. */
  session: WriterSession;
  source: BulkSource;
  /** Aborts for the operator, for a lost lock, and for the first failure. */
  signal: AbortSignal;
}

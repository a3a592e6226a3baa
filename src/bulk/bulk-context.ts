/** What the steps of a bulk load share. */
import type { DatabaseSettings, Settings } from '../config/settings.ts';
import type { WriterSession } from '../ledger/writer-session.ts';
import type { Plan } from '../mapping/plan.ts';
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
}

export interface BulkContext {
  options: BulkOptions;
  /** The ledger's connection, which holds the writer's lock. */
  session: WriterSession;
  source: BulkSource;
  /** Aborts for the operator, for a lost lock, and for the first failure. */
  signal: AbortSignal;
}

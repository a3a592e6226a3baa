import type { DatabaseSettings } from '../../config/settings.ts';
import type { TargetConnection } from '../../postgres/connection.ts';
import type { RestoreScope, SavedKind } from '../saved-objects.ts';

export interface RestoreOptions {
  settings: DatabaseSettings;
  /** How many connections at once; where writers go on it is one, since their locks and ours would meet. */
  jobs: number;
  /** Of the caller, not in a transaction, and not to be used meanwhile. */
  target: TargetConnection;
  runId: string;
  which: RestoreScope;
  /** Whether others write to the tables meanwhile, and must not be made to wait while an index is built. */
  writersGoOn: boolean;
  signal: AbortSignal;
}

export interface RestoreFailure {
  kind: SavedKind;
  table: string;
  name: string;
  why: string;
}

export interface RestoreReport {
  restored: number;
  failures: RestoreFailure[];
  indexMs: number;
  constraintMs: number;
}

/** What may become of a statement of the source that concerns the plan. */
import type { TargetConnection } from '../../postgres/connection.ts';
import type { SyncMapping } from '../sync-mapping.ts';

/** A session in the transaction that commits the position behind the statement. */
export type ChangeTarget = Pick<TargetConnection, 'query'>;

export type Passage =
  | { kind: 'pass' }
  | { kind: 'truncate'; mappings: readonly SyncMapping[] }
  /** The target, or what the ledger knows, changes with it: `work` commits with the position, and the plan is made anew. */
  | { kind: 'change'; work(target: ChangeTarget): Promise<void> }
  | { kind: 'stop'; stop: Stop };

export interface Stop {
  /** A sentence: why it cannot be followed. */
  why: string;
  /** Why an operator cannot let it pass either; null where that is possible. */
  whyNotAccepted: string | null;
}

export const PASS: Passage = { kind: 'pass' };

export function stop(why: string, whyNotAccepted: string | null = null): Passage {
  return { kind: 'stop', stop: { why, whyNotAccepted } };
}

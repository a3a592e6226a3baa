import type { TargetConnection } from '../../postgres/connection.ts';
import type { Difference } from '../differences.ts';

export interface RepairContext {
  target: TargetConnection;
  verification: string;
  /** Who does it, for the ledger. */
  by: string;
  digestOf(mapping: string, key: Difference['key']): string;
}

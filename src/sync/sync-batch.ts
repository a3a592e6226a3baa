/** A batch that is filled or applied, and what is to be known of the source transactions in it. */
import type { BufferPool } from '../../streams/buffer-pool.ts';
import { ChangeBatch } from './change-batch.ts';
import type { SyncMapping } from './sync-mapping.ts';

export class SyncBatch {
  readonly changes: ChangeBatch;
  /** Whole source transactions. */
  transactions = 0;
  rowChanges = 0;
  /** When the first of them was read here; null while there is none. By performance.now(). */
  openedAtMs: number | null = null;
  /** When the source committed the last one, by its clock; null where it did not say. */
  committedAtMs: number | null = null;

  constructor(mappings: readonly SyncMapping[], pool: BufferPool) {
    this.changes = new ChangeBatch(mappings, pool);
  }

  clear(): void {
    this.changes.clear();
    this.transactions = this.rowChanges = 0;
    this.openedAtMs = this.committedAtMs = null;
  }
}

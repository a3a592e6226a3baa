/** What a load needs of its source beside the rows: a server, or a directory of exports. */
import type { BinlogPosition } from '../core/position.ts';
import type { PlannedMapping } from '../mapping/plan.ts';
import type { Plan } from '../mapping/plan.ts';
import type { SourceTable } from '../mysql/catalog-model.ts';
import type { KeyChunk } from '../mysql/chunk-planner.ts';
import type { ControlSource } from '../mysql/control-source.ts';

export interface BulkSource {
  /** The server itself, for what only a server can be asked; null for exports. */
  readonly server: ControlSource | null;
  /** null: what changes at the source during the load is not followed. */
  startPosition(onNote: (text: string) => void): Promise<BinlogPosition | null>;
  /** What the source says of the columns that are read, to be compared at the start of each chunk. */
  signatureOf(planned: PlannedMapping): Promise<string>;
  /** The units that are loaded each in one transaction. */
  chunksOf(table: SourceTable): Promise<KeyChunk[]>;
  /** Throws SOURCE_TABLE_CHANGED where what was read is not what was planned. */
  requireUnchanged(plan: Plan, isConcerned: (mapping: string) => boolean): Promise<void>;
  release(): Promise<void>;
}

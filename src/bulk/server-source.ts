import type { SourceTable } from '../mysql/catalog-model.ts';
import { planChunks } from '../mysql/chunk-planner.ts';
import type { ControlSource } from '../mysql/control-source.ts';
import type { PlannedMapping, Plan } from '../mapping/plan.ts';
import type { BulkSource } from './bulk-source.ts';
import { readFieldSignature } from './field-signature.ts';
import { checkTablesUnchanged } from './source-check.ts';
import { readStartPosition } from '../mysql/start-position.ts';
import { readStatements } from '../../streams/chunk-statements.ts';

/** A MySQL or MariaDB server as the source of a load. */
export class ServerSource implements BulkSource {
  readonly server: ControlSource;
  readonly #chunkRows: number;

  constructor(server: ControlSource, chunkRows: number) {
    this.server = server;
    this.#chunkRows = chunkRows;
  }

  startPosition(onNote: (text: string) => void) {
    return this.server.run((connection) => readStartPosition(connection, onNote));
  }

  signatureOf(planned: PlannedMapping) {
    const { rows } = readStatements(planned, null, null);
    return this.server.run((connection) => readFieldSignature(connection, rows, planned.table.name));
  }

  chunksOf(table: SourceTable) {
    return this.server.run((connection) => planChunks(connection, table, this.#chunkRows));
  }

  requireUnchanged(plan: Plan, isConcerned: (mapping: string) => boolean) {
    return this.server.run((connection) => checkTablesUnchanged(connection, plan, isConcerned));
  }

  release() {
    return this.server.release();
  }
}

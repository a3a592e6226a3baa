/**
 * The source's tables as they were when their rows were read. Sync compiles its plan from these, not from what the source's
 * catalog says today: the binlog that it reads may be older than the last ALTER TABLE.
 */
import type { SourceTable } from '../mysql/catalog-model.ts';
import type { TargetConnection } from '../postgres/connection.ts';

export interface RecordedDefinition {
  mapping: string;
  /** Of the planned mapping at that time: whoever compiles it again must get the same. */
  fingerprint: string;
  /** null where an older version of the program made the load. */
  table: SourceTable | null;
}

/** Of every load of the run, in the order of the mappings' names. */
export async function readDefinitions(
  target: TargetConnection,
  runId: string,
): Promise<RecordedDefinition[]> {
  const { rows } = await target.query<RecordedDefinition>(
    'SELECT mapping, fingerprint, definition AS "table" FROM transfuse.loads WHERE run_id = $1 ORDER BY mapping',
    [runId],
  );
  return rows;
}

/**
 * Puts another definition in the place of a load's, with the fingerprint of the mapping compiled from it. To be called in the
 * transaction of the checkpoint that is behind the schema change, so that both are known or neither.
 */
export async function replaceDefinition(
  target: Pick<TargetConnection, 'query'>,
  runId: string,
  mapping: string,
  definition: { table: SourceTable; fingerprint: string },
): Promise<void> {
  await target.query(
    'UPDATE transfuse.loads SET definition = $3, fingerprint = $4 WHERE run_id = $1 AND mapping = $2',
    [runId, mapping, JSON.stringify(definition.table), definition.fingerprint],
  );
}

/**
 * Gives a definition to the loads that have none, where the fingerprint tells that the table has not changed since: those of an
 * older version of the program.
 */
export async function completeDefinitions(
  target: TargetConnection,
  runId: string,
  planned: readonly { mapping: string; fingerprint: string; table: SourceTable }[],
): Promise<void> {
  const { rows } = await target.query<{ mapping: string }>(
    'SELECT mapping FROM transfuse.loads WHERE run_id = $1 AND definition IS NULL',
    [runId],
  );
  const missing = new Set(rows.map((row) => row.mapping));
  for (const { mapping, fingerprint, table } of planned) {
    if (!missing.has(mapping)) continue;
    await target.query(
      `UPDATE transfuse.loads SET definition = $4
       WHERE run_id = $1 AND mapping = $2 AND fingerprint = $3 AND definition IS NULL`,
      [runId, mapping, fingerprint, JSON.stringify(table)],
    );
  }
}

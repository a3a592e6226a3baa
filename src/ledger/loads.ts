import type { BinlogPosition } from '../core/position.ts';
import type { SourceTable } from '../mysql/catalog-model.ts';
import type { TargetConnection } from '../postgres/connection.ts';

export type LoadState = 'loading' | 'loaded' | 'complete';

export interface Load {
  mapping: string;
  sourceTable: string;
  /** `schema.table`. */
  targetTable: string;
  state: LoadState;
  fingerprint: string;
  /** Noted before the first row of it was read: what the source did before is in its rows. null: P0 of the run. */
  startPosition: BinlogPosition | null;
  /** Behind everything that was read of it. null until it is known: rows may then be newer than any position that was noted. */
  endPosition: BinlogPosition | null;
  /** Of a copy that an online alteration fills: the table whose place it is to take. */
  copyOf: string | null;
}

export interface ChunkBounds {
  chunk: number;
  lower: string[] | null;
  upper: string[] | null;
}

export interface ChunkCounts {
  rowsRead: number;
  rowsLoaded: number;
  rowsFiltered: number;
  rowsRejected: number;
  bytesRead: number;
  bytesWritten: number;
}

export async function readLoads(target: TargetConnection, runId: string): Promise<Map<string, Load>> {
  const { rows } = await target.query<Load>(
    `SELECT mapping, source_table AS "sourceTable", target_schema || '.' || target_table AS "targetTable", state, fingerprint,
       start_position AS "startPosition",
       end_position AS "endPosition", copy_of AS "copyOf"
     FROM transfuse.loads WHERE run_id = $1`,
    [runId],
  );
  return new Map(rows.map((row) => [row.mapping, row]));
}

/**
 * Records a load with all its chunks, in one statement: a load without its chunks is never seen. Does nothing where it is
 * recorded already, by a commit whose answer was lost.
 */
export async function recordLoad(
  target: TargetConnection,
  runId: string,
  load: {
    mapping: string;
    sourceTable: string;
    targetSchema: string;
    targetTable: string;
    fingerprint: string;
    keyColumns: string[];
    /** What the mapping was compiled from. */
    definition: SourceTable;
    /** null: P0 of the run. */
    startPosition: BinlogPosition | null;
  },
  chunks: ChunkBounds[],
): Promise<void> {
  await target.query(
    `WITH load AS (
       INSERT INTO transfuse.loads (run_id, mapping, source_table, target_schema, target_table, state, fingerprint, key_columns, definition,
         start_position)
       VALUES ($1, $2, $3, $4, $5, 'loading', $6, $7, $9, nullif($10::jsonb, 'null')) ON CONFLICT DO NOTHING RETURNING run_id, mapping)
     INSERT INTO transfuse.chunks (run_id, mapping, chunk, lower_bound, upper_bound)
     SELECT load.run_id, load.mapping, (c->>'chunk')::integer,
       (SELECT array_agg(b ORDER BY n) FROM jsonb_array_elements_text(nullif(c->'lower', 'null')) WITH ORDINALITY AS e(b, n)),
       (SELECT array_agg(b ORDER BY n) FROM jsonb_array_elements_text(nullif(c->'upper', 'null')) WITH ORDINALITY AS e(b, n))
     FROM load, jsonb_array_elements($8::jsonb) AS c`,
    [
      runId,
      load.mapping,
      load.sourceTable,
      load.targetSchema,
      load.targetTable,
      load.fingerprint,
      load.keyColumns,
      JSON.stringify(chunks),
      JSON.stringify(load.definition),
      JSON.stringify(load.startPosition),
    ],
  );
}

export function pendingChunks(
  target: TargetConnection,
  runId: string,
  mapping: string,
): Promise<ChunkBounds[]> {
  return readChunks(target, runId, mapping, "AND state = 'pending'");
}

/** Done or not. */
export function chunksOf(target: TargetConnection, runId: string, mapping: string): Promise<ChunkBounds[]> {
  return readChunks(target, runId, mapping, '');
}

async function readChunks(
  target: TargetConnection,
  runId: string,
  mapping: string,
  condition: string,
): Promise<ChunkBounds[]> {
  const { rows } = await target.query<{
    chunk: number;
    lower_bound: string[] | null;
    upper_bound: string[] | null;
  }>(
    `SELECT chunk, lower_bound, upper_bound FROM transfuse.chunks
     WHERE run_id = $1 AND mapping = $2 ${condition} ORDER BY chunk`,
    [runId, mapping],
  );
  return rows.map((row) => ({ chunk: row.chunk, lower: row.lower_bound, upper: row.upper_bound }));
}

/**
 * Takes the chunk's row lock until the open transaction ends, so that no other process can load it meanwhile.
 * Returns its counts where it is done already (a commit whose answer was lost), null where it is ours to load.
 */
export async function claimChunk(
  target: TargetConnection,
  runId: string,
  mapping: string,
  chunk: number,
): Promise<ChunkCounts | null> {
  const { rows } = await target.query<ChunkRow & { state: string }>(
    `SELECT state, ${COUNT_COLUMNS} FROM transfuse.chunks WHERE run_id = $1 AND mapping = $2 AND chunk = $3 FOR UPDATE`,
    [runId, mapping, chunk],
  );
  const row = rows[0]!;
  return row.state === 'done' ? countsOf(row) : null;
}

/** Marks the chunk done. To be called in the transaction that holds its rows (invariant 3). */
export async function finishChunk(
  target: TargetConnection,
  runId: string,
  mapping: string,
  chunk: number,
  counts: ChunkCounts,
): Promise<void> {
  await target.query(
    `UPDATE transfuse.chunks SET state = 'done', finished_at = now(), rows_read = $4, rows_loaded = $5, rows_filtered = $6,
       rows_rejected = $7, bytes_read = $8, bytes_written = $9
     WHERE run_id = $1 AND mapping = $2 AND chunk = $3`,
    [runId, mapping, chunk, ...countValues(counts)],
  );
}

/** Adds to the counts of a chunk that is done. To be called in the transaction that changes its rows. */
export async function adjustChunk(
  target: TargetConnection,
  runId: string,
  mapping: string,
  chunk: number,
  change: ChunkCounts,
): Promise<void> {
  await target.query(
    `UPDATE transfuse.chunks SET rows_read = rows_read + $4, rows_loaded = rows_loaded + $5, rows_filtered = rows_filtered + $6,
       rows_rejected = rows_rejected + $7, bytes_read = bytes_read + $8, bytes_written = bytes_written + $9
     WHERE run_id = $1 AND mapping = $2 AND chunk = $3`,
    [runId, mapping, chunk, ...countValues(change)],
  );
}

export async function setLoadState(
  target: TargetConnection,
  runId: string,
  mapping: string,
  state: 'loaded' | 'complete',
): Promise<void> {
  const stamp = state === 'loaded' ? 'loaded_at' : 'completed_at';
  await target.query(
    `UPDATE transfuse.loads SET state = $3, ${stamp} = now() WHERE run_id = $1 AND mapping = $2`,
    [runId, mapping, state],
  );
}

/**
 * Notes a position behind everything that was read so far, for every load whose rows were all read and that is not complete,
 * or whose end is not known: sync must pass it before what the load took away can hold again.
 */
export async function recordLoadEnds(
  target: TargetConnection,
  runId: string,
  position: BinlogPosition,
): Promise<void> {
  await target.query(
    `UPDATE transfuse.loads SET end_position = $2
     WHERE run_id = $1 AND (state = 'loaded' OR (state = 'complete' AND end_position IS NULL))`,
    [runId, JSON.stringify(position)],
  );
}

/** To be called before rows of loads that are complete are read again: a position noted earlier is not behind them. */
export async function forgetLoadEnds(
  target: TargetConnection,
  runId: string,
  mappings: readonly string[],
): Promise<void> {
  await target.query(
    'UPDATE transfuse.loads SET end_position = NULL WHERE run_id = $1 AND mapping = ANY ($2)',
    [runId, mappings],
  );
}

/** Forgets a load with its chunks and rejects, for --replace. */
export async function forgetLoad(target: TargetConnection, runId: string, mapping: string): Promise<void> {
  await target.query('DELETE FROM transfuse.loads WHERE run_id = $1 AND mapping = $2', [runId, mapping]);
}

/** The target tables of a run's loads, each once. */
export async function readTargetTables(
  target: TargetConnection,
  runId: string,
): Promise<{ schema: string; table: string }[]> {
  const { rows } = await target.query<{ schema: string; table: string }>(
    `SELECT DISTINCT target_schema AS schema, target_table AS "table" FROM transfuse.loads WHERE run_id = $1 ORDER BY 1, 2`,
    [runId],
  );
  return rows;
}

export interface LoadTotals extends ChunkCounts {
  mapping: string;
  sourceTable: string;
  targetTable: string;
  state: LoadState;
  chunksDone: number;
  chunks: number;
  openRejects: number;
}

/** What the ledger says of each load of a run: the sums over its chunks. */
export async function readTotals(target: TargetConnection, runId: string): Promise<LoadTotals[]> {
  const { rows } = await target.query<ChunkRow & Record<string, string>>(
    `SELECT l.mapping, l.source_table, l.target_schema || '.' || l.target_table AS target_table, l.state,
       count(*) FILTER (WHERE c.state = 'done') AS chunks_done, count(c.chunk) AS chunks,
       ${SUM_COLUMNS},
       (SELECT count(*) FROM transfuse.rejects r
         WHERE r.run_id = l.run_id AND r.mapping = l.mapping AND r.resolved_at IS NULL) AS open_rejects
     FROM transfuse.loads l LEFT JOIN transfuse.chunks c USING (run_id, mapping)
     WHERE l.run_id = $1 GROUP BY l.run_id, l.mapping ORDER BY l.mapping`,
    [runId],
  );
  return rows.map((row) => ({
    mapping: row['mapping']!,
    sourceTable: row['source_table']!,
    targetTable: row['target_table']!,
    state: row['state'] as LoadState,
    chunksDone: Number(row['chunks_done']),
    chunks: Number(row['chunks']),
    openRejects: Number(row['open_rejects']),
    ...countsOf(row),
  }));
}

const COUNT_NAMES = [
  'rows_read',
  'rows_loaded',
  'rows_filtered',
  'rows_rejected',
  'bytes_read',
  'bytes_written',
] as const;
const COUNT_COLUMNS = COUNT_NAMES.join(', ');
const SUM_COLUMNS = COUNT_NAMES.map((name) => `coalesce(sum(c.${name}), 0) AS ${name}`).join(', ');

type ChunkRow = Record<(typeof COUNT_NAMES)[number], string>;

function countsOf(row: ChunkRow): ChunkCounts {
  return {
    rowsRead: Number(row.rows_read),
    rowsLoaded: Number(row.rows_loaded),
    rowsFiltered: Number(row.rows_filtered),
    rowsRejected: Number(row.rows_rejected),
    bytesRead: Number(row.bytes_read),
    bytesWritten: Number(row.bytes_written),
  };
}

function countValues(counts: ChunkCounts): number[] {
  const { rowsRead, rowsLoaded, rowsFiltered, rowsRejected, bytesRead, bytesWritten } = counts;
  return [rowsRead, rowsLoaded, rowsFiltered, rowsRejected, bytesRead, bytesWritten];
}

import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import type { RejectReason } from '../core/reject-reasons.ts';
import type { TargetConnection } from '../postgres/connection.ts';

export interface RejectedRow {
  /** The source columns' names, and their values as the source gave them. */
  columns: readonly string[];
  values: readonly (Buffer | null)[];
  /** Names of the key columns among them; empty for a table without a key. */
  keyColumns: readonly string[];
  /** Columns of which only the presence is kept. */
  secrets?: readonly string[];
  reason: RejectReason;
  column: string | null;
  sqlState: string | null;
}

export interface OpenReject {
  id: string;
  chunk: number;
  key: Record<string, JsonValue>;
}

/** Text as it is; bytes that jsonb cannot hold as base64; a value too large to keep by its size and SHA-256. */
export type JsonValue = string | null | { base64: string } | { bytes: number; sha256: string };

const WITHHELD = { withheld: true };
const MAX_KEPT_VALUE_BYTES = 256 * 1024;

/**
 * Keeps rejected rows. To be called in the transaction of their chunk, so that they are kept exactly when it is; with null for
 * rows that sync met.
 */
export async function recordRejects(
  target: Pick<TargetConnection, 'query'>,
  runId: string,
  mapping: string,
  chunk: number | null,
  rows: readonly RejectedRow[],
): Promise<void> {
  if (rows.length === 0) return;
  const records = rows.map((row) => {
    const { secrets = [] } = row;
    const data = Object.fromEntries(
      row.columns.map((name, index) => {
        const value = row.values[index]!;
        return [name, value !== null && secrets.includes(name) ? WITHHELD : toJson(value)];
      }),
    );
    return {
      key: row.keyColumns.length > 0 ? rejectKey(row) : null,
      reason: row.reason,
      column: row.column,
      sqlstate: row.sqlState,
      data,
    };
  });
  await target.query(
    `INSERT INTO transfuse.rejects (run_id, mapping, chunk, row_key, reason, column_name, sqlstate, row_data)
     SELECT $1, $2, $3, nullif(r->'key', 'null'), r->>'reason', r->>'column', r->>'sqlstate', r->'data'
     FROM jsonb_array_elements($4::jsonb) AS r`,
    [runId, mapping, chunk, JSON.stringify(records)],
  );
}

/** The key of a row as the ledger keeps it. */
export function rejectKey(
  row: Pick<RejectedRow, 'columns' | 'values' | 'keyColumns'>,
): Record<string, JsonValue> {
  return Object.fromEntries(
    row.keyColumns.map((name) => [name, toJson(row.values[row.columns.indexOf(name)] ?? null)]),
  );
}

/**
 * Closes the open rejects of these rows, whose later version (or deletion) has come. To be called in the transaction that
 * applies it. Returns how many were open.
 */
export async function supersedeRejects(
  target: Pick<TargetConnection, 'query'>,
  runId: string,
  mapping: string,
  keys: readonly Record<string, JsonValue>[] | 'all',
): Promise<number> {
  const { rows } = await target.query<{ count: string }>(
    `WITH closed AS (
       UPDATE transfuse.rejects SET resolved_at = now(), resolution = 'superseded'
       WHERE run_id = $1 AND mapping = $2 AND resolved_at IS NULL
         AND ($3::jsonb IS NULL OR row_key IN (SELECT e FROM jsonb_array_elements($3::jsonb) AS e))
       RETURNING 1)
     SELECT count(*) AS count FROM closed`,
    [runId, mapping, keys === 'all' ? null : JSON.stringify(keys)],
  );
  return Number(rows[0]!.count);
}

/** For each of the keys, whether a reject of its row is open. */
export async function haveOpenRejects(
  target: Pick<TargetConnection, 'query'>,
  runId: string,
  mapping: string,
  keys: readonly Record<string, JsonValue>[],
): Promise<boolean[]> {
  const { rows } = await target.query<{ open: boolean }>(
    `SELECT EXISTS (SELECT FROM transfuse.rejects WHERE run_id = $1 AND mapping = $2 AND resolved_at IS NULL AND row_key = k.key) AS open
     FROM jsonb_array_elements($3::jsonb) WITH ORDINALITY AS k(key, n) ORDER BY n`,
    [runId, mapping, JSON.stringify(keys)],
  );
  return rows.map(({ open }) => open);
}

function toJson(value: Buffer | null): JsonValue {
  if (value === null) return null;
  if (value.length > MAX_KEPT_VALUE_BYTES) {
    return { bytes: value.length, sha256: createHash('sha256').update(value).digest('hex') };
  }
  if (isUtf8(value) && !value.includes(0)) return value.toString('utf8');
  return { base64: value.toString('base64') };
}

/** The newest reject there is: retrying goes up to it, and not on to those that it makes itself. */
export async function lastRejectId(target: TargetConnection): Promise<string> {
  const { rows } = await target.query<{ id: string }>(
    'SELECT coalesce(max(id), 0) AS id FROM transfuse.rejects',
  );
  return rows[0]!.id;
}

/**
 * Locks up to `limit` open rejects with a key, all of one chunk, with after < id <= upTo. Those that sync met are not among
 * them: an older version of such a row may be in the target, and a later one closes the reject by itself.
 */
export async function claimOpenRejects(
  target: TargetConnection,
  runId: string,
  mapping: string,
  { after, upTo, limit }: { after: string; upTo: string; limit: number },
): Promise<OpenReject[]> {
  const { rows } = await target.query<OpenReject>(
    `SELECT id, chunk, row_key AS key FROM transfuse.rejects
     WHERE run_id = $1 AND mapping = $2 AND resolved_at IS NULL AND row_key IS NOT NULL AND chunk IS NOT NULL
       AND id > $3 AND id <= $4
     ORDER BY id LIMIT $5 FOR UPDATE`,
    [runId, mapping, after, upTo, limit],
  );
  const end = rows.findIndex((row) => row.chunk !== rows[0]!.chunk);
  return end < 0 ? rows : rows.slice(0, end);
}

export async function countKeylessRejects(
  target: TargetConnection,
  runId: string,
  mapping: string,
): Promise<number> {
  const { rows } = await target.query<{ count: string }>(
    `SELECT count(*) AS count FROM transfuse.rejects
     WHERE run_id = $1 AND mapping = $2 AND resolved_at IS NULL AND row_key IS NULL`,
    [runId, mapping],
  );
  return Number(rows[0]!.count);
}

export async function resolveRejects(
  target: TargetConnection,
  ids: readonly string[],
  resolution: 'retried',
): Promise<void> {
  await target.query(
    'UPDATE transfuse.rejects SET resolved_at = now(), resolution = $2 WHERE id = ANY ($1::bigint[])',
    [ids, resolution],
  );
}

/** Counts open rejects by mapping and reason: of the whole run, or of one chunk. */
export async function openRejectCounts(
  target: TargetConnection,
  runId: string,
  of: { mapping: string; chunk: number } | null = null,
): Promise<{ mapping: string; reason: string; column: string | null; count: number }[]> {
  const { rows } = await target.query<{
    mapping: string;
    reason: string;
    column: string | null;
    count: string;
  }>(
    `SELECT mapping, reason, column_name AS column, count(*) AS count FROM transfuse.rejects
     WHERE run_id = $1 AND resolved_at IS NULL AND ($2::text IS NULL OR (mapping = $2 AND chunk = $3))
     GROUP BY 1, 2, 3 ORDER BY 1, 4 DESC, 2`,
    [runId, of?.mapping ?? null, of?.chunk ?? null],
  );
  return rows.map((row) => ({ ...row, count: Number(row.count) }));
}

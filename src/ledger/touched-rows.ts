/**
 * Rows of the target that have to be made anew from a query of the source, because a change there touched them. Kept in the ledger, in
 * the transaction that passes the change: what was not yet made anew when sync ended is not forgotten.
 */
import type { TargetConnection } from '../postgres/connection.ts';

/** Since version 4. */
export const TOUCHED_DDL = `
CREATE TABLE IF NOT EXISTS transfuse.touched_rows (
  run_id uuid NOT NULL REFERENCES transfuse.runs ON DELETE CASCADE,
  mapping text NOT NULL,
  watch smallint NOT NULL,
  inputs text NOT NULL,
  inputs_hash bytea NOT NULL,
  touched bigint NOT NULL,
  PRIMARY KEY (run_id, mapping, watch, inputs_hash)
);
COMMENT ON TABLE transfuse.touched_rows IS 'Rows of query mappings that a change of the source has touched, until they are selected again';
COMMENT ON COLUMN transfuse.touched_rows.watch IS 'Which of the mapping''s watches saw it; -1: inputs are the key of the source row; -2: so too, and what is gone is to go';
COMMENT ON COLUMN transfuse.touched_rows.inputs IS 'A JSON array of texts';
COMMENT ON COLUMN transfuse.touched_rows.touched IS 'Changes with each touch: an entry goes only as it was read';
`;

/** `watch` of an entry whose inputs are the key itself. */
export const KEY_ITSELF = -1;

/** The same, of a row that others refer to: it may have to go, once these have been made anew. */
export const KEY_LEFT = -2;

export interface Touch {
  mapping: string;
  watch: number;
  /** A JSON array of texts. */
  inputs: string;
}

export interface TouchedRow extends Touch {
  touched: string;
}

type Target = Pick<TargetConnection, 'query'>;

/** To be called in the transaction that passes the changes. `touched` must be another number in each transaction. */
export async function recordTouches(
  target: Target,
  runId: string,
  touches: readonly Touch[],
  touched: string,
): Promise<void> {
  await target.query(
    `INSERT INTO transfuse.touched_rows (run_id, mapping, watch, inputs, inputs_hash, touched)
     SELECT DISTINCT $1::uuid, t.mapping, t.watch, t.inputs, sha256(convert_to(t.inputs, 'UTF8')), $5::bigint
     FROM unnest($2::text[], $3::smallint[], $4::text[]) AS t(mapping, watch, inputs)
     ON CONFLICT (run_id, mapping, watch, inputs_hash) DO UPDATE SET touched = excluded.touched`,
    [
      runId,
      touches.map(({ mapping }) => mapping),
      touches.map(({ watch }) => watch),
      touches.map(({ inputs }) => inputs),
      touched,
    ],
  );
}

/** How many entries wait; an entry may stand for many rows. None in the ledger of an older version. */
export async function countTouchedRows(target: Target, runId: string): Promise<number> {
  const { rows: known } = await target.query<{ name: string | null }>(
    "SELECT to_regclass('transfuse.touched_rows') AS name",
  );
  if (known[0]!.name === null) return 0;
  const { rows } = await target.query<{ count: string }>(
    'SELECT count(*) AS count FROM transfuse.touched_rows WHERE run_id = $1',
    [runId],
  );
  return Number(rows[0]!.count);
}

export async function hasTouchedRows(target: Target, runId: string): Promise<boolean> {
  const { rows } = await target.query('SELECT FROM transfuse.touched_rows WHERE run_id = $1 LIMIT 1', [
    runId,
  ]);
  return rows.length > 0;
}

export type TouchKind = 'lookup' | 'key' | 'left';

const WATCHES: Readonly<Record<TouchKind, string>> = {
  lookup: 'watch >= 0',
  key: `watch = ${KEY_ITSELF}`,
  left: `watch = ${KEY_LEFT}`,
};

/** The oldest entry of each kind, by the number of the transaction that recorded it; null where there is none. */
export async function oldestTouches(
  target: Target,
  runId: string,
): Promise<Record<TouchKind, bigint | null>> {
  const { rows } = await target.query<Record<TouchKind, string | null>>(
    `SELECT ${Object.entries(WATCHES)
      .map(([kind, condition]) => `min(touched) FILTER (WHERE ${condition}) AS "${kind}"`)
      .join(', ')} FROM transfuse.touched_rows WHERE run_id = $1`,
    [runId],
  );
  const { lookup, key, left } = rows[0]!;
  const number = (text: string | null): bigint | null => (text === null ? null : BigInt(text));
  return { lookup: number(lookup), key: number(key), left: number(left) };
}

/** Entries whose keys have to be looked up, or keys, in the order of these mappings, oldest first. */
export async function readTouchedRows(
  target: Target,
  runId: string,
  {
    kind,
    mappings,
    before = null,
    limit,
  }: {
    kind: TouchKind;
    mappings: readonly string[];
    /** Recorded before this transaction. */
    before?: bigint | null;
    limit: number;
  },
): Promise<TouchedRow[]> {
  const { rows } = await target.query<TouchedRow>(
    `SELECT mapping, watch::integer AS watch, inputs, touched::text AS touched FROM transfuse.touched_rows
     WHERE run_id = $1 AND ${WATCHES[kind]} AND ($4::bigint IS NULL OR touched < $4)
     ORDER BY array_position($2::text[], mapping), touched, inputs_hash LIMIT $3`,
    [runId, mappings, limit, before === null ? null : String(before)],
  );
  return rows;
}

/** Forgets entries that have not been touched again since they were read. */
export async function removeTouchedRows(
  target: Target,
  runId: string,
  rows: readonly TouchedRow[],
): Promise<void> {
  await target.query(
    `DELETE FROM transfuse.touched_rows r
     USING unnest($2::text[], $3::smallint[], $4::text[], $5::bigint[]) AS t(mapping, watch, inputs, touched)
     WHERE r.run_id = $1 AND r.mapping = t.mapping AND r.watch = t.watch AND r.inputs_hash = sha256(convert_to(t.inputs, 'UTF8'))
       AND r.touched = t.touched`,
    [
      runId,
      rows.map(({ mapping }) => mapping),
      rows.map(({ watch }) => watch),
      rows.map(({ inputs }) => inputs),
      rows.map(({ touched }) => touched),
    ],
  );
}

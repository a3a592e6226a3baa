/** What was done about rows that differed: when, by whom, and what a removed row was. */
import type { TargetConnection } from '../postgres/connection.ts';

/** Since version 8. */
export const REPAIRS_DDL = `
CREATE TABLE IF NOT EXISTS transfuse.repairs (
  verification uuid NOT NULL REFERENCES transfuse.verifications ON DELETE CASCADE,
  mapping text NOT NULL,
  action text NOT NULL CHECK (action IN ('noted', 'removed')),
  row_key jsonb NOT NULL,
  key_digest text NOT NULL,
  row_data jsonb,
  repaired_at timestamptz NOT NULL DEFAULT now(),
  repaired_by text NOT NULL
);
CREATE INDEX IF NOT EXISTS repairs_by_verification ON transfuse.repairs (verification);
COMMENT ON TABLE transfuse.repairs IS 'Rows that bin/verify --repair has noted for sync, which makes them anew from the source, or removed: as confidential as the data itself';
COMMENT ON COLUMN transfuse.repairs.row_data IS 'A removed row as it was; NULL for one that was noted';
`;

export interface RepairRecord {
  mapping: string;
  action: 'noted' | 'removed';
  key: object;
  digest: string;
  /** JSON. */
  row: string | null;
}

/** To be called in the transaction that does it. */
export async function recordRepairs(
  target: Pick<TargetConnection, 'query'>,
  verification: string,
  by: string,
  repairs: readonly RepairRecord[],
): Promise<void> {
  await target.query(
    `INSERT INTO transfuse.repairs (verification, mapping, action, row_key, key_digest, row_data, repaired_by)
     SELECT $1, r.mapping, r.action, r.key, r.digest, r.row, $2
     FROM unnest($3::text[], $4::text[], $5::jsonb[], $6::text[], $7::jsonb[]) AS r(mapping, action, key, digest, row)`,
    [
      verification,
      by,
      repairs.map(({ mapping }) => mapping),
      repairs.map(({ action }) => action),
      repairs.map(({ key }) => JSON.stringify(key)),
      repairs.map(({ digest }) => digest),
      repairs.map(({ row }) => row),
    ],
  );
}

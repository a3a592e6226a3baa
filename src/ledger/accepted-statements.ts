/** The statements of the source that an operator has let pass, each by its place in the binlog. */
import type { TargetConnection } from '../postgres/connection.ts';

/** Since version 3. */
export const ACCEPTED_DDL = `
CREATE TABLE IF NOT EXISTS transfuse.accepted_statements (
  run_id uuid NOT NULL REFERENCES transfuse.runs ON DELETE CASCADE,
  file text NOT NULL,
  "offset" bigint NOT NULL,
  gtid text,
  statement text NOT NULL,
  tables text[] NOT NULL,
  accepted_by text NOT NULL,
  accepted_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (run_id, file, "offset")
);
COMMENT ON TABLE transfuse.accepted_statements IS 'Statements of the source that an operator has let sync go past, by --accept-schema';
`;

export interface AcceptedStatement {
  file: string;
  offset: number;
  gtid: string | null;
  /** Its kind, such as `drop-table`: its text may hold values. */
  statement: string;
  tables: string[];
  /** User and machine. */
  acceptedBy: string;
}

/** To be called in the transaction of the checkpoint behind the statement: it is passed exactly when this is kept. */
export async function recordAccepted(
  target: Pick<TargetConnection, 'query'>,
  runId: string,
  { file, offset, gtid, statement, tables, acceptedBy }: AcceptedStatement,
): Promise<void> {
  await target.query(
    `INSERT INTO transfuse.accepted_statements (run_id, file, "offset", gtid, statement, tables, accepted_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [runId, file, offset, gtid, statement, tables, acceptedBy],
  );
}

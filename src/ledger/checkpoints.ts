/** Where sync has come to in this service database. Written in the transaction of the rows it speaks of (invariant 4). */
import { TransfuseError } from '../core/errors.ts';
import type { BinlogPosition } from '../core/position.ts';
import type { TargetConnection } from '../postgres/connection.ts';

/** Since version 2: where sync has come to, and rejects that no chunk has. */
export const CHECKPOINTS_DDL = `
CREATE TABLE IF NOT EXISTS transfuse.checkpoints (
  run_id uuid PRIMARY KEY REFERENCES transfuse.runs ON DELETE CASCADE,
  position jsonb NOT NULL,
  commits bigint NOT NULL DEFAULT 0,
  committed_at timestamptz,
  transactions bigint NOT NULL DEFAULT 0,
  upserts bigint NOT NULL DEFAULT 0,
  deletes bigint NOT NULL DEFAULT 0,
  rejects bigint NOT NULL DEFAULT 0,
  updated_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE transfuse.checkpoints IS 'The position whose effects this database holds; commits with them';
ALTER TABLE transfuse.rejects ALTER COLUMN chunk DROP NOT NULL;
COMMENT ON COLUMN transfuse.rejects.chunk IS 'The chunk that read the row; NULL where sync met it';
`;

export interface Checkpoint {
  position: BinlogPosition;
  /** How often it was moved: tells whether another writer has been here. */
  commits: bigint;
  /** When the source committed the last transaction that was applied; null before the first. */
  sourceCommittedAt: Date | null;
  transactions: number;
  /** Row changes of the source that were applied, and those that became rejects. */
  upserts: number;
  deletes: number;
  rejects: number;
  updatedAt: Date;
}

export interface CheckpointAdvance {
  position: BinlogPosition;
  sourceCommittedAt: Date | null;
  transactions: number;
  upserts: number;
  deletes: number;
  rejects: number;
}

type Query = Pick<TargetConnection, 'query'>;

interface CheckpointRow {
  position: BinlogPosition;
  commits: string;
  committed_at: Date | null;
  transactions: string;
  upserts: string;
  deletes: string;
  rejects: string;
  updated_at: Date;
}

/** What the ledger holds: after a lost connection, this tells whether the last commit took place. Null before sync has begun. */
export async function readCheckpoint(target: Query, runId: string): Promise<Checkpoint | null> {
  const { rows } = await target.query<CheckpointRow>(
    `SELECT position, commits, committed_at, transactions, upserts, deletes, rejects, updated_at
     FROM transfuse.checkpoints WHERE run_id = $1`,
    [runId],
  );
  const row = rows[0];
  if (!row) return null;
  return {
    position: row.position,
    commits: BigInt(row.commits),
    sourceCommittedAt: row.committed_at,
    transactions: Number(row.transactions),
    upserts: Number(row.upserts),
    deletes: Number(row.deletes),
    rejects: Number(row.rejects),
    updatedAt: row.updated_at,
  };
}

/** The same for a command that only looks, and may find a ledger that is older than checkpoints. */
export async function readCheckpointIfAny(target: Query, runId: string): Promise<Checkpoint | null> {
  const { rows } = await target.query<{ there: boolean }>(
    "SELECT to_regclass('transfuse.checkpoints') IS NOT NULL AS there",
  );
  return rows[0]!.there ? readCheckpoint(target, runId) : null;
}

/** The checkpoint, which is `start` (P0 of the run) where sync begins. */
export async function beginCheckpoint(
  target: Query,
  runId: string,
  start: BinlogPosition,
): Promise<Checkpoint> {
  await target.query(
    'INSERT INTO transfuse.checkpoints (run_id, position) VALUES ($1, $2) ON CONFLICT DO NOTHING',
    [runId, JSON.stringify(start)],
  );
  return (await readCheckpoint(target, runId))!;
}

/** Locks the checkpoint until the transaction ends, where it is still the one that is known: a count of one, else of none. */
export const CLAIM_CHECKPOINT =
  'SELECT 1 FROM transfuse.checkpoints WHERE run_id = $1 AND commits = $2 FOR UPDATE';

/** Moves on the checkpoint that CLAIM_CHECKPOINT has locked. */
export const ADVANCE_CHECKPOINT = `UPDATE transfuse.checkpoints SET position = $2, commits = commits + 1,
  committed_at = coalesce($3, committed_at), transactions = transactions + $4, upserts = upserts + $5,
  deletes = deletes + $6, rejects = rejects + $7, updated_at = now() WHERE run_id = $1`;

/** The parameters of CLAIM_CHECKPOINT as a tuple of binary COPY. */
export function claimParameters(runId: string, commits: bigint): Buffer {
  return tupleOf([uuidField(runId), bigintField(commits)]);
}

/** The parameters of ADVANCE_CHECKPOINT as a tuple of binary COPY. */
export function advanceParameters(runId: string, advance: CheckpointAdvance): Buffer {
  const { position, sourceCommittedAt, transactions, upserts, deletes, rejects } = advance;
  const counts = [transactions, upserts, deletes, rejects];
  return tupleOf([
    uuidField(runId),
    Buffer.concat([JSONB_VERSION, Buffer.from(JSON.stringify(position))]),
    sourceCommittedAt && bigintField(BigInt(sourceCommittedAt.getTime() - EPOCH_MS) * 1000n),
    ...counts.map((count) => bigintField(BigInt(count))),
  ]);
}

/** PostgreSQL counts microseconds from 2000-01-01. */
const EPOCH_MS = Date.UTC(2000, 0, 1);
const JSONB_VERSION = Buffer.from([1]);

function uuidField(id: string): Buffer {
  return Buffer.from(id.replaceAll('-', ''), 'hex');
}

function bigintField(value: bigint): Buffer {
  const field = Buffer.alloc(8);
  field.writeBigInt64BE(value);
  return field;
}

function tupleOf(fields: readonly (Buffer | null)[]): Buffer {
  const count = Buffer.alloc(2);
  count.writeInt16BE(fields.length);
  const parts = fields.flatMap((field) => {
    const length = Buffer.alloc(4);
    length.writeInt32BE(field?.length ?? -1);
    return field === null ? [length] : [length, field];
  });
  return Buffer.concat([count, ...parts]);
}

export function checkpointMoved(): TransfuseError {
  return new TransfuseError(
    'CHECKPOINT_MOVED',
    'Another command has moved the checkpoint of this target meanwhile. What was not committed was rolled back.',
  );
}

/** Only together with everything that was loaded: rows without a checkpoint are at P0. */
export async function forgetCheckpoint(target: Query, runId: string): Promise<void> {
  await target.query('DELETE FROM transfuse.checkpoints WHERE run_id = $1', [runId]);
}

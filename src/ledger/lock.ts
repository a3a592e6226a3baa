import { TransfuseError } from '../core/errors.ts';
import type { TargetConnection } from '../postgres/connection.ts';

const LOCK_KEY = "hashtextextended('transfuse writer', 0)";

/**
 * Takes the one writer's lock of this service database (invariant 8). It belongs to the connection, and goes with it.
 * Throws LOCK_HELD naming who has it.
 */
export async function acquireWriterLock(target: TargetConnection): Promise<void> {
  const { rows } = await target.query<{ taken: boolean }>(
    `SELECT pg_try_advisory_lock(${LOCK_KEY}) AS taken`,
  );
  if (rows[0]!.taken) return;
  const holder = await lockHolder(target);
  throw new TransfuseError(
    'LOCK_HELD',
    holder
      ? `Another command writes to this target: ${holder.application || 'unknown'}, from ${holder.client}, connected since ${holder.since} (server process ${holder.pid}).`
      : 'Another command wrote to this target a moment ago.',
    holder ? { where: { holder: holder.application, pid: holder.pid } } : {},
  );
}

interface LockHolder {
  pid: number;
  application: string;
  client: string;
  since: string;
}

/** Who holds the writer's lock, or null. */
export async function lockHolder(target: TargetConnection): Promise<LockHolder | null> {
  const { rows } = await target.query<LockHolder>(
    `SELECT a.pid, a.application_name AS application, coalesce(host(a.client_addr), 'this host') AS client,
       to_char(a.backend_start, 'YYYY-MM-DD HH24:MI:SS TZ') AS since
     FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_stat_activity a USING (pid)
     WHERE l.locktype = 'advisory' AND l.granted
       AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
       AND l.objsubid = 1 AND (l.classid::bigint << 32 | l.objid::bigint) = ${LOCK_KEY}`,
  );
  return rows[0] ?? null;
}

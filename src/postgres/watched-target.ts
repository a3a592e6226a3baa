/** Sessions that outlast weeks: a connection that is dead without a sign is noticed, and what it leaves at the server is ended. */
import type { DatabaseSettings } from '../config/settings.ts';
import { openTarget, type OpenTargetOptions, type TargetConnection } from './connection.ts';
import { watchSession, type SessionState } from './session-watch.ts';

/** How the server tells a session from all others, those of before a restart too. */
export interface ServerSession {
  pid: number;
  startedAt: string;
}

export interface WatchedTarget {
  target: TargetConnection;
  session: ServerSession;
}

const SILENCE_MS = 10_000;

/** As openTarget, and watched until it ends: after `silenceMs` without a byte while an answer is due, the server is asked. Throws what openTarget and a query throw. */
export async function openWatchedTarget(
  settings: DatabaseSettings,
  options: OpenTargetOptions & { silenceMs?: number },
): Promise<WatchedTarget> {
  const { silenceMs = SILENCE_MS } = options;
  const target = await openTarget(settings, options);
  // What it is to be told from others by is asked before it can be watched.
  const deadline = setTimeout(() => target.abandon(), silenceMs);
  try {
    const { rows } = await target.query<ServerSession>(
      'SELECT pid, backend_start::text AS "startedAt" FROM pg_catalog.pg_stat_activity WHERE pid = pg_backend_pid()',
    );
    const session = rows[0]!;
    watchSession({ target, ask: () => askAbout(session, settings, options), silenceMs });
    return { target, session };
  } catch (error) {
    target.destroy();
    throw error;
  } finally {
    clearTimeout(deadline);
  }
}

/** Ends a session that was lost on our side; the server may not notice for hours, and it may hold locks. Needs no rights but those of its own role. */
export async function endSession(
  target: Pick<TargetConnection, 'query'>,
  { pid, startedAt }: ServerSession,
): Promise<void> {
  await target.query(
    'SELECT pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity WHERE pid = $1 AND backend_start = $2::timestamptz',
    [pid, startedAt],
  );
}

async function askAbout(
  { pid, startedAt }: ServerSession,
  settings: DatabaseSettings,
  { database, signal }: OpenTargetOptions,
): Promise<SessionState> {
  const asking = await openTarget(settings, {
    applicationName: 'transfuse watch',
    ...(database !== undefined && { database }),
    ...(signal && { signal }),
  });
  const timer = setTimeout(() => asking.abandon(), SILENCE_MS);
  try {
    const { rows } = await asking.query<{ isWaiting: boolean }>(
      `SELECT coalesce(state LIKE 'idle%' OR wait_event_type = 'Client', false) AS "isWaiting"
       FROM pg_catalog.pg_stat_activity WHERE pid = $1 AND backend_start = $2::timestamptz`,
      [pid, startedAt],
    );
    if (!rows[0]) return 'is gone';
    return rows[0].isWaiting ? 'waits for us' : 'works';
  } finally {
    clearTimeout(timer);
    asking.destroy();
  }
}

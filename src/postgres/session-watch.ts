/**
 * Notices a session with the target whose connection is dead without a sign: a firewall has forgotten it, or a machine went away.
 * What is written to it is taken, and nothing comes back. A statement may well take hours, and a network may stand still and
 * go on; so the server itself is asked, on another connection, what the session does. Only where it waits for us, or is not
 * there any more, while we wait for it, the connection is given up.
 */
import type { Client } from 'pg';
import type { TargetConnection } from './connection.ts';
import { isClosed, wireBytes } from './wire-bytes.ts';

export interface SessionWatchOptions {
  target: Pick<TargetConnection, 'client' | 'isLost' | 'abandon'>;
  /** Asks the server, on another connection, what the session does. Rejects where it cannot be asked. */
  ask(): Promise<SessionState>;
  /** After so long without a byte it is asked. */
  silenceMs: number;
}

export type SessionState = 'works' | 'waits for us' | 'is gone';

/** An answer may be on its way while the server is asked: it has to say the same again. */
const ASKED_TIMES = 2;
const TICKS_PER_SILENCE = 5;

/** Until the session ends. Calls `abandon` at most once. */
export function watchSession({ target, ask, silenceMs }: SessionWatchOptions): void {
  const tickMs = silenceMs / TICKS_PER_SILENCE;
  let bytes = wireBytes(target.client);
  let silentSinceMs = performance.now();
  let strikes = 0;
  let isAsking = false;
  const timer = setInterval(() => void tick(), tickMs);
  timer.unref();

  async function tick(): Promise<void> {
    if (target.isLost || isClosed(target.client)) return clearInterval(timer);
    const isQuiet = isWaiting(target.client) && wireBytes(target.client) === bytes;
    if (!isQuiet) {
      bytes = wireBytes(target.client);
      silentSinceMs = performance.now();
      strikes = 0;
      return;
    }
    if (isAsking || performance.now() - silentSinceMs < silenceMs) return;
    isAsking = true;
    const state = await ask().catch(() => 'works' as const);
    isAsking = false;
    if (target.isLost || wireBytes(target.client) !== bytes) return;
    strikes = state === 'works' ? 0 : strikes + 1;
    // Asked again at the next tick, or after another silence.
    if (strikes === 0) silentSinceMs = performance.now();
    if (strikes < ASKED_TIMES) return;
    clearInterval(timer);
    target.abandon();
  }
}

/** Whether an answer is due. */
function isWaiting(client: Client): boolean {
  return !(client as unknown as { readyForQuery: boolean }).readyForQuery;
}

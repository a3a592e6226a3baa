/** The workload of the synthetic OpenEMR practice, from when its doors open. */
import mysql, { type RowDataPacket } from 'mysql2/promise';
import { Workload, type Script } from '../../../demo/workload/workload.ts';
import { OPENEMR_SESSION } from '../generate.ts';
import type { OpenemrVersion } from '../source-tables.ts';
import { FrontDesk } from './front-desk.ts';
import { readOpening } from './opening.ts';

export interface DeskOptions {
  version: OpenemrVersion;
  desks: number;
  seed?: number;
}

export interface PracticeOptions extends DeskOptions {
  /** From the begin of a desk's transaction to the begin of its next. */
  intervalMs?: number;
  signal: AbortSignal;
}

const INTERVAL_MS = 20;
/** The desks change the same rows now and then: who waits for another tries again soon. */
const SESSION = `${OPENEMR_SESSION}, innodb_lock_wait_timeout = 5`;

/** Begins at once, in the practice that was generated. */
export async function openPractice(
  connection: mysql.ConnectionOptions,
  { intervalMs = INTERVAL_MS, signal, ...options }: PracticeOptions,
): Promise<Workload> {
  const scripts = await openScripts(connection, options);
  return Workload.start({ connection, session: SESSION, scripts, intervalMs, signal });
}

/** One for each desk, for rows as they are now. They are to be run on sessions that ran OPENEMR_SESSION. */
export async function openScripts(
  connection: mysql.ConnectionOptions,
  { version, desks, seed = 1 }: DeskOptions,
): Promise<Script[]> {
  const admin = await mysql.createConnection(connection);
  try {
    const query = async (sql: string) => (await admin.query<RowDataPacket[]>(sql))[0];
    const opening = await readOpening({ query }, version);
    return Array.from({ length: desks }, (_, desk) => new FrontDesk({ desk, desks, opening, version, seed }));
  } finally {
    await admin.end();
  }
}

/** What an operator mends at the source, while the clinic works. */
import { setTimeout as sleep } from 'node:timers/promises';
import mysql from 'mysql2/promise';
import { isContended } from '../workload/workload.ts';
import type { ClinicTable } from './tables.ts';

/** Invisible: statements that name no columns, such as those of the clinic's trigger, go on as before. */
export const GIVE_KEY =
  'ALTER TABLE audit_log ADD COLUMN id bigint unsigned NOT NULL AUTO_INCREMENT INVISIBLE PRIMARY KEY';

/** The table whose planted rows `MEND` makes good. */
export const MENDED_TABLE: ClinicTable = 'insurance';

export const MEND = [
  'UPDATE referrals SET to_doctor_id = NULL WHERE to_doctor_id NOT IN (SELECT id FROM doctors)',
  "UPDATE insurance SET valid_from = '2019-02-28' WHERE valid_from = '2019-02-30'",
] as const;

/** Runs the statements one after the other; where the desks are in the way, again. */
export async function runAtSource(
  connection: mysql.ConnectionOptions,
  statements: readonly string[],
): Promise<void> {
  const admin = await mysql.createConnection(connection);
  try {
    await admin.query(`SET SESSION sql_mode = 'ALLOW_INVALID_DATES', time_zone = '+00:00'`);
    for (const statement of statements) await untilTaken(admin, statement);
  } finally {
    admin.destroy();
  }
}

const MAX_TRIES = 50;

async function untilTaken(admin: mysql.Connection, statement: string): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await admin.query(statement);
      return;
    } catch (error) {
      if (!isContended(error) || tries === MAX_TRIES) throw error;
      await sleep(20);
    }
  }
}

/** The workload of the synthetic clinic: four desks, from when its doors open. */
import mysql, { type RowDataPacket } from 'mysql2/promise';
import { FrontDesk } from './front-desk.ts';
import { Workload } from './workload.ts';

export const DESKS = 4;
/** Of one desk: some two hundred transactions a second for all of them, far more than a clinic makes. */
const INTERVAL_MS = 20;
/** As the legacy program has it: strict mode would refuse the dirt. */
const SESSION = `SET SESSION sql_mode = 'ALLOW_INVALID_DATES,NO_AUTO_VALUE_ON_ZERO', time_zone = '+00:00', innodb_lock_wait_timeout = 5`;

/** Begins at once, in the clinic that was generated. */
export async function openClinic(
  connection: mysql.ConnectionOptions,
  signal: AbortSignal,
): Promise<Workload> {
  const admin = await mysql.createConnection(connection);
  const highest = async (table: string, column = 'id'): Promise<number> => {
    const [[row]] = await admin.query<(RowDataPacket & { n: number | null })[]>(
      `SELECT MAX(${column}) AS n FROM \`${table}\``,
    );
    return Number(row?.n ?? 0);
  };
  const opening = {
    patients: await highest('Patient_Data', 'pid'),
    doctors: await highest('doctors'),
    insurance: await highest('insurance'),
    appointments: await highest('appointments'),
    encounters: await highest('encounters'),
    prescriptions: await highest('prescriptions'),
    documents: await highest('documents'),
    referrals: await highest('referrals'),
  };
  await admin.end();
  const scripts = Array.from({ length: DESKS }, (_, desk) => new FrontDesk(desk, DESKS, opening));
  return Workload.start({ connection, session: SESSION, scripts, intervalMs: INTERVAL_MS, signal });
}

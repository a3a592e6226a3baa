/**
 * The lag as a patient would see it: a row of the source is changed again and again, and looked for in the service's database. A position
 * would not do: rows that are selected from several tables are written after it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import mysql from 'mysql2/promise';
import pg from 'pg';
import { driverOptions, type DatabaseAddress } from '../../support/database-address.ts';
import type { Lag } from '../live/lag-probe.ts';

const PID = 800_000_001;
const LOOK_AGAIN_MS = 10;
const BETWEEN_SAMPLES_MS = 100;
const MAX_WAIT_MS = 5 * 60_000;

/** Null where the change did not arrive in five minutes. */
export async function measureRowLag(
  source: DatabaseAddress,
  patients: DatabaseAddress,
  samples: number,
  signal: AbortSignal,
): Promise<Lag | null> {
  const writer = await mysql.createConnection(driverOptions(source));
  const reader = new pg.Client(driverOptions(patients));
  await reader.connect();
  try {
    await writer.query("SET SESSION sql_mode = ''");
    await writer.query(
      `INSERT INTO patient_data (pid, pubpid, fname, lname) VALUES (${PID}, '${PID}', 'Lag', 'Probe')`,
    );
    const measured: number[] = [];
    for (let sample = 1; sample <= samples; sample++) {
      signal.throwIfAborted();
      await writer.query('UPDATE patient_data SET fname = ? WHERE pid = ?', [`Lag ${sample}`, PID]);
      const since = performance.now();
      while (!(await hasArrived(reader, `Lag ${sample}`))) {
        signal.throwIfAborted();
        if (performance.now() - since > MAX_WAIT_MS) return null;
        await sleep(LOOK_AGAIN_MS);
      }
      measured.push(performance.now() - since);
      await sleep(BETWEEN_SAMPLES_MS);
    }
    const sorted = measured.toSorted((a, b) => a - b);
    return { medianMs: sorted[sorted.length >> 1]!, maxMs: sorted.at(-1)!, samples };
  } finally {
    writer.destroy();
    await reader.end();
  }
}

async function hasArrived(reader: pg.Client, firstName: string): Promise<boolean> {
  const { rowCount } = await reader.query(
    "SELECT FROM patient.patient WHERE legacy_table = 'patient_data' AND legacy_id = $1 AND first_name = $2",
    [String(PID), firstName],
  );
  return rowCount === 1;
}

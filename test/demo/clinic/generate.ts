/**
 * The synthetic clinic: the same rows for the same number of patients, on every machine and either server, with the
 * dirt that legacy systems have. Holds a few hundred patients in memory at a time, however many there are.
 */
import path from 'node:path';
import mysql from 'mysql2/promise';
import { runSqlFile } from '../../support/sql-file.ts';
import { addCare } from './care.ts';
import { InsertLanes } from './insert-lanes.ts';
import { addPatient } from './people.ts';
import { orphanReferrals, plantedRejects, type PlantedRejects } from './planted.ts';
import { Random } from './random.ts';
import { addRecords } from './records.ts';
import { addReferenceRows, doctorCount } from './reference.ts';
import type { Counters } from './rows.ts';

export interface Clinic {
  rows: number;
  plantedRejects: PlantedRejects[];
  /** Rows of `referrals` that break its foreign key to `doctors`. */
  orphanReferrals: number;
}

export interface GenerateOptions {
  /** Of an account that may do everything, with the empty database to fill. */
  connection: mysql.ConnectionOptions;
  patients: number;
  onProgress?: (patients: number) => void;
  signal?: AbortSignal;
}

const PATIENTS_AT_A_TIME = 100;
/** The server sends and parses one statement while the next is being made. */
const LANES = 2;
/** History is not news: it need not be in the binlog. Strict mode would refuse the dirt. */
const SESSION = `SET SESSION sql_mode = 'ALLOW_INVALID_DATES,NO_AUTO_VALUE_ON_ZERO', foreign_key_checks = 0,
  unique_checks = 0, sql_log_bin = 0, time_zone = '+00:00'`;

/** Fills the database. Rejects when the server refuses anything or the signal is given; what is there then stays. */
export async function generateClinic(options: GenerateOptions): Promise<Clinic> {
  const { patients, onProgress, signal } = options;
  const connections = await Promise.all(
    Array.from({ length: LANES }, () =>
      mysql.createConnection({ ...options.connection, charset: 'utf8mb4' }),
    ),
  );
  try {
    for (const connection of connections) await connection.query(SESSION);
    const [first] = connections as [mysql.Connection];
    await runSqlFile(first, path.join(import.meta.dirname, 'tables.sql'));
    const lanes = new InsertLanes(connections);
    const counters = newCounters(patients);
    addReferenceRows(lanes.add, counters.doctors);
    for (let pid = 1; pid <= patients; pid++) {
      const random = new Random(pid);
      addPatient(lanes.add, pid, random, counters);
      addCare(lanes.add, pid, random, counters);
      addRecords(lanes.add, pid, random, counters);
      if (pid % PATIENTS_AT_A_TIME !== 0) continue;
      signal?.throwIfAborted();
      await lanes.sendFull();
      onProgress?.(pid);
    }
    await lanes.finish();
    await runSqlFile(first, path.join(import.meta.dirname, 'objects.sql'));
    return {
      rows: lanes.rows,
      plantedRejects: plantedRejects(patients),
      orphanReferrals: orphanReferrals(patients),
    };
  } finally {
    await Promise.all(connections.map((connection) => connection.end()));
  }
}

function newCounters(patients: number): Counters {
  return {
    doctors: doctorCount(patients),
    insurance: 0,
    appointments: 0,
    encounters: 0,
    prescriptions: 0,
    documents: 0,
    referrals: 0,
  };
}

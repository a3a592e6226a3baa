/** The legacy database of the demo: the synthetic clinic, or what the user's SQL files make. */
import mysql from 'mysql2/promise';
import { formatCount } from '../../src/telemetry/format.ts';
import { generateClinic, type Clinic } from './clinic/generate.ts';
import { CLINIC_TABLES } from './clinic/tables.ts';
import type { Narrator } from './narrator.ts';
import type { DemoOptions } from './options.ts';
import { loadDump } from './sql-dump.ts';
import { CLINIC_DATABASE, sourceConnection, type Stage } from './stage.ts';

export interface Scene {
  stage: Stage;
  options: DemoOptions;
  narrator: Narrator;
  signal: AbortSignal;
}

export interface Legacy {
  database: string;
  /** null for a database that nobody knows. */
  clinic: Clinic | null;
}

export function fillLegacy(scene: Scene): Promise<Legacy> {
  return scene.options.sqlFiles.length > 0 ? fillFromFiles(scene) : fillClinic(scene);
}

async function fillClinic({ stage, options, narrator, signal }: Scene): Promise<Legacy> {
  narrator.step(
    `A legacy clinic with ${formatCount(options.patients)} patients`,
    'Invented, the same on every machine, with the dirt of twenty years: zero dates, orphans, names encoded twice,\n' +
      'ENUM errors, NUL bytes, a table without a key. DEMO_PATIENTS sets the size.',
  );
  const admin = await mysql.createConnection(sourceConnection(stage));
  await admin.query(`CREATE DATABASE ${CLINIC_DATABASE}`);
  await admin.end();
  const clinic = await generateClinic({
    connection: { ...sourceConnection(stage), database: CLINIC_DATABASE },
    patients: options.patients,
    onProgress: (patients) => {
      if (patients % 50_000 === 0) narrator.say(`   ${formatCount(patients)} patients`);
    },
    signal,
  });
  narrator.say(`   ${formatCount(clinic.rows)} rows in ${CLINIC_TABLES.length} tables.`);
  return { database: CLINIC_DATABASE, clinic };
}

async function fillFromFiles({ stage, options, narrator, signal }: Scene): Promise<Legacy> {
  narrator.step('Your database', `Runs ${options.sqlFiles.join(', ')} on the throw-away server.`);
  const dump = await loadDump(sourceConnection(stage), options.sqlFiles, signal);
  narrator.say(`   ${formatCount(dump.statements)} statements. The database ${dump.database} is migrated.`);
  if (dump.otherDatabases.length > 0) {
    narrator.say(`   The files also filled ${dump.otherDatabases.join(', ')}, which stay behind.`);
  }
  return { database: dump.database, clinic: null };
}

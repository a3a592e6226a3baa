/** The legacy database of the demo: an OpenEMR as a practice may have it after twenty years. */
import mysql, { type RowDataPacket } from 'mysql2/promise';
import { formatCount } from '../../../src/telemetry/format.ts';
import { fillOpenemr } from '../../support/openemr/fill-openemr.ts';
import { TRAPS } from '../../support/openemr/traps/index.ts';
import { documentSettings, sourceConnection } from '../stage.ts';
import { plantFiles } from './scanner.ts';
import { OPENEMR_DATABASE, OPENEMR_VERSION } from './settings.ts';
import type { Scene } from '../legacy.ts';

export async function fillPractice({ stage, options, narrator }: Scene): Promise<void> {
  const traps = Object.values(TRAPS).flat();
  narrator.step(
    `An OpenEMR with ${formatCount(options.patients)} patients`,
    'Invented, the same on every machine: charts, appointments in series and alone, accounts, laboratory results, messages. Planted in\n' +
      `it are ${formatCount(traps.length)} known traps: orphans, zero dates, recurrences that drift, hashes of four generations, texts\n` +
      'encoded twice, patients 0 and 1abc. DEMO_PATIENTS sets the size.',
  );
  const connection = await mysql.createConnection({ ...sourceConnection(stage), charset: 'utf8mb4' });
  try {
    await connection.query(`CREATE DATABASE ${OPENEMR_DATABASE} CHARACTER SET utf8mb4`);
    await connection.query(`USE ${OPENEMR_DATABASE}`);
    await fillOpenemr(connection, { version: OPENEMR_VERSION, patients: options.patients, traps });
    const [[counted]] = await connection.query<RowDataPacket[]>(
      'SELECT COUNT(*) AS tables, SUM(TABLE_ROWS) AS n FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE()',
    );
    const files = await plantFiles(connection, documentSettings(stage).DOCUMENTS_ROOT);
    narrator.say(
      `   About ${formatCount(Number(counted!['n']))} rows in ${Number(counted!['tables'])} tables, and ${formatCount(files)} files, every other one encrypted.`,
    );
  } finally {
    connection.destroy();
  }
}

import { describe, expect, it } from 'vitest';
import { driverOptions } from '../support/database-address.ts';
import { createSourceDatabase, sourceFlavors, type SourceDatabase } from '../support/databases.ts';
import { generateClinic, type Clinic } from '../demo/clinic/generate.ts';
import { CLINIC_TABLES } from '../demo/clinic/tables.ts';

const PATIENTS = 120;

function generate({ config }: SourceDatabase, patients: number, signal?: AbortSignal): Promise<Clinic> {
  return generateClinic({ connection: driverOptions(config), patients, ...(signal && { signal }) });
}

/** Independent of the order of rows. */
async function checksums(source: SourceDatabase): Promise<unknown[]> {
  const rows = await source.query(`CHECKSUM TABLE ${CLINIC_TABLES.map((table) => `\`${table}\``).join()}`);
  return rows.map((row) => row['Checksum']);
}

async function count(source: SourceDatabase, table: string, condition = 'TRUE'): Promise<number> {
  const [row] = await source.query(`SELECT COUNT(*) AS n FROM ${table} WHERE ${condition}`);
  return Number(row?.['n']);
}

/** One condition for each kind of dirt that the migration has to cope with. */
const DIRT: [what: string, table: string, condition: string][] = [
  ['zero dates', 'insurance', "CAST(valid_to AS CHAR) = '0000-00-00'"],
  ['partial dates', 'Patient_Data', "CAST(DOB AS CHAR) LIKE '%-00' AND YEAR(DOB) > 0"],
  ['zero times', 'encounters', "CAST(onset AS CHAR) LIKE '0000-00-00%'"],
  [
    'names encoded twice',
    'Patient_Data',
    "BINARY CONVERT(CONCAT(fname, lname) USING utf8mb4) LIKE BINARY '%Ã%'",
  ],
  ['latin1 beyond ASCII', 'Patient_Data', 'LENGTH(CONVERT(lname USING utf8mb4)) > LENGTH(lname)'],
  ['trailing blanks', 'appointments', "reason LIKE '% '"],
  ['emoji', 'Patient_Data', "HEX(notes) LIKE '%F09F%'"],
  ['tinyint(1) of 2', 'appointments', 'reminded = 2'],
  ['negative times', 'encounters', "delay < '00:00:00'"],
  ['times beyond a day', 'vitals', "clock_drift = '-838:59:59'"],
  ['decimals of 65 digits', 'encounters', 'billed > 1e34'],
  ['orphans without a foreign key', 'appointments', 'doctor_id NOT IN (SELECT id FROM doctors)'],
  ['several members of a SET', 'Patient_Data', "warnings LIKE '%,%'"],
  ['bits', 'Patient_Data', 'consents + 0 > 127'],
  ['JSON', 'Patient_Data', 'preferences IS NOT NULL'],
  ['documents', 'documents', 'LENGTH(content) > 500'],
  ['empty texts beside NULL', 'appointments', "reason = '' AND HEX(reason) = ''"],
];

describe.each(sourceFlavors())('the synthetic clinic on %s', (flavor) => {
  it('has the same rows every time', async () => {
    await using first = await createSourceDatabase(flavor);
    await using second = await createSourceDatabase(flavor);
    const clinic = await generate(first, PATIENTS);
    await generate(second, PATIENTS);
    expect(await checksums(second)).toEqual(await checksums(first));
    let rows = 0;
    for (const table of CLINIC_TABLES) rows += await count(first, `\`${table}\``);
    expect(rows).toBe(clinic.rows);
  });

  it('has the dirt of a legacy system, and as many impossible rows as it says', async () => {
    await using source = await createSourceDatabase(flavor);
    const clinic = await generate(source, PATIENTS);
    await source.query("SET SESSION sql_mode = 'ALLOW_INVALID_DATES'");
    for (const [what, table, condition] of DIRT) {
      expect.soft(await count(source, table, condition), what).toBeGreaterThan(0);
    }
    const found = {
      insurance: await count(source, 'insurance', "valid_from = '2019-02-30'"),
      prescriptions: await count(source, 'prescriptions', 'status + 0 = 0'),
      documents: await count(source, 'documents', "CAST(metadata AS CHAR) LIKE '%u0000%'"),
      audit_log: await count(source, 'audit_log', "HEX(detail) LIKE '%6600%'"),
    };
    expect(Object.fromEntries(clinic.plantedRejects.map(({ table, count }) => [table, count]))).toEqual(
      found,
    );
    const orphans = 'to_doctor_id NOT IN (SELECT id FROM doctors)';
    expect(await count(source, 'referrals', orphans)).toBe(clinic.orphanReferrals);
    expect(clinic.orphanReferrals).toBeGreaterThan(0);
  });

  it('has views, triggers, routines, a table without a key and foreign keys that go in a circle', async () => {
    await using source = await createSourceDatabase(flavor);
    await generate(source, 1);
    const objects = async (table: string, schema: string) =>
      (await source.query(`SELECT 1 FROM information_schema.${table} WHERE ${schema} = DATABASE()`)).length;
    expect(await objects('VIEWS', 'TABLE_SCHEMA')).toBe(1);
    expect(await objects('TRIGGERS', 'TRIGGER_SCHEMA')).toBe(1);
    expect(await objects('ROUTINES', 'ROUTINE_SCHEMA')).toBe(2);
    const references = await source.query(
      `SELECT TABLE_NAME AS t, REFERENCED_TABLE_NAME AS r FROM information_schema.REFERENTIAL_CONSTRAINTS
       WHERE CONSTRAINT_SCHEMA = DATABASE()`,
    );
    expect(references).toEqual(
      expect.arrayContaining([
        { t: 'departments', r: 'doctors' },
        { t: 'doctors', r: 'departments' },
        { t: 'doctors', r: 'doctors' },
      ]),
    );
    expect(await source.query("SHOW KEYS FROM audit_log WHERE Key_name = 'PRIMARY'")).toEqual([]);
  });

  it('stops when it is told to, and says so', async () => {
    await using source = await createSourceDatabase(flavor);
    await expect(generate(source, 1000, AbortSignal.abort(new Error('stopped')))).rejects.toThrow('stopped');
    expect(await count(source, 'Patient_Data')).toBe(0);
  });
});

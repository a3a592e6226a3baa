import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  createSourceDatabase,
  createTargetDatabase,
  sourceFlavors,
  type SourceDatabase,
} from '../support/databases.ts';
import { fillOpenemr } from '../support/openemr/fill-openemr.ts';
import { generateOpenemr } from '../support/openemr/generate.ts';
import type { SourceRow, SourceValue } from '../support/openemr/source-row.ts';
import { OPENEMR_VERSIONS, sourceColumns, type OpenemrVersion } from '../support/openemr/source-tables.ts';
import { TRAPS } from '../support/openemr/traps/index.ts';
import { occursIn, plantedValues, type TrapRow } from '../support/openemr/traps/trap.ts';

const PATIENTS = 80;
const ALL_TRAPS = Object.values(TRAPS).flat();
/** What tells a row of a table that has no unique key. */
const KEYS_OF_THE_KEYLESS: Readonly<Record<string, string[]>> = {
  patient_tracker_element: ['pt_tracker_id', 'seq', 'status'],
};

/** The tables whose rows are what happened to a patient, apart from appointments. */
const CLINICAL = [
  'form_encounter',
  'form_vitals',
  'form_soap',
  'lists',
  'prescriptions',
  'immunizations',
  'procedure_order',
  'procedure_result',
  'documents',
  'pnotes',
  'onsite_mail',
];

const REFERENCES: [table: string, column: string, parent: string, key: string, where?: string][] = [
  ['openemr_postcalendar_events', 'pc_pid', 'patient_data', 'pid', "pc_pid <> ''"],
  ['openemr_postcalendar_events', 'pc_aid', 'users', 'id'],
  ['openemr_postcalendar_events', 'pc_catid', 'openemr_postcalendar_categories', 'pc_catid'],
  ['openemr_postcalendar_events', 'pc_facility', 'facility', 'id'],
  ['patient_tracker', 'eid', 'openemr_postcalendar_events', 'pc_eid'],
  ['patient_tracker', 'encounter', 'form_encounter', 'encounter', 'encounter <> 0'],
  ['insurance_data', 'provider', 'insurance_companies', 'id'],
  ['lists', 'pid', 'patient_data', 'pid'],
  ['prescriptions', 'encounter', 'form_encounter', 'encounter', 'encounter <> 0'],
  ['procedure_result', 'procedure_report_id', 'procedure_report', 'procedure_report_id'],
  ['categories_to_documents', 'category_id', 'categories', 'id'],
];

async function count(source: SourceDatabase, table: string): Promise<number> {
  const [row] = await source.query(`SELECT COUNT(*) AS n FROM \`${table}\``);
  return Number(row?.['n']);
}

/** Independent of the order of rows. */
async function checksums(source: SourceDatabase, version: OpenemrVersion): Promise<unknown[]> {
  const tables = [...sourceColumns(version).keys()];
  const rows = await source.query(`CHECKSUM TABLE ${tables.map((table) => `\`${table}\``).join()}`);
  return rows.map((row) => row['Checksum']);
}

async function keyColumns(source: SourceDatabase): Promise<Map<string, string[]>> {
  const rows = await source.query<{ t: string; c: string }>(
    `SELECT TABLE_NAME AS t, COLUMN_NAME AS c FROM information_schema.STATISTICS
     WHERE TABLE_SCHEMA = DATABASE() AND (INDEX_NAME = 'PRIMARY' OR TABLE_NAME = 'patient_data' AND INDEX_NAME = 'pid')
     ORDER BY TABLE_NAME, SEQ_IN_INDEX`,
  );
  const keys = new Map(Object.entries(KEYS_OF_THE_KEYLESS));
  for (const { t, c } of rows) keys.set(t, [...(keys.get(t) ?? []), c]);
  return keys;
}

/** What the server has of the row, by its key; nothing where it is not there. */
async function storedRow(
  source: SourceDatabase,
  { table }: TrapRow,
  planted: SourceRow,
  keys: Map<string, string[]>,
): Promise<Record<string, unknown> | undefined> {
  const columns = Object.entries(planted).map(([column, value]) =>
    value instanceof Uint8Array
      ? `HEX(\`${column}\`) AS \`${column}\``
      : `CAST(\`${column}\` AS CHAR) AS \`${column}\``,
  );
  const key = keys.get(table)!;
  const rows = await source.query(
    `SELECT ${columns.join()} FROM \`${table}\` WHERE ${key.map((column) => `\`${column}\` = ?`).join(' AND ')}`,
    key.map((column) => planted[column]),
  );
  return rows.length === 1 ? rows[0] : undefined;
}

/** As planted, but for what a wider type adds: decimals, and the midnight of a date. */
function isAsPlanted(stored: unknown, planted: SourceValue): boolean {
  if (planted === null) return stored === null;
  if (planted instanceof Uint8Array) return stored === Buffer.from(planted).toString('hex').toUpperCase();
  if (typeof planted === 'number') return Number(stored) === planted && stored !== null;
  return stored === planted || stored === `${planted} 00:00:00`;
}

describe.each(sourceFlavors())('a synthetic OpenEMR database on %s', (flavor) => {
  describe.each(OPENEMR_VERSIONS)('of version %s', (version) => {
    it('has the same rows for the same seed, whenever it is made, and none that refer to nothing', async () => {
      await using first = await createSourceDatabase(flavor);
      await using second = await createSourceDatabase(flavor);
      await fillOpenemr(first, { version, patients: PATIENTS, seed: 7 });
      // at another time of the server's clock
      await second.query('SET SESSION timestamp = 1000000000');
      await fillOpenemr(second, { version, patients: PATIENTS, seed: 7 });
      const sums = await checksums(first, version);
      expect(await checksums(second, version)).toEqual(sums);
      await second.query(`UPDATE patient_data SET fname = CONCAT(fname, 'x') WHERE pid = 1`);
      expect(await checksums(second, version)).not.toEqual(sums);
      for (const [table, column, parent, key, where = 'TRUE'] of REFERENCES) {
        const orphans = await first.query(
          `SELECT ${column} FROM ${table} WHERE ${where} AND ${column} NOT IN (SELECT ${key} FROM ${parent} WHERE ${key} IS NOT NULL)`,
        );
        expect.soft(orphans, `${table}.${column}`).toEqual([]);
      }
    });

    it('has every trap as it was planted', async () => {
      await using source = await createSourceDatabase(flavor);
      await fillOpenemr(source, { version, patients: 1, traps: ALL_TRAPS });
      const keys = await keyColumns(source);
      for (const trap of ALL_TRAPS.filter((trap) => occursIn(trap, version))) {
        for (const row of trap.rows) {
          const planted = plantedValues(row, version);
          if (Object.keys(planted).length === 0) continue;
          const stored = await storedRow(source, row, planted, keys);
          const wrong = Object.entries(planted).filter(
            ([column, value]) => !isAsPlanted(stored?.[column], value),
          );
          expect.soft(wrong, `${trap.name}: ${row.table}`).toEqual([]);
        }
      }
    });

    it('grows with the number of patients', async () => {
      await using source = await createSourceDatabase(flavor);
      await fillOpenemr(source, { version, patients: 300 });
      expect(await count(source, 'patient_data')).toBe(300);
      const appointments = (await count(source, 'openemr_postcalendar_events')) / 300;
      expect(appointments).toBeGreaterThan(4);
      expect(appointments).toBeLessThan(6);
      let clinical = 0;
      for (const table of CLINICAL) clinical += await count(source, table);
      expect(clinical / 300).toBeGreaterThan(7);
      expect(clinical / 300).toBeLessThan(13);
    });
  });
});

async function statementsOf(version: OpenemrVersion, patients: number, seed: number): Promise<string[]> {
  const statements: string[] = [];
  for await (const statement of generateOpenemr({ version, patients, seed })) statements.push(statement);
  return statements;
}

describe('the statements of a synthetic OpenEMR database', () => {
  it('are others for another seed, and never much longer than a quarter of a megabyte', async () => {
    const statements = await statementsOf('8', 1500, 1);
    expect(await statementsOf('8', 1500, 2)).not.toEqual(statements);
    expect(Math.max(...statements.map((statement) => statement.length))).toBeLessThan(600_000);
  });
});

describe('the traps', () => {
  it('have names of their own in their area', () => {
    for (const [area, traps] of Object.entries(TRAPS)) {
      const names = traps.map((trap) => trap.name);
      expect.soft(names, area).toEqual([...new Set(names)]);
    }
  });

  it('expect nothing that the target schemas do not have', async () => {
    await using target = await createTargetDatabase();
    const directory = path.join(import.meta.dirname, '../../src/profiles/openemr/schema');
    for (const file of fs.readdirSync(directory)) {
      await target.query(fs.readFileSync(path.join(directory, file), 'utf8'));
    }
    const rows = await target.query<{ name: string }>(
      `SELECT table_schema || '.' || table_name || '.' || column_name AS name FROM information_schema.columns`,
    );
    const known = new Set(rows.map(({ name }) => name));
    for (const trap of ALL_TRAPS) {
      for (const outcome of trap.expected) {
        if (!('table' in outcome)) continue;
        const columns = Object.keys({ ...outcome.key, ...('columns' in outcome && outcome.columns) });
        const unknown = columns.filter((column) => !known.has(`${outcome.table}.${column}`));
        expect.soft(unknown, `${trap.name}: ${outcome.table}`).toEqual([]);
      }
    }
  });
});

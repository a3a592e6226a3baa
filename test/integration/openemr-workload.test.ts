import type mysql from 'mysql2/promise';
import { describe, expect, it } from 'vitest';
import { driverOptions } from '../support/database-address.ts';
import { createSourceDatabase, sourceFlavors, type SourceDatabase } from '../support/databases.ts';
import { fillOpenemr } from '../support/openemr/fill-openemr.ts';
import { OPENEMR_VERSIONS, sourceColumns, type OpenemrVersion } from '../support/openemr/source-tables.ts';
import { TRAPS } from '../support/openemr/traps/index.ts';
import { openPractice, openScripts } from '../support/openemr/workload/open-practice.ts';

const PATIENTS = 60;
const DESKS = 3;
/** Of all desks together: so many that every table changes. */
const TRANSACTIONS = 1500;
/** What a practice does so seldom that so many transactions may come without it. */
const RARE = new Set([
  'calendar_external',
  'form_dictation',
  'form_reviewofs',
  'form_ros',
  'keys',
  'login_mfa_registrations',
  'transactions',
]);

/** All desks in turn. Returns how many statements changed something, and how many did not. */
async function work(
  source: SourceDatabase,
  version: OpenemrVersion,
): Promise<{ hits: number; misses: number }> {
  const scripts = await openScripts(driverOptions(source.config), { version, desks: DESKS });
  const count = { hits: 0, misses: 0 };
  for (let n = 0; n < TRANSACTIONS; n++) {
    const { statements, isRolledBack } = scripts[n % DESKS]!.next();
    await source.query('START TRANSACTION');
    for (const statement of statements) {
      await source.query(statement).catch((error: unknown) => {
        throw new Error(`${(error as Error).message} in: ${statement}`);
      });
      const [row] = await source.query('SELECT ROW_COUNT() AS n');
      count[Number(row?.['n']) > 0 ? 'hits' : 'misses']++;
    }
    await source.query(isRolledBack ? 'ROLLBACK' : 'COMMIT');
  }
  return count;
}

/** By table, independent of the order of rows. */
async function checksums(source: SourceDatabase, version: OpenemrVersion): Promise<Map<string, unknown>> {
  const tables = [...sourceColumns(version).keys()];
  const rows = await source.query(`CHECKSUM TABLE ${tables.map((table) => `\`${table}\``).join()}`);
  return new Map(rows.map((row, index) => [tables[index]!, row['Checksum']]));
}

async function trapPatients(source: SourceDatabase): Promise<unknown[]> {
  return source.query('SELECT * FROM patient_data WHERE pid >= 900000000 ORDER BY pid');
}

describe.each(sourceFlavors())('the changes of an OpenEMR on %s', (flavor) => {
  describe.each(OPENEMR_VERSIONS)('of version %s', (version) => {
    it('are taken by the server, change most of what they are about, and do not depend on its clock', async () => {
      await using first = await createSourceDatabase(flavor);
      await using second = await createSourceDatabase(flavor);
      await fillOpenemr(first, { version, patients: PATIENTS });
      await fillOpenemr(second, { version, patients: PATIENTS });
      const before = await checksums(first, version);
      const { hits, misses } = await work(first, version);
      expect(hits / (hits + misses)).toBeGreaterThan(0.6);
      await second.query('SET SESSION timestamp = 1000000000');
      await work(second, version);
      const after = await checksums(first, version);
      expect(await checksums(second, version)).toEqual(after);
      const unchanged = [...after]
        .filter(([table, sum]) => before.get(table) === sum)
        .map(([table]) => table);
      expect(unchanged.filter((table) => !RARE.has(table))).toEqual(['version']);
    });
  });

  it('are made by several desks at once, and leave the patients of the traps as they were planted', async () => {
    await using source = await createSourceDatabase(flavor);
    await fillOpenemr(source, { version: '8', patients: PATIENTS, traps: Object.values(TRAPS).flat() });
    const planted = await trapPatients(source);
    expect(planted.length).toBeGreaterThan(100);
    const connection: mysql.ConnectionOptions = driverOptions(source.config);
    const { signal } = new AbortController();
    const options = { version: '8', desks: DESKS, intervalMs: 1, signal } as const;
    await using workload = await openPractice(connection, options);
    await expect
      .poll(() => (workload.throwIfFailed(), workload.counts.transactions), { timeout: 60_000 })
      .toBeGreaterThan(TRANSACTIONS);
    await workload.stop();
    expect(await trapPatients(source)).toEqual(planted);
  });
});

/** A row whose new version the target refuses, because what it refers to now was refused, does not hold what it referred to before. */
import { describe, expect, it } from 'vitest';
import { sourceFlavors } from '../support/databases.ts';
import type { MysqlFlavor } from '../support/servers/index.ts';
import { OPENEMR, openOpenemrCase } from '../support/openemr/openemr-case.ts';

const openCase = (flavor: MysqlFlavor) =>
  openOpenemrCase({
    flavor,
    version: flavor === 'mariadb' ? '8' : '5.0',
    patients: 3,
    traps: [],
    sync: true,
  });

describe.each(sourceFlavors())('a chart that is merged into one that was refused, on %s', (flavor) => {
  it.runIf(flavor === 'mariadb')(
    'goes, and so does its account, which is a reject [invariant 4]',
    { timeout: 120_000 },
    async () => {
      await using live = await openCase(flavor);
      await live.sourceQuery('DELETE FROM patient_access_onsite');
      await live.sourceQuery(
        "INSERT INTO patient_access_onsite (id, pid, portal_username, portal_pwd) VALUES (7, 1, 'one', '')",
      );
      await live.succeed('schema', OPENEMR);
      await live.succeed('bulk', OPENEMR);
      await live.succeed('sync', OPENEMR);
      await live.targetQuery("ALTER TABLE patient.patient ADD CHECK (last_name <> 'Refused')");

      await live.sourceQuery(
        "INSERT INTO patient_data (pid, pubpid, fname, lname) VALUES (900, '900', 'A', 'Refused')",
      );
      await live.sourceQuery('UPDATE patient_access_onsite SET pid = 900');
      await live.sourceQuery('DELETE FROM patient_data WHERE pid = 1');
      const { stderr } = await live.run('sync', OPENEMR);
      expect(stderr).not.toContain('SYNC_CONFLICT');
      expect(await live.targetQuery('SELECT FROM patient.patient_account')).toEqual([]);
      expect(await live.targetQuery("SELECT FROM patient.patient WHERE legacy_id = '1'")).toEqual([]);
      expect(
        await live.targetQuery(
          "SELECT mapping, reason FROM transfuse.rejects WHERE resolved_at IS NULL AND mapping IN ('patient', 'patient_account') ORDER BY 1",
        ),
      ).toEqual([
        { mapping: 'patient', reason: 'check_violation' },
        { mapping: 'patient_account', reason: 'foreign_key_violation' },
      ]);
    },
  );

  // What is applied does not depend on the source's server: once each is enough.
  it.runIf(flavor === 'mysql')(
    'stops sync where others refer to the older version, until the source is mended',
    { timeout: 120_000 },
    async () => {
      await using live = await openCase(flavor);
      await live.sourceQuery(
        "INSERT INTO form_encounter (id, date, reason, pid, encounter) VALUES (9001, '2025-03-03 09:00:00', '', 1, 9001)",
      );
      await live.sourceQuery(
        "INSERT INTO procedure_order (procedure_order_id, patient_id, encounter_id, date_ordered) VALUES (9003, 1, 9001, '2025-03-03')",
      );
      await live.succeed('schema', OPENEMR);
      await live.succeed('bulk', OPENEMR);
      await live.succeed('sync', OPENEMR);
      await live.query(
        'medical_records',
        "ALTER TABLE medical_records.encounter ADD CHECK (reason <> 'Refused')",
      );

      await live.sourceQuery(
        "INSERT INTO form_encounter (id, date, reason, pid, encounter) VALUES (9002, '2025-03-03 09:00:00', 'Refused', 1, 9002)",
      );
      await live.sourceQuery(
        'UPDATE procedure_order SET encounter_id = 9002 WHERE procedure_order_id = 9003',
      );
      await live.sourceQuery('DELETE FROM form_encounter WHERE id = 9001');
      const { stderr } = await live.run('sync', OPENEMR);
      expect(stderr).toContain('SYNC_CONFLICT');
      expect(stderr).toContain('mend it at the source');

      await live.sourceQuery("UPDATE form_encounter SET reason = 'Admitted' WHERE id = 9002");
      await live.succeed('sync', OPENEMR);
      expect(
        await live.query(
          'medical_records',
          `SELECT e.legacy_id FROM medical_records.diagnostic_order o
         JOIN medical_records.encounter e ON e.id = o.encounter_id WHERE o.legacy_id = '9003'`,
        ),
      ).toEqual([{ legacy_id: '9002' }]);
      expect(
        await live.query(
          'medical_records',
          "SELECT mapping FROM transfuse.rejects WHERE resolved_at IS NULL AND mapping IN ('encounters', 'diagnostic_orders')",
        ),
      ).toEqual([]);
    },
  );
});

/** What touches appointments from other tables of the legacy system has them made anew: sync ends with the rows of a fresh load. */
import { describe, expect, it } from 'vitest';
import { runSourceStatements } from '../support/bulk-case.ts';
import { sourceFlavors } from '../support/databases.ts';
import { OPENEMR, openOpenemrCase, type OpenemrCase } from '../support/openemr/openemr-case.ts';
import { TRAPS } from '../support/openemr/traps/index.ts';

const TABLES = ['appointment_type', 'appointment_series', 'appointment', 'appointment_status_event'];

/** Each is followed by a sync of its own. */
const CHANGES: [what: string, statements: string[]][] = [
  [
    'the flow board',
    [
      `UPDATE patient_tracker_element SET status = '!' WHERE pt_tracker_id = 900000012`,
      `INSERT INTO patient_tracker_element (pt_tracker_id, seq, status, room, user, start_datetime)
       VALUES (900000011, '11', '$', '', 'x', '2026-02-03 10:00:00')`,
      `DELETE FROM patient_tracker WHERE id = 900000001`,
      `UPDATE form_encounter SET encounter = 4242 WHERE id = 900001391`,
    ],
  ],
  [
    'patients, doctors and facilities that come and go',
    [
      `DELETE FROM patient_data WHERE pid = 900000301`,
      `INSERT INTO patient_data (id, pid, fname, lname, pubpid) VALUES (987654321, 987654321, 'a', 'b', '1')`,
      `DELETE FROM users WHERE id = 11`,
      `DELETE FROM facility WHERE id = 5`,
    ],
  ],
  [
    'the weekend, and series that are changed, made, ended and deleted',
    [
      `UPDATE globals SET gl_value = '5,6' WHERE gl_name = 'weekend_days'`,
      `UPDATE openemr_postcalendar_events SET pc_recurrtype = 1, pc_endDate = '2026-03-03', pc_recurrspec =
         (SELECT spec FROM (SELECT pc_recurrspec AS spec FROM openemr_postcalendar_events WHERE pc_eid = 900000371) s)
       WHERE pc_eid = 900000306`,
      `UPDATE openemr_postcalendar_events SET pc_recurrtype = 0 WHERE pc_eid = 900000371`,
      `UPDATE openemr_postcalendar_events SET pc_eventDate = '2026-02-03', pc_endDate = '2026-02-24' WHERE pc_eid = 900000372`,
      `DELETE FROM openemr_postcalendar_events WHERE pc_eid IN (900000373, 900000307)`,
    ],
  ],
  [
    'the event that stood for a missing category',
    [`DELETE FROM openemr_postcalendar_events WHERE pc_eid = 900001397`],
  ],
  ['a category that goes', [`DELETE FROM openemr_postcalendar_categories WHERE pc_catid = 13`]],
  [
    'a category that comes back',
    [
      `INSERT INTO openemr_postcalendar_categories (pc_catid, pc_catname, pc_cattype) VALUES (4711, 'Again', 0)`,
    ],
  ],
  [
    'categories that become time blocks, or are no more',
    [
      `UPDATE openemr_postcalendar_categories SET pc_cattype = 1 WHERE pc_catid = 12`,
      `UPDATE openemr_postcalendar_categories SET pc_cattype = 0 WHERE pc_catid = 8`,
    ],
  ],
];

async function rowsOf(databases: OpenemrCase): Promise<Record<string, unknown[]>> {
  const all: Record<string, unknown[]> = {};
  for (const table of TABLES) {
    const rows = await databases.query<{ row: object }>(
      'appointment',
      `SELECT to_jsonb(t) AS row FROM appointment.${table} t ORDER BY id`,
    );
    all[table] = rows.map(({ row }) => row);
  }
  return all;
}

describe.each(sourceFlavors())('appointments that %s changes', (flavor) => {
  it('are as a fresh load would have them [invariants 1, 4]', async () => {
    const version = flavor === 'mariadb' ? '8' : '5.0';
    const traps = TRAPS.appointments;
    await using databases = await openOpenemrCase({ flavor, version, patients: 60, traps, sync: true });
    await databases.succeed('schema', OPENEMR);
    await databases.succeed('bulk', OPENEMR);
    for (const [, statements] of CHANGES) {
      await runSourceStatements(databases.source, statements);
      await databases.succeed('sync', OPENEMR);
    }
    const followed = await rowsOf(databases);
    await databases.succeed('bulk', [...OPENEMR, '--replace']);
    expect(followed).toEqual(await rowsOf(databases));
  });
});

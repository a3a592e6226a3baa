/**
 * Whether each doctor has as many appointments on each day of two years as the legacy calendar showed, by its own stepping told a second
 * time, and whether the moments fall on those days by the clock of the site, over changes of the clock in both directions.
 */
import { expect, describe, it } from 'vitest';
import { entityNamespace, uuidV5Text } from '../../src/mapping/types/index.ts';
import { sourceFlavors } from '../support/databases.ts';
import { busyCalendar } from '../support/openemr/busy-calendar.ts';
import { legacyDays } from '../support/openemr/legacy-days.ts';
import { OPENEMR, openOpenemrCase, type OpenemrCase } from '../support/openemr/openemr-case.ts';

/** Two years about the cutover, with clocks put forward in 2025 and 2026 and back in both. */
const FROM = '2025-01-15';
const TO = '2027-01-14';

type Counts = Record<string, number>;

const doctors = entityNamespace('users');

async function legacyCounts(databases: OpenemrCase): Promise<{ counts: Counts; times: Map<string, string> }> {
  const events = await databases.sourceQuery<
    Record<'eid' | 'doctor' | 'date' | 'type' | 'start', string> & Record<'end' | 'spec', string | null>
  >(
    `SELECT CAST(e.pc_eid AS CHAR) AS eid, e.pc_aid AS doctor, CAST(e.pc_eventDate AS CHAR) AS date, CAST(e.pc_endDate AS CHAR) AS end,
       CAST(e.pc_recurrtype AS CHAR) AS type, e.pc_recurrspec AS spec, CAST(e.pc_startTime AS CHAR) AS start
     FROM openemr_postcalendar_events e JOIN openemr_postcalendar_categories c ON c.pc_catid = e.pc_catid WHERE c.pc_cattype IN (0, 3)`,
  );
  const counts: Counts = {};
  for (const { doctor, date, end, type, spec } of events)
    for (const day of legacyDays({ date, end, type: Number(type), spec }, TO)) {
      if (day < FROM) continue;
      const key = `${uuidV5Text(doctors, doctor)} ${day}`;
      counts[key] = (counts[key] ?? 0) + 1;
    }
  return { counts, times: new Map(events.map(({ eid, start }) => [eid, start])) };
}

/** `day` is an expression. */
async function targetCounts(databases: OpenemrCase, day: string): Promise<Counts> {
  const rows = await databases.query<{ key: string; count: number }>(
    'appointment',
    `SELECT doctor_id || ' ' || (${day})::text AS key, count(*)::int AS count FROM appointment.appointment
     WHERE ${day} BETWEEN $1 AND $2 GROUP BY 1`,
    [FROM, TO],
  );
  return Object.fromEntries(rows.map(({ key, count }) => [key, count]));
}

describe.each(sourceFlavors())('the calendar of each doctor, from %s', (flavor) => {
  it('has on each day the appointments that the legacy calendar showed', async () => {
    const version = flavor === 'mariadb' ? '8' : '5.0';
    await using databases = await openOpenemrCase({ flavor, version, patients: 100, traps: [busyCalendar] });
    await databases.succeed('schema', OPENEMR);
    await databases.succeed('bulk', OPENEMR);
    const { counts, times } = await legacyCounts(databases);
    const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
    expect(total).toBeGreaterThan(20_000);

    expect(await targetCounts(databases, 'local_date')).toEqual(counts);
    expect(await targetCounts(databases, '(starts_at AT TIME ZONE timezone)::date')).toEqual(counts);

    // by the clock on the wall each begins when the event says, but for the hour that is left out
    const shown = await databases.query<{ legacy_id: string; day: string; clock: string; gap: boolean }>(
      'appointment',
      `SELECT legacy_id, local_date::text AS day, (starts_at AT TIME ZONE timezone)::time::text AS clock,
         'starts_at_dst_gap' = ANY (dq_flags) AS gap
       FROM appointment.appointment WHERE local_date BETWEEN $1 AND $2`,
      [FROM, TO],
    );
    const skipped = shown.filter(({ gap }) => gap);
    expect(new Set(skipped.map(({ day, clock }) => `${day} ${clock}`))).toEqual(
      new Set(['2025-03-09 03:30:00', '2026-03-08 03:30:00']),
    );
    const others = shown.filter(({ gap, legacy_id, clock }) => !gap && times.get(legacy_id) !== clock);
    expect(others).toEqual([]);
  });
});

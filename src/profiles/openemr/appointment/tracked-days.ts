/** What the flow board knows of the occurrences of a series, which all have the one event: by its day. */
import type { QueryField, Watch } from '../../../mapping/mapping.ts';
import { EVENTS } from './event-query.ts';
import { inOrder, parseGathered, type TrackerStep } from './tracker-steps.ts';

/** Every tracker of a series, once for each of its steps, and once if it has none. */
export const TRACKED_DAYS_FIELD = {
  tracked_days: {
    sql: `IF(t.pc_recurrtype = 0, NULL, (
      SELECT CAST(JSON_ARRAYAGG(JSON_ARRAY(
        CAST(k.apptdate AS CHAR), CAST(k.id AS CHAR), CAST(k.encounter AS CHAR),
        (SELECT CAST(MIN(n.id) AS CHAR) FROM form_encounter n WHERE n.pid = k.pid AND n.encounter = k.encounter),
        s.seq, s.status, CAST(s.start_datetime AS CHAR))) AS CHAR)
      FROM patient_tracker k LEFT JOIN patient_tracker_element s ON s.pt_tracker_id = k.id
      WHERE k.eid = t.pc_eid))`,
    like: `${EVENTS}.pc_recurrspec`,
  },
} as const satisfies Record<string, QueryField>;

export const TRACKED_DAYS_WATCHES: readonly Watch[] = [
  { table: 'patient_tracker', inputs: ['eid'], keys: null },
  {
    table: 'patient_tracker_element',
    inputs: ['pt_tracker_id'],
    keys: 'SELECT k.eid FROM patient_tracker k WHERE k.id = ?',
  },
  {
    table: 'form_encounter',
    inputs: ['pid', 'encounter'],
    keys: 'SELECT k.eid FROM patient_tracker k WHERE k.pid = ? AND k.encounter = ?',
  },
];

export interface TrackedDay {
  /** Of the last step. null: there is no step. */
  status: string | null;
  /** The number of the encounter, and the key that it has; null where there is none. */
  encounter: string | null;
  encounterKey: string | null;
}

interface Step extends TrackerStep {
  tracker: number;
}

/** By `YYYY-MM-DD`. Where a day has several trackers the newest that knows something of it counts. */
export function readTrackedDays(json: string | null | undefined): Map<string, TrackedDay> {
  const days = new Map<
    string,
    { steps: Step[]; encounters: [tracker: number, number: string, key: string | null][] }
  >();
  for (const [on, id, encounter, encounterKey = null, seq, status, at = null] of parseGathered(json)) {
    if (on == null) continue;
    const day = days.get(on) ?? { steps: [], encounters: [] };
    days.set(on, day);
    const tracker = Number(id);
    if (encounter != null && encounter !== '0') day.encounters.push([tracker, encounter, encounterKey]);
    if (seq != null) day.steps.push({ tracker, seq, status: status ?? '', room: '', user: '', at });
  }
  return new Map(
    [...days].map(([on, { steps, encounters }]) => {
      const newest = Math.max(...steps.map(({ tracker }) => tracker));
      const last = inOrder(steps.filter(({ tracker }) => tracker === newest)).at(-1);
      const [, encounter = null, encounterKey = null] = encounters.toSorted(([a], [b]) => b - a)[0] ?? [];
      return [on, { status: last?.status ?? null, encounter, encounterKey }];
    }),
  );
}

/** Series of every kind for each of some doctors, over two years in which the clocks are moved four times. */
import { recurrenceSpec } from './recurrence.ts';
import { phpSerialize } from './php-serialize.ts';
import type { Trap, TrapRow } from './traps/trap.ts';
import { appointmentRow, patientRow } from './traps/trap-rows.ts';

const FIRST = 910_000_000;
const PATIENT = FIRST;
const DOCTORS = [10, 11, 12];

/** By the forms of the calendar: the type, and what the spec says beside the usual. */
const RECURRENCES: readonly (readonly [type: number, spec: string])[] = [
  ...['1', '2', '3', '5'].flatMap((freq) =>
    ['0', '1', '2', '3', '4'].map(
      (unit) =>
        [
          1,
          recurrenceSpec({
            event_repeat_freq: freq,
            event_repeat_freq_type: unit,
            exdate: '20250310,20260309',
          }),
        ] as const,
    ),
  ),
  [1, recurrenceSpec({ event_repeat_freq: '11', event_repeat_freq_type: '4' })],
  [
    1,
    recurrenceSpec({
      event_repeat_freq: '1',
      event_repeat_freq_type: '0',
      exdate: '2025-03-10,20251102,20251103',
    }),
  ],
  ...['2,4,6', '1', '1,7', '2,3,4,5,6'].map(
    (days) => [3, recurrenceSpec({ event_repeat_freq: days, event_repeat_freq_type: '6' })] as const,
  ),
  ...['1', '2', '3', '4', '5'].flatMap((nth) =>
    ['0', '5'].flatMap((weekday) => {
      const keys = {
        event_repeat_on_num: nth,
        event_repeat_on_day: weekday,
        event_repeat_on_freq: '1',
        exdate: '',
      };
      return [
        [2, recurrenceSpec(keys)] as const,
        [2, phpSerialize({ ...keys, event_repeat_on_freq: '3', rt2_pf_flag: '1' })] as const,
      ];
    }),
  ),
  // neither can be read
  [1, recurrenceSpec({ event_repeat_freq: '0', event_repeat_freq_type: '1' })],
  [1, recurrenceSpec().slice(0, 40)],
];

const STARTS = ['2024-02-29', '2025-01-31', '2025-03-09', '2025-11-02', '2026-03-07', '2026-05-30'];
const ENDS = ['2027-06-30', '2026-03-08', '2026-11-01', null];
/** One of them is left out when the clocks go forward, one comes twice when they go back. */
const TIMES = ['02:30:00', '01:30:00', '00:00:00', '23:45:00', '09:00:00'];

function* rows(): Generator<TrapRow> {
  yield patientRow(PATIENT);
  let pc_eid = FIRST;
  for (const [index, doctor] of DOCTORS.entries())
    for (const [at, [pc_recurrtype, pc_recurrspec]] of RECURRENCES.entries())
      for (const [which, pc_eventDate] of STARTS.entries())
        yield appointmentRow(++pc_eid, PATIENT, {
          pc_aid: String(doctor),
          pc_recurrtype,
          pc_recurrspec,
          pc_eventDate,
          pc_endDate: ENDS[(at + which + index) % ENDS.length]!,
          pc_startTime: TIMES[(at + which + 2 * index) % TIMES.length]!,
        });
}

/** To be planted with traps; nothing is expected of them one by one. */
export const busyCalendar: Trap = {
  name: 'a busy calendar',
  facts: '§4 recurrence',
  rows: [...rows()],
  expected: [],
};

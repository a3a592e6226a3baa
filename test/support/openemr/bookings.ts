/** A patient's appointments, past and to come, single and repeating, with the flow board's history of the past ones. */
import { day } from '../../demo/clinic/sql-values.ts';
import type { Random } from '../../demo/clinic/random.ts';
import { dateTime, TODAY, workingTime } from './calendar-days.ts';
import type { AddRow, Counters, Site } from './counters.ts';
import { eventRow } from './event-row.ts';
import type { Person } from './people.ts';
import { recurrenceSpec } from './recurrence.ts';
import { REASONS } from './vocabulary.ts';

export interface Booking {
  eid: number;
  on: number;
  time: string;
  doctor: number;
  facility: number;
  /** The patient came. */
  seen: boolean;
}

const SEEN = ['>', '$', '@', '<'];
const NOT_SEEN = ['x', '%', '?', '!', '-'];
const TO_COME = ['-', '-', '*', '+', '^', 'SMS', 'EMAIL', 'CALL'];
const CATEGORIES = [5, 9, 9, 9, 10, 12, 13];

export function addBookings(
  add: AddRow,
  { pid, registered }: Person,
  site: Site,
  random: Random,
  counters: Counters,
): Booking[] {
  const bookings: Booking[] = [];
  for (let count = random.between(2, 8); count > 0; count--) {
    const on = registered + random.below(TODAY + 180 - registered);
    const isPast = on < TODAY;
    const seen = isPast && random.percent(75);
    const booking = {
      eid: counters.next('events'),
      on,
      time: workingTime(random),
      doctor: random.pick(site.doctors),
      facility: random.pick(site.facilities),
      seen,
    };
    const status = random.pick(seen ? SEEN : isPast ? NOT_SEEN : TO_COME);
    const repeats = random.percent(3);
    add(
      'openemr_postcalendar_events',
      eventRow({
        pc_eid: booking.eid,
        pc_catid: random.pick(CATEGORIES),
        pc_pid: String(pid),
        pc_aid: String(booking.doctor),
        pc_title: 'Office Visit',
        pc_time: dateTime(on - 14, '11:05:00'),
        pc_hometext: random.pick(REASONS),
        pc_informant: '1',
        pc_eventDate: day(on),
        pc_endDate: repeats ? day(on + 90) : random.pick([null, '0000-00-00', day(on)]),
        pc_startTime: booking.time,
        pc_duration: random.pick([900, 900, 1800, 3600]),
        pc_apptstatus: status,
        pc_recurrtype: Number(repeats),
        pc_recurrspec: repeats
          ? recurrenceSpec({ event_repeat_freq: '2', event_repeat_freq_type: '1', event_repeat_on_freq: '1' })
          : recurrenceSpec(),
        pc_facility: booking.facility,
        pc_billing_location: booking.facility,
        pc_room: random.percent(20) ? 'R1' : '',
      }),
    );
    bookings.push(booking);
  }
  return bookings;
}

/** The way through the clinic on that day; `encounter` is 0 where there was none. */
export function addTracker(
  add: AddRow,
  { eid, on, time }: Booking,
  pid: number,
  encounter: number,
  random: Random,
  counters: Counters,
): void {
  const steps = encounter === 0 ? ['-', '@'] : random.percent(50) ? ['@', '>'] : ['*', '@', '<', '>'];
  const id = counters.next('patient_tracker');
  add('patient_tracker', {
    id,
    date: dateTime(on, time),
    apptdate: day(on),
    appttime: time,
    eid,
    pid,
    original_user: 'admin',
    encounter,
    lastseq: String(steps.length),
    drug_screen_completed: 0,
  });
  for (const [index, status] of steps.entries()) {
    add('patient_tracker_element', {
      pt_tracker_id: id,
      start_datetime: dateTime(on, time),
      room: '',
      status,
      seq: String(index + 1),
      user: 'admin',
    });
  }
}

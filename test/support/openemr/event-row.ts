import { NO_LOCATION, recurrenceSpec } from './recurrence.ts';
import type { SourceRow } from './source-row.ts';

const PLAIN = {
  pc_multiple: 0,
  pc_pid: '',
  pc_gid: 0,
  pc_hometext: '',
  pc_informant: '1',
  pc_endDate: null,
  pc_recurrtype: 0,
  pc_recurrspec: recurrenceSpec(),
  pc_alldayevent: 0,
  pc_location: NO_LOCATION,
  pc_website: null,
  pc_eventstatus: 1,
  pc_sharing: 1,
  pc_apptstatus: '-',
  pc_prefcatid: 0,
  pc_facility: 0,
  pc_billing_location: 0,
  pc_room: '',
  uuid: null,
} as const;

interface RequiredEvent {
  pc_eid: number;
  pc_catid: number;
  /** As the application writes it: users.id as text. */
  pc_aid: string | null;
  pc_title: string;
  pc_time: string;
  pc_eventDate: string;
  pc_startTime: string | null;
  pc_duration: number;
}

/** A row of the calendar, with what the application writes where nothing else is said. */
export function eventRow(event: RequiredEvent & SourceRow): SourceRow {
  const { pc_startTime: start, pc_duration: seconds } = event;
  return { ...PLAIN, pc_endTime: start && endOf(start, seconds), ...event };
}

/** May be beyond 24:00, as the application writes it. */
function endOf(start: string, seconds: number): string {
  const [hours, minutes, rest] = start.split(':').map(Number) as [number, number, number];
  const end = Math.max(0, hours * 3600 + minutes * 60 + rest + seconds);
  return [Math.floor(end / 3600), Math.floor(end / 60) % 60, end % 60]
    .map((part) => String(part).padStart(2, '0'))
    .join(':');
}

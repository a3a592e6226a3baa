/** What the acts about forms share: a new form in the registry, and the columns that all tables of forms begin with. */
import { dateTime } from '../calendar-days.ts';
import type { SourceRow } from '../source-row.ts';
import type { Desk, Visit } from './desk.ts';

/** The registry's row of a form. */
export function register(
  desk: Desk,
  { pid, encounter, on }: Visit,
  formdir: string,
  form_id: number,
): string[] {
  return desk.sql.insert('forms', {
    id: desk.ids.next('forms'),
    date: dateTime(on, '09:30:00'),
    encounter,
    form_name: formdir,
    form_id,
    pid,
    user: 'admin',
    groupname: 'Default',
    authorized: 1,
    deleted: 0,
    formdir,
  });
}

export function formHead(desk: Desk, { pid, on }: Visit): SourceRow {
  return {
    date: dateTime(on, '09:30:00'),
    pid,
    user: desk.random.pick(['admin', 'doctor10', '']),
    groupname: 'Default',
    authorized: 1,
    activity: desk.random.pick([1, 1, 1, 0]),
  };
}

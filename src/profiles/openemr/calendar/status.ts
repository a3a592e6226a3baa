/** What became of an appointment: the codes of the legacy status lists, translated. */
export type AppointmentStatus =
  | 'requested'
  | 'scheduled'
  | 'confirmed'
  | 'reminded'
  | 'arrived'
  | 'in_room'
  | 'completed'
  | 'cancelled'
  | 'no_show'
  | 'left'
  | 'unknown';

/** The list that a code is from: a therapy group's appointments (pc_cattype 3) have their own, where `>` means otherwise. */
export type StatusList = 'apptstat' | 'groupstat';

const STATUSES: Readonly<Record<StatusList, ReadonlyMap<string, AppointmentStatus>>> = {
  apptstat: new Map([
    ['-', 'scheduled'],
    ['*', 'reminded'],
    // chart pulled
    ['+', 'scheduled'],
    // asked for in the portal
    ['^', 'requested'],
    ['x', 'cancelled'],
    // less than 24 hours before
    ['%', 'cancelled'],
    ['?', 'no_show'],
    ['@', 'arrived'],
    // late
    ['~', 'arrived'],
    // with an insurance issue
    ['#', 'arrived'],
    ['<', 'in_room'],
    ['>', 'completed'],
    // coding done
    ['$', 'completed'],
    // left without a visit
    ['!', 'left'],
    ['AVM', 'confirmed'],
    ['SMS', 'confirmed'],
    ['EMAIL', 'confirmed'],
    // to be called back
    ['CALL', 'scheduled'],
  ]),
  groupstat: new Map([
    ['-', 'scheduled'],
    ['=', 'completed'],
    // did not take place
    ['>', 'cancelled'],
    // not reported
    ['<', 'unknown'],
  ]),
};

/** Compared exactly. A code that the list does not have, as sites add them, is unknown, and so is the empty one. */
export function appointmentStatus(code: string, list: StatusList): AppointmentStatus {
  return STATUSES[list].get(code) ?? 'unknown';
}

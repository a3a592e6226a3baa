import { describe, expect, test } from 'vitest';
import {
  appointmentStatus,
  type AppointmentStatus,
  type StatusList,
} from '../../src/profiles/openemr/calendar/status.ts';

const CASES: [StatusList, string, AppointmentStatus][] = [
  ['apptstat', '-', 'scheduled'],
  ['apptstat', '*', 'reminded'],
  ['apptstat', '+', 'scheduled'],
  ['apptstat', '^', 'requested'],
  ['apptstat', 'x', 'cancelled'],
  ['apptstat', '%', 'cancelled'],
  ['apptstat', '?', 'no_show'],
  ['apptstat', '@', 'arrived'],
  ['apptstat', '~', 'arrived'],
  ['apptstat', '<', 'in_room'],
  ['apptstat', '>', 'completed'],
  ['apptstat', '!', 'left'],
  ['apptstat', '$', 'completed'],
  ['apptstat', '#', 'arrived'],
  ['apptstat', 'AVM', 'confirmed'],
  ['apptstat', 'SMS', 'confirmed'],
  ['apptstat', 'EMAIL', 'confirmed'],
  ['apptstat', 'CALL', 'scheduled'],
  ['apptstat', '', 'unknown'],
  ['apptstat', '&', 'unknown'],
  ['apptstat', 'sms', 'unknown'],
  ['apptstat', 'constructor', 'unknown'],
  ['groupstat', '-', 'scheduled'],
  ['groupstat', '=', 'completed'],
  ['groupstat', '>', 'cancelled'],
  ['groupstat', '<', 'unknown'],
  ['groupstat', '@', 'unknown'],
];

describe('an appointment status', () => {
  test.each(CASES)('of %s, %j, is %s', (list, code, status) => {
    expect(appointmentStatus(code, list)).toBe(status);
  });
});

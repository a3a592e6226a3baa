/** An id of the FHIR interface has a column of its own, and is not kept besides; all else that a mapping says of `extra` stays. */
import { describe, expect, it } from 'vitest';
import { fieldKey } from '../../src/mapping/field-crypto.ts';
import { everythingElseOfEvent } from '../../src/profiles/openemr/appointment/blank-values.ts';
import { singleAppointmentsMapping } from '../../src/profiles/openemr/appointment/single-appointments.ts';
import { tellingUuidOnce } from '../../src/profiles/openemr/fhir-uuid.ts';
import type { Site } from '../../src/profiles/openemr/site.ts';

function extraOf(hasUuid: boolean) {
  const site: Site = {
    timeZone: 'Europe/Berlin',
    cutoverDate: '2026-01-01',
    orphans: 'reject',
    fieldKey: fieldKey(Buffer.alloc(32, 1)),
    has: () => hasUuid,
  };
  const { columns } = tellingUuidOnce(singleAppointmentsMapping(site));
  return columns.find(({ target }) => target.name === 'extra')?.value;
}

describe('the rest of an event', () => {
  it('leaves out the id that has a column, and what the calendar writes where nothing was said', () => {
    expect(extraOf(true)).toEqual({ ...everythingElseOfEvent, except: ['uuid'] });
  });

  it('leaves out the same of a version without such ids', () => {
    expect(extraOf(false)).toEqual(everythingElseOfEvent);
  });
});

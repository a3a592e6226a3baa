/** The worked example of a profile: a dentist's three tables become rows of three services. The README explains it line by line. */
import fs from 'node:fs';
import path from 'node:path';
import { apply, columns, everythingElse, flags, from, uuid } from '../../../src/mapping/declare.ts';
import { requireFieldKey, type FieldKey } from '../../../src/mapping/field-crypto.ts';
import type { Profile, RowMapping } from '../../../src/mapping/mapping.ts';
import { keepRaw, raiseFlag } from '../../../src/mapping/row-notes.ts';
import { chain, code, encryptField, mask, nullIfEmpty, trim } from '../../../src/mapping/transforms/index.ts';

/** A transform of one's own: a number with too few digits has no place in `mobile`, and is not thrown away. */
const mobile = {
  name: 'mobile',
  apply: (text: string | null) => {
    const digits = text?.replace(/[^0-9+]/g, '') ?? '';
    if (digits.length >= 7) return digits;
    if (text?.trim()) {
      raiseFlag('mobile_invalid');
      keepRaw('mobile', text);
    }
    return null;
  },
};

const dentists: RowMapping = {
  shape: 'row',
  id: 'dentists',
  service: 'doctor',
  source: { table: 'dentists' },
  target: { schema: 'doctor', table: 'doctor' },
  columns: columns({
    id: ['uuid!', uuid('dentist', 'no'), 'identifier'],
    legacy_no: ['integer!', from('no'), 'identifier'],
    name: ['text!', apply(trim, 'name')],
    extra: ['jsonb!', everythingElse],
  }),
};

const clients = (key: FieldKey): RowMapping => ({
  shape: 'row',
  id: 'clients',
  service: 'patient',
  source: { table: 'clients' },
  target: { schema: 'patient', table: 'patient' },
  columns: columns({
    id: ['uuid!', uuid('client', 'no'), 'identifier'],
    legacy_no: ['integer!', from('no'), 'identifier'],
    name: ['text!', apply(trim, 'name'), 'identifier'],
    date_of_birth: ['date', from('born'), 'identifier'],
    sex: ['text!', apply(code({ f: 'female', m: 'male', '': 'unknown' }, 'refuse'), 'sex'), 'clinical'],
    mobile: ['text', apply(mobile, 'mobile'), 'identifier'],
    insurance_no_ciphertext: [
      'bytea',
      apply(
        chain(trim, nullIfEmpty, encryptField(key, { mapping: 'clients', column: 'insurance_no' })),
        'insurance_no',
      ),
      'critical',
    ],
    insurance_no_last3: ['text', apply(chain(trim, nullIfEmpty, mask(3)), 'insurance_no'), 'critical'],
    dq_flags: ['text[]!', flags],
    extra: ['jsonb!', everythingElse, 'clinical'],
  }),
});

const bookings: RowMapping = {
  shape: 'row',
  id: 'bookings',
  service: 'appointment',
  source: { table: 'bookings' },
  target: { schema: 'appointment', table: 'appointment' },
  where: {
    inputs: ['state'],
    description: 'cancelled bookings stay behind',
    accepts: (state) => state !== 'x',
  },
  columns: columns({
    id: ['uuid!', uuid('booking', 'no'), 'identifier'],
    // The same words make the same id as in the mapping of clients: no lookup, in another database.
    patient_id: ['uuid!', uuid('client', 'client'), 'identifier'],
    doctor_id: ['uuid', uuid('dentist', 'dentist'), 'identifier'],
    local_date: ['date!', from('day'), 'clinical'],
    minutes: ['smallint!', from('minutes')],
    status: ['text!', apply(code({ b: 'booked', d: 'done' }, 'refuse'), 'state')],
    extra: ['jsonb!', everythingElse, 'clinical'],
  }),
};

/** A function, since it needs the key of the encrypted field. */
export const profile = (secrets: { fieldKey: FieldKey | null }): Profile => {
  const key = requireFieldKey(secrets);
  return {
    name: 'practice',
    services: ['doctor', 'patient', 'appointment'],
    mappings: () => [dentists, clients(key), bookings],
  };
};

const script = (service: string) => ({
  schema: service,
  sql: fs.readFileSync(path.join(import.meta.dirname, `${service}.sql`), 'utf8'),
});

/** Each service's tables as its DBA reviews them. */
export const scripts = {
  doctor: script('doctor'),
  patient: script('patient'),
  appointment: script('appointment'),
};

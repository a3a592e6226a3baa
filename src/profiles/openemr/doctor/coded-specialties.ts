/** Specialties that the legacy system has by their codes. */
import {
  apply,
  columns,
  constant,
  everythingElse,
  flags,
  from,
  reference,
  uuid,
} from '../../../mapping/declare.ts';
import { refuse } from '../../../core/reject-reasons.ts';
import type { Mapping, Transform } from '../../../mapping/mapping.ts';
import { DEFAULT_TAXONOMY } from './staff-values.ts';
import { joinSpecialty, SPECIALTY_FIELDS, specialtyId, watchSpecialty } from './taxonomy.ts';

/** The key of a row that is nothing without a doctor and a specialty. */
const keyOfLink: Transform = {
  name: 'keyOfLink',
  apply: (key, doctor, specialty) => (doctor == null || specialty == null ? refuse('orphan') : (key ?? null)),
};

/** facility_user_ids → doctor.doctor_specialty: a code that holds for one facility. Its other kinds of ids have no place. */
export function facilitySpecialtyMapping(): Mapping {
  return {
    shape: 'query',
    id: 'doctor_specialty',
    service: 'doctor',
    source: { table: 'facility_user_ids' },
    target: { schema: 'doctor', table: 'doctor_specialty' },
    query: {
      joins: `LEFT JOIN users u ON u.id = t.uid LEFT JOIN facility f ON f.id = t.facility_id
        ${joinSpecialty('t.field_value')}`,
      fields: {
        user_id: { sql: 'u.id', like: 'users.id' },
        at_facility: { sql: 'f.id', like: 'facility.id' },
        ...SPECIALTY_FIELDS,
      },
      watches: [
        { table: 'users', inputs: ['id'], keys: 'SELECT x.id FROM facility_user_ids x WHERE x.uid = ?' },
        {
          table: 'facility',
          inputs: ['id'],
          keys: 'SELECT x.id FROM facility_user_ids x WHERE x.facility_id = ?',
        },
        watchSpecialty('SELECT x.id FROM facility_user_ids x', 'x.field_value'),
      ],
    },
    where: {
      inputs: ['field_id', 'field_value'],
      description: 'specialty codes',
      accepts: (field, value) => field === 'specialty_code' && (value ?? '').trim() !== '',
    },
    columns: columns({
      id: ['uuid!', uuid('facility_user_ids', 'id')],
      legacy_table: ['text!', constant('facility_user_ids')],
      legacy_id: ['text!', apply(keyOfLink, 'id', 'user_id', 'specialty_code')],
      doctor_id: [
        'uuid!',
        reference('users', { input: 'uid', found: 'user_id', onOrphan: 'reject' }),
        'identifier',
      ],
      specialty_id: ['uuid!', specialtyId],
      facility_id: [
        'uuid',
        reference('facility', {
          input: 'facility_id',
          found: 'at_facility',
          onOrphan: { flag: 'facility_id' },
        }),
      ],
      confidence: ['text!', constant('coded')],
      extra: ['jsonb!', everythingElse],
      dq_flags: ['text[]!', flags],
    }),
  };
}

/** users.taxonomy → doctor.doctor_specialty: a code that holds everywhere, unless it is the one that everybody gets. */
export function taxonomySpecialtyMapping(): Mapping {
  return {
    shape: 'query',
    id: 'doctor_specialty_taxonomy',
    service: 'doctor',
    source: { table: 'users' },
    target: { schema: 'doctor', table: 'doctor_specialty' },
    query: {
      joins: joinSpecialty('t.taxonomy'),
      fields: SPECIALTY_FIELDS,
      watches: [watchSpecialty('SELECT u.id FROM users u', 'u.taxonomy')],
    },
    where: {
      inputs: ['taxonomy', 'specialty_code'],
      description: `taxonomies of the list, except ${DEFAULT_TAXONOMY}, which is no evidence`,
      accepts: (taxonomy, listed) => listed != null && taxonomy?.trim() !== DEFAULT_TAXONOMY,
    },
    columns: columns({
      id: ['uuid!', uuid('users:taxonomy', 'id')],
      doctor_id: ['uuid!', uuid('users', 'id'), 'identifier'],
      specialty_id: ['uuid!', specialtyId],
      facility_id: ['uuid', constant(null)],
      confidence: ['text!', constant('coded')],
      legacy_table: ['text!', constant('users:taxonomy')],
      legacy_id: ['text!', from('id'), 'identifier'],
      // the rest of the row is the doctor's
      extra: ['jsonb!', { kind: 'extra', columns: [] }],
      dq_flags: ['text[]!', flags],
    }),
  };
}

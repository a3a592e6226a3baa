import {
  apply,
  columns,
  constant,
  everythingElse,
  flags,
  from,
  reference,
  uuid,
  type ColumnDeclaration,
} from '../../../mapping/declare.ts';
import type { Mapping } from '../../../mapping/mapping.ts';
import { email } from '../../../mapping/transforms/index.ts';
import { fhirUuid, lookUpFhirUuid } from '../fhir-uuid.ts';
import type { Site } from '../site.ts';
import { aside, moment, txt } from '../text.ts';
import {
  joinSpecialty,
  SPECIALTY_FIELDS,
  taxonomyCode,
  taxonomyIsDefault,
  watchSpecialty,
} from './taxonomy.ts';
import { staffActive, staffKind } from './staff-role.ts';
import { address, npiValid, phoneOf, truth, workPhone } from './staff-values.ts';
import { encryptedTaxId, taxIdLast4 } from './tax-id.ts';

/** users → doctor.doctor: everybody, those in the address book too. */
export function doctorMapping(site: Site): Mapping {
  return {
    shape: 'query',
    id: 'doctor',
    service: 'doctor',
    source: { table: 'users' },
    secrets: ['federaltaxid', 'password'],
    target: { schema: 'doctor', table: 'doctor' },
    query: {
      joins: `LEFT JOIN facility f ON f.id = t.facility_id LEFT JOIN users s ON s.id = t.supervisor_id
        ${joinSpecialty('t.taxonomy')}`,
      fields: {
        ...lookUpFhirUuid(site, 'users').fields,
        at_facility: { sql: 'f.id', like: 'facility.id' },
        supervisor: { sql: 's.id', like: 'users.id' },
        specialty_code: SPECIALTY_FIELDS.specialty_code,
        default_codes: {
          sql: `SELECT COUNT(*) FROM facility_user_ids c WHERE c.uid = t.id AND c.field_id = 'specialty_code'
            AND TRIM(c.field_value) = '207Q00000X'`,
          like: 'users.id',
        },
      },
      watches: [
        { table: 'facility', inputs: ['id'], keys: 'SELECT u.id FROM users u WHERE u.facility_id = ?' },
        { table: 'users', inputs: ['id'], keys: 'SELECT u.id FROM users u WHERE u.supervisor_id = ?' },
        { table: 'facility_user_ids', inputs: ['uid'], keys: null },
        watchSpecialty('SELECT u.id FROM users u', 'u.taxonomy'),
      ],
    },
    columns: columns({
      id: ['uuid!', uuid('users', 'id'), 'identifier'],
      kind: ['text!', apply(staffKind, 'username', 'password', 'authorized')],
      ...nameColumns(site),
      ...numberColumns(site),
      ...contactColumns(site),
      primary_facility_id: [
        'uuid',
        reference('facility', {
          input: 'facility_id',
          found: 'at_facility',
          onOrphan: { flag: 'primary_facility_id' },
        }),
      ],
      supervisor_id: [
        'uuid',
        reference('users', {
          input: 'supervisor_id',
          found: 'supervisor',
          onOrphan: { flag: 'supervisor_id' },
        }),
        'identifier',
      ],
      bookable: ['boolean!', apply(truth('f'), 'calendar')],
      active: ['boolean!', apply(staffActive, 'active', 'info')],
      fhir_uuid: fhirUuid(site, 'users'),
      created_at: ['timestamp with time zone', momentOf(site, 'created_at', 'date_created')],
      updated_at: ['timestamp with time zone', momentOf(site, 'updated_at', 'last_updated')],
      legacy_table: ['text!', constant('users')],
      legacy_id: ['text!', from('id'), 'identifier'],
      extra: ['jsonb!', everythingElse, 'identifier'],
      dq_flags: ['text[]!', flags],
    }),
  };
}

type Declared = Record<string, ColumnDeclaration>;

function nameColumns(site: Site): Declared {
  const hasCredentials = site.has('users', 'valedictory');
  return {
    title: ['text', apply(txt, 'title')],
    first_name: ['text', apply(txt, 'fname'), 'identifier'],
    middle_name: ['text', apply(txt, 'mname'), 'identifier'],
    last_name: ['text', apply(txt, 'lname'), 'identifier'],
    suffix: ['text', apply(txt, 'suffix')],
    credentials: ['text', hasCredentials ? apply(txt, 'valedictory') : constant(null)],
  };
}

function numberColumns(site: Site): Declared {
  return {
    npi: ['text', apply(txt, 'npi'), 'identifier'],
    npi_valid: ['boolean', apply(npiValid, 'npi')],
    dea_number: ['text', apply(txt, 'federaldrugid'), 'critical'],
    state_license: ['text', apply(txt, 'state_license_number'), 'identifier'],
    tax_id_ciphertext: ['bytea', apply(encryptedTaxId(site, 'doctor'), 'federaltaxid'), 'critical'],
    tax_id_last4: ['text', apply(taxIdLast4, 'federaltaxid'), 'critical'],
    upin: ['text', apply(txt, 'upin'), 'identifier'],
    taxonomy_code: ['text', apply(taxonomyCode, 'taxonomy', 'specialty_code')],
    taxonomy_is_default: ['boolean', apply(taxonomyIsDefault, 'taxonomy', 'specialty', 'default_codes')],
    specialty_text: ['text', apply(txt, 'specialty')],
  };
}

const ADDRESS = {
  line1: 'street',
  line2: 'streetb',
  city: 'city',
  state: 'state',
  postal_code: 'zip',
  country: 'country_code',
};

function contactColumns(site: Site): Declared {
  const parts = Object.entries(ADDRESS).filter(([, column]) => site.has('users', column));
  const ofAddress = address(parts.map(([part]) => part));
  return {
    email: ['text', apply(email(aside('email', 'email')), 'email'), 'identifier'],
    phone: ['text', apply(workPhone('phone', 'phonew1', 'phone'), 'phonew1', 'phone'), 'identifier'],
    mobile: ['text', apply(phoneOf('mobile', 'phonecell'), 'phonecell'), 'identifier'],
    fax: ['text', apply(phoneOf('fax', 'fax'), 'fax'), 'identifier'],
    organization: ['text', apply(txt, 'organization')],
    address: ['jsonb', apply(ofAddress, ...parts.map(([, column]) => column)), 'identifier'],
  };
}

function momentOf(site: Site, target: string, source: string): ColumnDeclaration[1] {
  return site.has('users', source) ? apply(moment(site, target, source), source) : constant(null);
}

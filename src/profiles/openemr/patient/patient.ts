import {
  apply,
  columns,
  constant,
  everythingElse,
  flags,
  reference,
  uuid,
} from '../../../mapping/declare.ts';
import type { ColumnDeclaration } from '../../../mapping/declare.ts';
import type { Mapping } from '../../../mapping/mapping.ts';
import { fhirUuid, lookUpFhirUuid } from '../fhir-uuid.ts';
import { lookUp, lookUpOption, queryWith } from '../lookups.ts';
import { optionalColumns } from '../optional-column.ts';
import { lookUpCallingCode } from '../phones.ts';
import type { Site } from '../site.ts';
import { moment } from '../text.ts';
import { CONTACT_COLUMNS } from './contacts-in-columns.ts';
import { chartNumber, duplicateScore, lifeStatus, patientKey, toldElsewhere } from './demographics.ts';
import { names, person } from './patient-person.ts';
import { consents, reachedBy } from './patient-reach.ts';
import { firstMoment } from './registered.ts';

const PATIENTS = { table: 'patient_data', key: 'pid' };
const USERS = { table: 'users', key: 'id' };

export function patientMapping(site: Site): Mapping {
  return {
    shape: 'query',
    id: 'patient',
    service: 'patient',
    source: { table: 'patient_data' },
    secrets: ['ss'],
    target: { schema: 'patient', table: 'patient' },
    query: queryWith(
      lookUp('primary_doctor', USERS, { source: PATIENTS, by: 'providerID' }),
      lookUp('referring_doctor', USERS, { source: PATIENTS, by: 'ref_providerID' }),
      lookUpOption('marital', 'status', PATIENTS),
      lookUpOption('language', 'language', PATIENTS),
      lookUpOption('religious_affiliation', 'religion', PATIENTS),
      lookUpCallingCode(PATIENTS),
      lookUpFhirUuid(site, 'patient_data'),
    ),
    columns: columns({
      id: ['uuid!', uuid('patient_data', 'pid'), 'identifier'],
      mrn: ['text!', apply(chartNumber, 'pubpid', 'pid'), 'identifier'],
      ...names(site),
      ...person(site),
      ...reachedBy(site),
      ...consents(),
      ...record(site),
      legacy_table: ['text!', constant('patient_data')],
      legacy_id: ['text!', apply(patientKey, 'pid'), 'identifier'],
      dq_flags: ['text[]!', flags],
      extra: ['jsonb!', everythingElse, 'clinical'],
    }),
  };
}

type Declared = Record<string, ColumnDeclaration>;

function record(site: Site): Declared {
  const { has } = site;
  const optional = optionalColumns(site, 'patient_data');
  const changedAt = has('patient_data', 'last_updated') ? 'last_updated' : 'date';
  const elsewhere = CONTACT_COLUMNS.filter((column) => has('patient_data', column));
  return {
    primary_doctor_id: [
      'uuid',
      reference('users', {
        input: 'providerID',
        found: 'primary_doctor_key',
        onOrphan: { flag: 'primary_doctor_id' },
      }),
    ],
    referring_doctor_id: [
      'uuid',
      reference('users', {
        input: 'ref_providerID',
        found: 'referring_doctor_key',
        onOrphan: { flag: 'referring_doctor_id' },
      }),
    ],
    registered_at: [
      'timestamp with time zone',
      apply(firstMoment(site, 'registered_at', 'regdate', 'date'), 'regdate', 'date'),
    ],
    status: ['text!', apply(lifeStatus, 'deceased_date', 'DOB'), 'clinical'],
    // Two rows of one person are for people to find; the legacy system has only scores.
    duplicate_of: ['uuid', apply(toldElsewhere, ...elsewhere)],
    duplicate_score: ['integer', optional(duplicateScore, 'dupscore')],
    fhir_uuid: fhirUuid(site, 'patient_data'),
    // Without last_updated, `date` is when the row was changed last.
    created_at: [
      'timestamp with time zone',
      changedAt === 'date' ? constant(null) : apply(moment(site, 'created_at', 'date'), 'date'),
    ],
    updated_at: ['timestamp with time zone', apply(moment(site, 'updated_at', changedAt), changedAt)],
  };
}

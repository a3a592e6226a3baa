/** The mapping of `form_encounter`: visits. */
import { apply, columns, constant, reference, uuid } from '../../../mapping/declare.ts';
import type { Expression, QueryMapping } from '../../../mapping/mapping.ts';
import { fhirUuid, lookUpFhirUuid } from '../fhir-uuid.ts';
import { lookUp, lookUpOption, queryWith } from '../lookups.ts';
import { optionalColumns } from '../optional-column.ts';
import type { Site } from '../site.ts';
import { dayOfDatetime, moment, optionTitle, txt } from '../text.ts';
import { origin } from './codes-origin.ts';
import {
  lookUpAppointment,
  lookUpRegistration,
  lookUpSameNumber,
  lookUpSignatures,
} from './encounter-beside.ts';
import { categoryName, encounterNumber, isDeleted, isSet } from './encounter-values.ts';

const SOURCE = { table: 'form_encounter', key: 'id' };
const DISPOSITION = 'discharge_disposition';

export function encounterMapping(site: Site): QueryMapping {
  const optional = optionalColumns(site, SOURCE.table);
  const hasDisposition = site.has(SOURCE.table, DISPOSITION);
  const isSigned = site.has('esign_signatures');
  const person = (as: string, by: string) =>
    lookUp(as, { table: 'users', key: 'id' }, { source: SOURCE, by });
  const whom = (target: string, input: string, found: string): Expression =>
    reference('users', { input, found, onOrphan: { flag: target } });
  return {
    shape: 'query',
    id: 'encounters',
    service: 'medical-records',
    source: { table: SOURCE.table },
    target: { schema: 'medical_records', table: 'encounter' },
    query: queryWith(
      lookUp('patient', { table: 'patient_data', key: 'pid' }, { source: SOURCE, by: 'pid' }),
      person('doctor', 'provider_id'),
      person('supervisor', 'supervisor_id'),
      lookUp('place', { table: 'facility', key: 'id' }, { source: SOURCE, by: 'facility_id' }),
      lookUp(
        'category',
        { table: 'openemr_postcalendar_categories', key: 'pc_catid' },
        { source: SOURCE, by: 'pc_catid', columns: ['pc_catname'] },
      ),
      hasDisposition ? lookUpOption('discharge-disposition', DISPOSITION, SOURCE) : {},
      lookUpRegistration,
      lookUpSameNumber,
      lookUpAppointment,
      lookUpSignatures(site),
      lookUpFhirUuid(site, SOURCE.table),
    ),
    columns: columns({
      id: ['uuid!', uuid(SOURCE.table, 'id'), 'identifier'],
      encounter_number: ['bigint', apply(encounterNumber, 'encounter', 'same_number'), 'identifier'],
      patient_id: [
        'uuid!',
        reference('patient_data', { input: 'pid', found: 'patient_key', onOrphan: 'reject' }),
        'identifier',
      ],
      doctor_id: ['uuid', whom('doctor_id', 'provider_id', 'doctor_key'), 'identifier'],
      supervisor_id: ['uuid', whom('supervisor_id', 'supervisor_id', 'supervisor_key'), 'identifier'],
      facility_id: [
        'uuid',
        reference('facility', {
          input: 'facility_id',
          found: 'place_key',
          onOrphan: { flag: 'facility_id' },
        }),
      ],
      appointment_id: ['uuid', uuid('openemr_postcalendar_events', 'appointment_name'), 'identifier'],
      // The number of the category itself is left to `extra`.
      type_name: ['text', apply(categoryName, 'category_pc_catname', 'category_key'), 'clinical'],
      class_code: ['text', optional(txt, 'class_code'), 'clinical'],
      starts_at: ['timestamp with time zone', apply(moment(site, 'starts_at', 'date'), 'date'), 'clinical'],
      ends_at: [
        'timestamp with time zone',
        optional(moment(site, 'ends_at', 'date_end'), 'date_end'),
        'clinical',
      ],
      onset_date: ['date', apply(dayOfDatetime('onset_date', 'onset_date'), 'onset_date'), 'clinical'],
      reason: ['text', apply(txt, 'reason'), 'clinical'],
      sensitivity: ['text', apply(txt, 'sensitivity'), 'critical'],
      discharge_disposition: [
        'text',
        hasDisposition
          ? apply(
              optionTitle(DISPOSITION, DISPOSITION),
              DISPOSITION,
              `${DISPOSITION}_title`,
              `${DISPOSITION}_activity`,
            )
          : constant(null),
        'clinical',
      ],
      signed: ['boolean', isSigned ? apply(isSet, 'signatures') : constant(null), 'critical'],
      locked: ['boolean', isSigned ? apply(isSet, 'locks') : constant(null), 'critical'],
      deleted: ['boolean!', apply(isDeleted, 'form_deleted'), 'critical'],
      fhir_uuid: fhirUuid(site, SOURCE.table),
      ...origin(SOURCE.table, 'id'),
    }),
  };
}

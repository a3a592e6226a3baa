import { apply, columns, constant, reference, uuid } from '../../../mapping/declare.ts';
import type { ColumnDeclaration } from '../../../mapping/declare.ts';
import type { Mapping } from '../../../mapping/mapping.ts';
import { fhirUuid, lookUpFhirUuid } from '../fhir-uuid.ts';
import { lookUp, queryWith, type Lookup } from '../lookups.ts';
import type { Site } from '../site.ts';
import { day, moment, txt } from '../text.ts';
import { lookUpOptions, titleOf, type Option } from './codes-options.ts';
import { origin } from './codes-origin.ts';
import { encounterId, lookUpEncounter } from './encounter-reference.ts';
import { cvxCode, doseAmount, immunizationStatus } from './immunization-values.ts';

const IMMUNIZATIONS = { table: 'immunizations', key: 'id' };
const VACCINE: Option = { column: 'immunization_id', lists: ['immunizations'] };
const MANUFACTURER: Option = { column: 'manufacturer', lists: ['Immunization_Manufacturer'] };
const UNIT: Option = { column: 'amount_administered_unit', lists: ['drug_units'] };
const ROUTE: Option = { column: 'route', lists: ['drug_route'] };
const BODY_SITE: Option = {
  column: 'administration_site',
  lists: ['immunization_administered_site', 'proc_body_site'],
};
const REFUSAL: Option = { column: 'refusal_reason', lists: ['immunization_refusal_reason'] };

export function immunizationMapping(site: Site): Mapping {
  const { table, key } = IMMUNIZATIONS;
  const patient = reference('patient_data', {
    input: 'patient_id',
    found: 'patient_key',
    onOrphan: 'reject',
  });
  return {
    shape: 'query',
    id: 'immunizations',
    service: 'medical-records',
    source: { table },
    target: { schema: 'medical_records', table: 'immunization' },
    query: queryWith(
      lookUp('patient', { table: 'patient_data', key: 'pid' }, { source: IMMUNIZATIONS, by: 'patient_id' }),
      lookUpUser('administrator', 'administered_by_id'),
      lookUpUser('orderer', 'ordering_provider'),
      lookUpOptions(IMMUNIZATIONS, [VACCINE, MANUFACTURER, UNIT, ROUTE, BODY_SITE, REFUSAL]),
      lookUpFhirUuid(site, table),
      hasEncounter(site)
        ? lookUpEncounter({ table, key: [key], pid: 'patient_id', encounter: 'encounter_id' })
        : {},
    ),
    columns: columns({
      id: ['uuid!', uuid(table, key)],
      patient_id: ['uuid!', patient, 'identifier'],
      encounter_id: ['uuid', hasEncounter(site) ? encounterId('encounter_id') : constant(null), 'identifier'],
      cvx_code: ['text', apply(cvxCode, 'cvx_code'), 'critical'],
      vaccine_name: ['text', titleOf(VACCINE, 'vaccine_name'), 'clinical'],
      administered_at: [
        'timestamp with time zone',
        apply(moment(site, 'administered_at', 'administered_date'), 'administered_date'),
        'clinical',
      ],
      administered_by_id: user('administrator', 'administered_by_id', 'administered_by_id'),
      administered_by_name: ['text', apply(txt, 'administered_by')],
      ordering_doctor_id: user('orderer', 'ordering_provider', 'ordering_doctor_id'),
      manufacturer: ['text', titleOf(MANUFACTURER, 'manufacturer'), 'clinical'],
      lot_number: ['text', apply(txt, 'lot_number'), 'clinical'],
      expiration_date: [
        'date',
        apply(day('expiration_date', 'expiration_date'), 'expiration_date'),
        'clinical',
      ],
      dose_amount: ['numeric(12,4)', apply(doseAmount, 'amount_administered'), 'clinical'],
      dose_unit: ['text', titleOf(UNIT, 'dose_unit'), 'clinical'],
      route: ['text', titleOf(ROUTE, 'route'), 'clinical'],
      site: ['text', titleOf(BODY_SITE, 'site'), 'clinical'],
      vis_date: ['date', apply(day('vis_date', 'vis_date'), 'vis_date'), 'clinical'],
      education_date: ['date', apply(day('education_date', 'education_date'), 'education_date'), 'clinical'],
      status: [
        'text!',
        apply(immunizationStatus, 'added_erroneously', 'completion_status', 'refusal_reason'),
        'critical',
      ],
      refusal_reason: ['text', titleOf(REFUSAL, 'refusal_reason'), 'clinical'],
      note: ['text', apply(txt, 'note'), 'clinical'],
      fhir_uuid: fhirUuid(site, table),
      ...origin(table, key),
    }),
  };
}

/** Newer versions only. */
function hasEncounter(site: Site): boolean {
  return site.has(IMMUNIZATIONS.table, 'encounter_id');
}

function lookUpUser(as: string, by: string): Lookup {
  return lookUp(as, { table: 'users', key: 'id' }, { source: IMMUNIZATIONS, by });
}

function user(as: string, by: string, target: string): ColumnDeclaration {
  return ['uuid', reference('users', { input: by, found: `${as}_key`, onOrphan: { flag: target } })];
}

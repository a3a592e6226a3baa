import { apply, columns, constant, from, reference, uuid } from '../../../mapping/declare.ts';
import type { ColumnDeclaration } from '../../../mapping/declare.ts';
import type { Mapping } from '../../../mapping/mapping.ts';
import { fhirUuid, lookUpFhirUuid } from '../fhir-uuid.ts';
import { lookUp, queryWith } from '../lookups.ts';
import type { Site } from '../site.ts';
import { moment, txt } from '../text.ts';
import { dayOf } from './codes-day.ts';
import { lookUpOptions, titleOf, type Option } from './codes-options.ts';
import { origin } from './codes-origin.ts';
import { encounterId, lookUpEncounter } from './encounter-reference.ts';
import { intentOf, prescriptionStatus, rxnormCode } from './medication-values.ts';

const PRESCRIPTIONS = { table: 'prescriptions', key: 'id' };
const FORM: Option = { column: 'form', lists: ['drug_form'] };
const UNIT: Option = { column: 'unit', lists: ['drug_units'] };
const ROUTE: Option = { column: 'route', lists: ['drug_route'] };
const INTERVAL: Option = { column: 'interval', lists: ['drug_interval'] };

export function prescriptionMapping(site: Site): Mapping {
  const { table, key } = PRESCRIPTIONS;
  const patient = reference('patient_data', {
    input: 'patient_id',
    found: 'patient_key',
    onOrphan: 'reject',
  });
  const prescriber = reference('users', {
    input: 'provider_id',
    found: 'prescriber_key',
    onOrphan: { flag: 'prescriber_id' },
  });
  /** Newer versions only. */
  const ifKnown = (column: string): ColumnDeclaration => [
    'text',
    site.has(table, column) ? apply(txt, column) : constant(null),
    'clinical',
  ];
  return {
    shape: 'query',
    id: 'medications_prescribed',
    service: 'medical-records',
    source: { table },
    target: { schema: 'medical_records', table: 'medication' },
    query: queryWith(
      lookUp('patient', { table: 'patient_data', key: 'pid' }, { source: PRESCRIPTIONS, by: 'patient_id' }),
      lookUp('prescriber', { table: 'users', key: 'id' }, { source: PRESCRIPTIONS, by: 'provider_id' }),
      lookUpEncounter({ table, key: [key], pid: 'patient_id', encounter: 'encounter' }),
      lookUpOptions(PRESCRIPTIONS, [FORM, UNIT, ROUTE, INTERVAL]),
      lookUpFhirUuid(site, table),
    ),
    columns: columns({
      id: ['uuid!', uuid(table, key)],
      patient_id: ['uuid!', patient, 'identifier'],
      encounter_id: ['uuid', encounterId('encounter'), 'identifier'],
      prescriber_id: ['uuid', prescriber],
      source: ['text!', constant('prescription')],
      linked_medication_id: ['uuid', constant(null)],
      drug_name: ['text', apply(txt, 'drug'), 'critical'],
      rxnorm_code: ['text', apply(rxnormCode, 'rxnorm_drugcode'), 'critical'],
      strength: ['text', apply(txt, 'size'), 'critical'],
      strength_unit: ['text', titleOf(UNIT, 'strength_unit'), 'critical'],
      dose_form: ['text', titleOf(FORM, 'dose_form'), 'clinical'],
      dose_quantity: ['text', apply(txt, 'dosage'), 'critical'],
      route: ['text', titleOf(ROUTE, 'route'), 'critical'],
      frequency: ['text', titleOf(INTERVAL, 'frequency'), 'critical'],
      prn: ['text', apply(txt, 'prn'), 'clinical'],
      dispense_quantity: ['text', apply(txt, 'quantity'), 'clinical'],
      refills: ['integer', from('refills'), 'clinical'],
      instructions: ifKnown('drug_dosage_instructions'),
      indication: ['text', apply(txt, 'indication'), 'clinical'],
      start_date: ['date', apply(dayOf('start_date', 'start_date'), 'start_date'), 'clinical'],
      end_date: ['date', apply(dayOf('end_date', 'end_date'), 'end_date'), 'clinical'],
      status: ['text!', apply(prescriptionStatus(site.cutoverDate), 'active', 'end_date'), 'critical'],
      intent: site.has(table, 'request_intent')
        ? ['text', apply(intentOf, 'request_intent', 'request_intent_title'), 'clinical']
        : ['text', constant(null), 'clinical'],
      note: ['text', apply(txt, 'note'), 'clinical'],
      recorded_at: [
        'timestamp with time zone',
        apply(moment(site, 'recorded_at', 'date_added'), 'date_added'),
      ],
      fhir_uuid: fhirUuid(site, table),
      ...origin(table, key),
    }),
  };
}

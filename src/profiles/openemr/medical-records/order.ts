import { apply, columns, constant, reference, uuid } from '../../../mapping/declare.ts';
import type { ColumnDeclaration } from '../../../mapping/declare.ts';
import type { Mapping, Transform } from '../../../mapping/mapping.ts';
import { keepRaw, raiseFlag } from '../../../mapping/row-notes.ts';
import { fhirUuid, lookUpFhirUuid } from '../fhir-uuid.ts';
import { lookUp, queryWith, type Lookup } from '../lookups.ts';
import type { Site } from '../site.ts';
import { clean, moment, txt } from '../text.ts';
import { origin } from './codes-origin.ts';
import { encounterId, lookUpEncounter } from './encounter-reference.ts';
import { lookUpTests, testColumns, testsOf } from './order-tests.ts';

const ORDERS = { table: 'procedure_order', key: 'procedure_order_id' };

/** Orders to laboratories. */
export function orderMapping(site: Site): Mapping {
  const { table, key } = ORDERS;
  const patient = reference('patient_data', {
    input: 'patient_id',
    found: 'patient_key',
    onOrphan: 'reject',
  });
  const orderer = reference('users', {
    input: 'provider_id',
    found: 'orderer_key',
    onOrphan: { flag: 'orderer_id' },
  });
  const at = (target: string, column: string): ColumnDeclaration => [
    'timestamp with time zone',
    apply(moment(site, target, column), column),
    'clinical',
  ];
  return {
    shape: 'query',
    id: 'diagnostic_orders',
    service: 'medical-records',
    source: { table },
    target: { schema: 'medical_records', table: 'diagnostic_order' },
    query: queryWith(
      lookUp('patient', { table: 'patient_data', key: 'pid' }, { source: ORDERS, by: 'patient_id' }),
      lookUp('orderer', { table: 'users', key: 'id' }, { source: ORDERS, by: 'provider_id' }),
      lookUp(
        'lab',
        { table: 'procedure_providers', key: 'ppid' },
        { source: ORDERS, by: 'lab_id', columns: ['name'] },
      ),
      lookUpEncounter({ table, key: [key], pid: 'patient_id', encounter: 'encounter_id' }),
      lookUpTests(site),
      formDeleted,
      lookUpFhirUuid(site, table),
    ),
    columns: columns({
      id: ['uuid!', uuid(table, key)],
      patient_id: ['uuid!', patient, 'identifier'],
      encounter_id: ['uuid', encounterId('encounter_id'), 'identifier'],
      orderer_id: ['uuid', orderer],
      lab_name: ['text', apply(labName, 'lab_id', 'lab_key', 'lab_name')],
      ordered_at: at('ordered_at', 'date_ordered'),
      collected_at: at('collected_at', 'date_collected'),
      transmitted_at: at('transmitted_at', 'date_transmitted'),
      priority: ['text', apply(txt, 'order_priority'), 'clinical'],
      status: ['text', apply(txt, 'order_status'), 'clinical'],
      order_type: [
        'text',
        site.has(table, 'procedure_order_type') ? apply(txt, 'procedure_order_type') : constant(null),
        'clinical',
      ],
      tests: ['jsonb!', apply(testsOf(testColumns(site)), 'tests'), 'critical'],
      instructions: ['text', apply(txt, 'patient_instructions'), 'clinical'],
      clinical_history: ['text', apply(txt, 'clinical_hx'), 'clinical'],
      deleted: ['boolean!', apply(isDeleted, 'activity', 'form_deleted'), 'clinical'],
      fhir_uuid: fhirUuid(site, table),
      ...origin(table, key),
    }),
  };
}

/** 1 where every entry that the registry of forms has of the order is marked as deleted; NULL where it has none, as of imports. */
const formDeleted: Lookup = {
  fields: {
    form_deleted: {
      sql: `SELECT MIN(f.deleted) FROM forms f WHERE f.form_id = t.procedure_order_id AND f.formdir = 'procedure_order'`,
      like: 'forms.deleted',
    },
  },
  watches: [{ table: 'forms', inputs: ['form_id'], keys: null }],
};

const isDeleted: Transform = {
  name: 'isDeleted',
  apply: (activity, formDeleted) => (activity === '0' || formDeleted === '1' ? 't' : 'f'),
};

/** The name of the laboratory, whose number is kept. */
const labName: Transform = {
  name: 'labName',
  apply: (id, found, name) => {
    if (id == null || id === '0') return null;
    keepRaw('lab_id', id);
    if (found == null) raiseFlag('lab_name_orphan');
    return clean(name ?? null);
  },
};

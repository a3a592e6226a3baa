import { apply, columns, from, reference, uuid } from '../../../mapping/declare.ts';
import type { Mapping } from '../../../mapping/mapping.ts';
import { fhirUuid, lookUpFhirUuid } from '../fhir-uuid.ts';
import { queryWith, type Lookup } from '../lookups.ts';
import type { Site } from '../site.ts';
import { txt } from '../text.ts';
import { origin } from './codes-origin.ts';
import { reportMoment } from './result-moment.ts';
import { lookUpOrder, reportColumns, reportOfResult } from './result-report.ts';
import { resultComparator, resultNumber, resultText } from './result-value.ts';

const RESULTS = { table: 'procedure_result', key: 'procedure_result_id' };

/** The values of reports. */
export function resultMapping(site: Site): Mapping {
  const { table, key } = RESULTS;
  const document = reference('documents', {
    input: 'document_id',
    found: 'document_key',
    onOrphan: { flag: 'document_id' },
  });
  return {
    shape: 'query',
    id: 'diagnostic_results',
    service: 'medical-records',
    source: { table },
    target: { schema: 'medical_records', table: 'diagnostic_result' },
    query: queryWith(reportOfResult, ofReport, ownDocument, lookUpFhirUuid(site, table)),
    columns: columns({
      id: ['uuid!', uuid(table, key)],
      ...reportColumns(site, 'r_'),
      report_legacy_id: ['text', from('procedure_report_id'), 'identifier'],
      code: ['text', apply(txt, 'result_code'), 'critical'],
      name: ['text', apply(txt, 'result_text'), 'clinical'],
      value_type: ['text', apply(txt, 'result_data_type')],
      value_text: ['text', apply(resultText, 'result', 'result_data_type'), 'critical'],
      value_numeric: ['numeric', apply(resultNumber, 'result', 'result_data_type'), 'critical'],
      value_comparator: ['text', apply(resultComparator, 'result', 'result_data_type'), 'critical'],
      unit: ['text', apply(txt, 'units'), 'critical'],
      reference_range: ['text', apply(txt, 'range'), 'clinical'],
      abnormal_flag: ['text', apply(txt, 'abnormal'), 'critical'],
      result_at: [
        'timestamp with time zone',
        // It came in the same message, and from the same clock, as the time of the report.
        apply(reportMoment(site, 'result_at', 'date', 'date_report_tz'), 'date', 'r_date_report_tz'),
        'clinical',
      ],
      status: ['text', apply(txt, 'result_status'), 'clinical'],
      performing_facility: ['text', apply(txt, 'facility')],
      comments: ['text', apply(txt, 'comments'), 'clinical'],
      document_id: ['uuid', document, 'identifier'],
      fhir_uuid: fhirUuid(site, table),
      ...origin(table, key),
    }),
  };
}

const joinResults = 'JOIN procedure_result t ON t.procedure_report_id = r.procedure_report_id';

const ofReport: Lookup = {
  ...lookUpOrder('r'),
  watches: [
    {
      table: 'procedure_report',
      inputs: ['procedure_report_id'],
      keys: 'SELECT t.procedure_result_id FROM procedure_result t WHERE t.procedure_report_id = ?',
    },
    {
      table: 'procedure_order',
      inputs: ['procedure_order_id'],
      keys: `SELECT t.procedure_result_id FROM procedure_report r ${joinResults} WHERE r.procedure_order_id = ?`,
    },
    {
      table: 'patient_data',
      inputs: ['pid'],
      keys: `SELECT t.procedure_result_id FROM procedure_order o JOIN procedure_report r ON r.procedure_order_id = o.procedure_order_id ${joinResults} WHERE o.patient_id = ?`,
      keysOnly: true,
    },
  ],
};

/**
 * The document that the result is, among those of its own patient: one of somebody else's must not come into this chart. By the patient,
 * too, results are found that a document touches: no index has their documents.
 */
const ownDocument: Lookup = {
  joins: 'LEFT JOIN documents d ON d.id = t.document_id AND d.foreign_id = o.patient_id',
  fields: { document_key: { sql: 'd.id', like: 'documents.id' } },
  watches: [
    {
      table: 'documents',
      inputs: ['foreign_id', 'id'],
      keys: `SELECT t.procedure_result_id FROM procedure_order o JOIN procedure_report r ON r.procedure_order_id = o.procedure_order_id ${joinResults} WHERE o.patient_id = ? AND t.document_id = ?`,
    },
  ],
};

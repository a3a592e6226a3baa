import { apply, columns, constant, uuid } from '../../../mapping/declare.ts';
import type { ColumnDeclaration } from '../../../mapping/declare.ts';
import type { Mapping } from '../../../mapping/mapping.ts';
import { fhirUuid, lookUpFhirUuid } from '../fhir-uuid.ts';
import { queryWith } from '../lookups.ts';
import type { Site } from '../site.ts';
import { txt } from '../text.ts';
import { origin } from './codes-origin.ts';
import { lookUpOrder, reportColumns } from './result-report.ts';

const REPORTS = { table: 'procedure_report', key: 'procedure_report_id' };

/** Reports that have no values, but may have been written all the same. */
export function bareReportMapping(site: Site): Mapping {
  const { table, key } = REPORTS;
  return {
    shape: 'query',
    id: 'diagnostic_reports_without_results',
    service: 'medical-records',
    source: { table },
    target: { schema: 'medical_records', table: 'diagnostic_result' },
    where: {
      inputs: ['result_count'],
      description: 'reports without results; the others are told by their results',
      accepts: (count) => count === '0',
    },
    query: queryWith(
      lookUpOrder('t'),
      {
        fields: {
          result_count: {
            sql: 'SELECT COUNT(*) FROM procedure_result c WHERE c.procedure_report_id = t.procedure_report_id',
            like: 'procedure_result.procedure_result_id',
          },
        },
        watches: [
          { table: 'procedure_result', inputs: ['procedure_report_id'], keys: null },
          {
            table: 'procedure_order',
            inputs: ['procedure_order_id'],
            keys: 'SELECT t.procedure_report_id FROM procedure_report t WHERE t.procedure_order_id = ?',
          },
          {
            table: 'patient_data',
            inputs: ['pid'],
            keys: 'SELECT t.procedure_report_id FROM procedure_order o JOIN procedure_report t ON t.procedure_order_id = o.procedure_order_id WHERE o.patient_id = ?',
            keysOnly: true,
          },
        ],
      },
      lookUpFhirUuid(site, table),
    ),
    columns: columns({
      id: ['uuid!', uuid(table, key)],
      ...reportColumns(site, ''),
      report_legacy_id: ['text', apply(txt, key), 'identifier'],
      ...noValue,
      fhir_uuid: fhirUuid(site, table),
      ...origin(table, key),
    }),
  };
}

const none: ColumnDeclaration = ['text', constant(null), 'clinical'];

const noValue: Record<string, ColumnDeclaration> = {
  code: none,
  name: none,
  value_type: none,
  value_text: none,
  value_numeric: ['numeric', constant(null), 'clinical'],
  value_comparator: none,
  unit: none,
  reference_range: none,
  abnormal_flag: none,
  result_at: ['timestamp with time zone', constant(null), 'clinical'],
  status: none,
  performing_facility: none,
  comments: none,
  document_id: ['uuid', constant(null)],
};

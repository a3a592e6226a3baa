/** The report that results are part of, and the order that it answers: their only way to a patient. */
import { apply, from, reference } from '../../../mapping/declare.ts';
import type { ColumnDeclaration } from '../../../mapping/declare.ts';
import type { QueryField, Transform } from '../../../mapping/mapping.ts';
import { keepRaw } from '../../../mapping/row-notes.ts';
import type { Lookup } from '../lookups.ts';
import type { Site } from '../site.ts';
import { clean, txt } from '../text.ts';
import { reportMoment } from './result-moment.ts';

const COLUMNS = [
  'procedure_order_id',
  'procedure_order_seq',
  'date_collected',
  'date_collected_tz',
  'date_report',
  'date_report_tz',
  'source',
  'specimen_num',
  'report_status',
  'review_status',
  'report_notes',
] as const;

/** The keys of the order and its patient; `report` is the alias of the report. */
export function lookUpOrder(report: string): Required<Pick<Lookup, 'joins' | 'fields'>> {
  return {
    joins: `LEFT JOIN procedure_order o ON o.procedure_order_id = ${report}.procedure_order_id
LEFT JOIN patient_data p ON p.pid = o.patient_id`,
    fields: {
      order_key: { sql: 'o.procedure_order_id', like: 'procedure_order.procedure_order_id' },
      order_patient_id: { sql: 'o.patient_id', like: 'procedure_order.patient_id' },
      patient_key: { sql: 'p.pid', like: 'patient_data.pid' },
    },
  };
}

/** The report of a result, as `r`: its columns are the fields `r_<column>`. */
export const reportOfResult: Lookup = {
  joins: 'LEFT JOIN procedure_report r ON r.procedure_report_id = t.procedure_report_id',
  fields: Object.fromEntries(
    COLUMNS.map((column) => [`r_${column}`, { sql: `r.${column}`, like: `procedure_report.${column}` }]),
  ) as Record<string, QueryField>,
};

type ReportColumn =
  | 'order_id'
  | 'patient_id'
  | 'order_test_seq'
  | 'report_status'
  | 'review_status'
  | 'report_notes'
  | 'reported_at'
  | 'collected_at'
  | 'specimen_number';

/** Behind `lookUpOrder`. The columns of the report have `prefix` before their names. */
export function reportColumns(site: Site, prefix: string): Record<ReportColumn, ColumnDeclaration> {
  const of = (column: (typeof COLUMNS)[number]): string => prefix + column;
  const order = reference('procedure_order', {
    input: of('procedure_order_id'),
    found: 'order_key',
    onOrphan: 'reject',
  });
  const patient = reference('patient_data', {
    input: 'order_patient_id',
    found: 'patient_key',
    onOrphan: 'reject',
  });
  const at = (target: string, column: 'date_report' | 'date_collected'): ColumnDeclaration => [
    'timestamp with time zone',
    apply(reportMoment(site, target, column, `${column}_tz`), of(column), of(`${column}_tz`)),
    'clinical',
  ];
  return {
    order_id: ['uuid', order, 'identifier'],
    patient_id: ['uuid!', patient, 'identifier'],
    order_test_seq: ['integer', from(of('procedure_order_seq')), 'clinical'],
    report_status: ['text', apply(txt, of('report_status')), 'clinical'],
    review_status: ['text', apply(txt, of('review_status')), 'clinical'],
    report_notes: ['text', apply(notesOfReport, of('report_notes'), of('source')), 'clinical'],
    reported_at: at('reported_at', 'date_report'),
    collected_at: at('collected_at', 'date_collected'),
    specimen_number: ['text', apply(txt, of('specimen_num')), 'clinical'],
  };
}

/** Whoever wrote the report is kept, a number of `users`. */
const notesOfReport: Transform = {
  name: 'notesOfReport',
  apply: (notes, source) => {
    if (source != null && source !== '0') keepRaw('report_source', source);
    return clean(notes ?? null);
  },
};

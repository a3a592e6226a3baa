/** Orders, reports and results: §8 of the facts. A result belongs to a patient by its report and its order only. */
import type { SourceRow } from '../source-row.ts';
import { record, type Columns } from './record-trap.ts';
import { ABSENT, idOf, type Trap, type TrapRow } from './trap.ts';
import { patientRow } from './trap-rows.ts';

function orderRow(id: number, changes: SourceRow = {}): TrapRow {
  const values = {
    procedure_order_id: id,
    provider_id: 10,
    patient_id: id,
    encounter_id: 0,
    date_ordered: '2026-01-06',
    order_status: 'complete',
    activity: 1,
    lab_id: 1,
    ...changes,
  };
  return { table: 'procedure_order', values };
}

function codeRow(id: number, seq: number, code: string): TrapRow {
  const values = {
    procedure_order_id: id,
    procedure_order_seq: seq,
    procedure_code: code,
    procedure_name: `Test ${seq}`,
    diagnoses: '',
  };
  return { table: 'procedure_order_code', values };
}

function reportRow(id: number, order: number | null): TrapRow {
  const values = {
    procedure_report_id: id,
    procedure_order_id: order,
    procedure_order_seq: 1,
    date_report: '2026-01-07 08:00:00',
    date_report_tz: '+0100',
    report_status: 'final',
  };
  return { table: 'procedure_report', values };
}

function resultRow(id: number, report: number, changes: SourceRow): TrapRow {
  const values = {
    procedure_result_id: id,
    procedure_report_id: report,
    result_data_type: 'N',
    result_code: '718-7',
    result_text: 'Hemoglobin',
    date: '2026-01-07 07:30:00',
    units: 'g/dL',
    result: '13.5',
    range: '12-16',
    abnormal: 'no',
    comments: '',
    document_id: 0,
    result_status: 'final',
    ...changes,
  };
  return { table: 'procedure_result', values };
}

/** A result with its report, order and patient, all of the same id. */
function resultTrap(id: number, name: string, changes: SourceRow, columns: Columns): Trap {
  return {
    name,
    facts: '§8 procedure_result',
    rows: [
      patientRow(id),
      orderRow(id),
      codeRow(id, 1, '718-7'),
      reportRow(id, id),
      resultRow(id, id, changes),
    ],
    expected: [
      record('diagnostic_result', 'procedure_result', id, {
        patient_id: idOf('patient_data', id),
        order_id: idOf('procedure_order', id),
        report_legacy_id: String(id),
        ...columns,
      }),
    ],
  };
}

export const labTraps: readonly Trap[] = [
  resultTrap(
    900_000_461,
    'a number is a number, and a report tells its own zone',
    {},
    {
      value_text: '13.5',
      value_numeric: '13.5',
      value_comparator: null,
      abnormal_flag: 'no',
      reported_at: '2026-01-07T07:00:00Z',
    },
  ),
  resultTrap(
    900_000_462,
    'more than ten is a number and a sign',
    { result: '>10.0' },
    {
      value_text: '>10.0',
      value_numeric: '10.0',
      value_comparator: '>',
    },
  ),
  resultTrap(
    900_000_463,
    'negative is a word',
    { result: 'NEG', result_data_type: 'S' },
    {
      value_text: 'NEG',
      value_numeric: null,
      value_comparator: null,
    },
  ),
  resultTrap(
    900_000_464,
    'formatted text has ~ where lines end',
    { result_data_type: 'F', result: 'first~second' },
    {
      value_text: 'first\nsecond',
    },
  ),
  resultTrap(
    900_000_465,
    'a long text is in the comments',
    { result_data_type: 'L', result: '', comments: 'a long story' },
    { value_type: 'L', comments: 'a long story' },
  ),
  {
    name: 'a result may be a document',
    facts: '§8 procedure_result',
    rows: [
      ...resultTrap(900_000_466, '', { result_data_type: 'E', result: '', document_id: 900_000_466 }, {})
        .rows,
      {
        table: 'documents',
        values: {
          id: 900_000_466,
          type: 'file_url',
          foreign_id: 900_000_466,
          url: 'file:///var/www/openemr/sites/default/documents/900000466/result.pdf',
          mimetype: 'application/pdf',
          revision: '2026-01-07 08:00:00',
        },
      },
    ],
    expected: [
      record('diagnostic_result', 'procedure_result', 900_000_466, {
        document_id: idOf('documents', 900_000_466),
      }),
    ],
  },
  {
    name: 'a result without a report is of nobody',
    facts: '§12 R10',
    rows: [resultRow(900_000_467, ABSENT, {})],
    expected: [{ source: 'procedure_result', key: { procedure_result_id: 900_000_467 }, reject: 'orphan' }],
  },
  {
    name: 'a report without an order is of nobody',
    facts: '§12 R10',
    rows: [reportRow(900_000_468, null), resultRow(900_000_468, 900_000_468, {})],
    expected: [{ source: 'procedure_result', key: { procedure_result_id: 900_000_468 }, reject: 'orphan' }],
  },
  {
    name: 'an order of several tests is one order, and switched off is deleted',
    facts: '§8 procedure_order',
    rows: [
      patientRow(900_000_469),
      orderRow(900_000_469, { activity: 0 }),
      codeRow(900_000_469, 2, '2345-7'),
      codeRow(900_000_469, 1, '718-7'),
    ],
    expected: [
      record('diagnostic_order', 'procedure_order', 900_000_469, {
        deleted: true,
        lab_name: 'Newbridge Laboratories',
        orderer_id: idOf('users', 10),
        encounter_id: null,
        tests: [
          { seq: 1, code: '718-7', name: 'Test 1' },
          { seq: 2, code: '2345-7', name: 'Test 2' },
        ],
      }),
    ],
  },
];

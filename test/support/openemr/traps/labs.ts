/** Orders, reports and results: §8 of the facts. A result belongs to a patient by its report and its order only. */
import type { SourceRow } from '../source-row.ts';
import { ofVisit, record, visitRows, type Columns } from './record-trap.ts';
import { ABSENT, flag, idOf, type Trap, type TrapRow } from './trap.ts';
import { formRow, patientRow } from './trap-rows.ts';

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

function codeRow(id: number, seq: number, code: string, changes: SourceRow = {}): TrapRow {
  const values = {
    procedure_order_id: id,
    procedure_order_seq: seq,
    procedure_code: code,
    procedure_name: `Test ${seq}`,
    diagnoses: '',
    ...changes,
  };
  return { table: 'procedure_order_code', values };
}

function reportRow(id: number, order: number | null, changes: SourceRow = {}): TrapRow {
  const values = {
    procedure_report_id: id,
    procedure_order_id: order,
    procedure_order_seq: 1,
    date_report: '2026-01-07 08:00:00',
    date_report_tz: '+0100',
    report_status: 'final',
    ...changes,
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

function documentRow(id: number, pid: number): TrapRow {
  const values = {
    id,
    type: 'file_url',
    foreign_id: pid,
    url: `file:///var/www/openemr/sites/default/documents/${pid}/result.pdf`,
    mimetype: 'application/pdf',
    revision: '2026-01-07 08:00:00',
  };
  return { table: 'documents', values };
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
      documentRow(900_000_466, 900_000_466),
    ],
    expected: [
      record('diagnostic_result', 'procedure_result', 900_000_466, {
        document_id: idOf('documents', 900_000_466),
      }),
    ],
  },
  {
    name: 'a document of somebody else is not the result',
    facts: '§8 procedure_result',
    rows: [
      ...resultTrap(900_000_641, '', { result_data_type: 'E', result: '', document_id: 900_000_641 }, {})
        .rows,
      patientRow(900_000_642),
      documentRow(900_000_641, 900_000_642),
    ],
    expected: [
      record(
        'diagnostic_result',
        'procedure_result',
        900_000_641,
        { document_id: null, dq_flags: [flag.orphan('document_id')] },
        { document_id: '900000641' },
      ),
    ],
  },
  {
    name: 'a report without values is a report',
    facts: '§12 R10',
    rows: [
      patientRow(900_000_643),
      orderRow(900_000_643),
      reportRow(900_000_643, 900_000_643, {
        report_notes: 'see the\r\nletter',
        date_report_tz: 'EST',
        source: 10,
      }),
    ],
    expected: [
      record(
        'diagnostic_result',
        'procedure_report',
        900_000_643,
        {
          order_id: idOf('procedure_order', 900_000_643),
          patient_id: idOf('patient_data', 900_000_643),
          order_test_seq: 1,
          report_legacy_id: '900000643',
          report_notes: 'see the\nletter',
          reported_at: '2026-01-07T13:00:00Z',
          value_text: null,
          dq_flags: [flag.doubtful('reported_at', 'zone_unknown')],
        },
        { date_report_tz: 'EST', report_source: '10' },
      ),
      {
        table: 'medical_records.diagnostic_result',
        key: { legacy_table: 'procedure_report', legacy_id: '900000461' },
        rows: 0,
      },
    ],
  },
  {
    name: 'an order whose form was deleted is deleted, and a laboratory may be unknown',
    facts: '§7 forms',
    rows: [
      ...visitRows(900_000_644),
      orderRow(900_000_644, { encounter_id: 900_000_644, lab_id: ABSENT, date_ordered: '0000-00-00' }),
      formRow(900_000_645, 900_000_644, 900_000_644, {
        formdir: 'procedure_order',
        form_id: 900_000_644,
        deleted: 1,
      }),
    ],
    expected: [
      record(
        'diagnostic_order',
        'procedure_order',
        900_000_644,
        {
          ...ofVisit(900_000_644),
          deleted: true,
          ordered_at: null,
          lab_name: null,
          tests: [],
          dq_flags: [flag.orphan('lab_name')],
        },
        { lab_id: String(ABSENT) },
      ),
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
      codeRow(900_000_469, 2, '2345-7', { diagnoses: 'ICD10:R73.9', procedure_source: '2' }),
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
          { seq: 2, code: '2345-7', name: 'Test 2', source: '2', diagnoses: 'ICD10:R73.9' },
        ],
      }),
    ],
  },
];

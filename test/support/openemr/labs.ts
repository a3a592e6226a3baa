/** Orders to a laboratory, and the values that came back. */
import type { Random } from '../../demo/clinic/random.ts';
import { dateTime, TODAY } from './calendar-days.ts';
import type { AddRow, Counters, Site } from './counters.ts';
import type { Person } from './people.ts';
import { TESTS } from './vocabulary.ts';

export function addLabs(
  add: AddRow,
  { pid, registered }: Person,
  encounters: readonly number[],
  site: Site,
  random: Random,
  counters: Counters,
): void {
  if (!random.percent(40)) return;
  const order = counters.next('procedure_order');
  const on = Math.min(TODAY, registered + random.below(500));
  const ordered = dateTime(on, '11:00:00');
  add('procedure_order', {
    procedure_order_id: order,
    provider_id: random.pick(site.doctors),
    patient_id: pid,
    encounter_id: encounters[0] ?? 0,
    date_collected: dateTime(on, '11:15:00'),
    date_ordered: ordered,
    order_priority: 'normal',
    order_status: random.pick(['complete', 'pending']),
    patient_instructions: '',
    activity: 1,
    lab_id: random.pick(site.labs),
    date_transmitted: null,
    clinical_hx: '',
  });
  add('procedure_order_code', {
    procedure_order_id: order,
    procedure_order_seq: 1,
    procedure_code: '24323-8',
    procedure_name: 'Comprehensive panel',
    diagnoses: 'ICD10:R73.9',
  });
  if (random.percent(15)) return;
  const report = counters.next('procedure_report');
  add('procedure_report', {
    procedure_report_id: report,
    procedure_order_id: order,
    procedure_order_seq: 1,
    date_collected: dateTime(on, '11:15:00'),
    date_collected_tz: '-0500',
    date_report: dateTime(on + 1, '08:00:00'),
    date_report_tz: '-0500',
    source: 0,
    specimen_num: String(order),
    report_status: 'final',
    review_status: random.pick(['received', 'reviewed']),
    report_notes: '',
  });
  for (let value = random.between(1, 3); value > 0; value--) {
    const [result_code, result_text, units, range] = random.pick(TESTS);
    add('procedure_result', {
      procedure_result_id: counters.next('procedure_result'),
      procedure_report_id: report,
      result_data_type: 'N',
      result_code,
      result_text,
      date: dateTime(on + 1, '07:30:00'),
      facility: '',
      units,
      result: random.pick(['13.5', '7', '101', '<0.1', 'NEG']),
      range,
      abnormal: random.pick(['no', 'high', 'low', '']),
      comments: '',
      document_id: 0,
      result_status: 'final',
    });
  }
}

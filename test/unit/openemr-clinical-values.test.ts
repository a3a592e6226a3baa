import { beforeEach, describe, expect, it } from 'vitest';
import { beginRow, keptValues, raisedFlags } from '../../src/mapping/row-notes.ts';
import { verificationStatus } from '../../src/profiles/openemr/medical-records/condition-status.ts';
import {
  conditionKind,
  onlyConditions,
  onlyType,
} from '../../src/profiles/openemr/medical-records/condition-type.ts';
import {
  cvxCode,
  doseAmount,
  immunizationStatus,
} from '../../src/profiles/openemr/medical-records/immunization-values.ts';
import {
  intentOf,
  listedStatus,
  prescriptionStatus,
  rxnormAmongCodes,
  rxnormCode,
} from '../../src/profiles/openemr/medical-records/medication-values.ts';
import { testsOf } from '../../src/profiles/openemr/medical-records/order-tests.ts';
import { offsetSeconds, reportMoment } from '../../src/profiles/openemr/medical-records/result-moment.ts';
import {
  resultComparator,
  resultNumber,
  resultText,
} from '../../src/profiles/openemr/medical-records/result-value.ts';

const kept = (): Record<string, string> => Object.fromEntries(keptValues());

beforeEach(beginRow);

describe('entries of lists', () => {
  it.each(['allergy', ' Allergy', 'MEDICATION', 'medical_problem', 'allergie', '', null, 'állergy'])(
    'pass one filter of three: %j',
    (type) => {
      const filters = [onlyConditions, onlyType('allergy'), onlyType('medication')];
      expect(filters.filter((filter) => filter.accepts(type))).toHaveLength(1);
    },
  );

  it.each([
    ['Surgery', 'surgery', {}],
    ['medical_device', 'device', {}],
    ['wellness_goal', 'other', { type: 'wellness_goal' }],
    ['', 'other', {}],
  ])('of the type %j are of the kind %j', (type, kind, extra) => {
    expect(conditionKind.apply(type)).toBe(kind);
    expect(kept()).toEqual(extra);
  });

  it('are as sure as they say', () => {
    expect(verificationStatus.apply('Entered-In-Error')).toBe('entered-in-error');
    expect(raisedFlags()).toEqual([]);
    expect(verificationStatus.apply('maybe')).toBe('maybe');
    expect(raisedFlags()).toEqual(['verification_status_unknown_option']);
  });
});

describe('medication', () => {
  const prescribed = prescriptionStatus('2026-01-15');
  const listed = listedStatus('2026-01-15');

  it.each([
    ['0', '2025-01-01', 'stopped'],
    ['1', '2025-01-01', 'completed'],
    ['1', '2027-01-01', 'active'],
    ['1', '0000-00-00', 'active'],
    ['1', null, 'active'],
  ])('prescribed, active %j and with the end %j, is %j', (active, end, expected) => {
    expect(prescribed.apply(active, end)).toBe(expected);
  });

  it('of a list is over once it has ended, and was never if it was entered in error', () => {
    expect(listed.apply('2025-01-01 00:00:00', '')).toBe('completed');
    expect(listed.apply(null)).toBe('active');
    expect(listed.apply(null, 'entered-in-error')).toBe('entered_in_error');
    expect(kept()).toEqual({ verification: 'entered-in-error' });
  });

  it('has an RxNorm code or none', () => {
    expect(['308182', ' 308182 ', '0', '', null].map((raw) => rxnormCode.apply(raw))).toEqual([
      '308182',
      '308182',
      null,
      null,
      null,
    ]);
    expect(rxnormAmongCodes.apply('RXCUI:308182')).toBe('308182');
    expect(kept()).toEqual({});
    expect(rxnormAmongCodes.apply('ICD10:I10;RxCUI:308182')).toBe('308182');
    expect(kept()).toEqual({ diagnosis: 'ICD10:I10;RxCUI:308182' });
  });

  it('is meant as its option says, or its title', () => {
    expect(intentOf.apply('', 'Order')).toBe('Order');
    expect(intentOf.apply('order', 'Order')).toBe('order');
    expect(kept()).toEqual({ request_intent_title: 'Order' });
  });
});

describe('vaccines', () => {
  it.each([
    ['3', '03', []],
    ['03', '03', []],
    ['CVX:141', '141', []],
    ['0', null, []],
    ['flu', null, ['cvx_code_invalid']],
  ])('have the code of %j: %j', (raw, expected, flags) => {
    expect(cvxCode.apply(raw)).toBe(expected);
    expect(raisedFlags()).toEqual(flags);
  });

  it.each([
    ['0', 'Completed', '', 'completed', []],
    ['0', '', '', 'completed', []],
    ['0', '', 'patient_decision', 'refused', []],
    ['0', 'Not Administered', '', 'not_done', []],
    ['0', 'Partially_Administered', '', 'partial', []],
    ['1', 'Completed', '', 'entered_in_error', []],
    ['0', 'given elsewhere', '', 'unknown', ['status_unknown_option']],
  ])('%j, %j, %j: %j', (erroneous, completion, refusal, expected, flags) => {
    expect(immunizationStatus.apply(erroneous, completion, refusal)).toBe(expected);
    expect(raisedFlags()).toEqual(flags);
  });

  it.each([
    ['0.5', '0.5', []],
    ['0.10000000149011612', '0.1', []],
    ['0.30000001192092896', '0.3', []],
    ['10', '10', []],
    ['100', '100', []],
    ['0', null, []],
    ['-1', null, ['dose_amount_invalid']],
    ['0.00001', null, ['dose_amount_invalid']],
    ['1e12', null, ['dose_amount_invalid']],
  ])('of the dose %j are %j', (raw, expected, flags) => {
    expect(doseAmount.apply(raw)).toBe(expected);
    expect(raisedFlags()).toEqual(flags);
  });
});

describe('tests of an order', () => {
  const tests = testsOf(['procedure_code', 'procedure_name', 'procedure_source', 'do_not_send']);

  it('are in their order, without what says nothing', () => {
    const raw = JSON.stringify([
      [10, 'c', ' C ', '2', '1'],
      [2, 'b', '', '1', '0'],
    ]);
    expect(JSON.parse(tests.apply(raw)!)).toEqual([
      { seq: 2, code: 'b' },
      { seq: 10, code: 'c', name: 'C', source: '2', do_not_send: '1' },
    ]);
  });

  it('may be none', () => {
    expect(tests.apply(null)).toBe('[]');
  });
});

describe('values of results', () => {
  it.each([
    ['13.5', 'N', '13.5', null],
    ['>10.0', 'S', '10.0', '>'],
    ['<= .5', 'N', '0.5', '<='],
    ['≥5.', 'N', '5', '>='],
    ['=<7', 'N', '7', '<='],
    ['-0.3', 'N', '-0.3', null],
    ['+2', 'N', '2', null],
    ['NEG', 'N', null, null],
    ['1:80', 'S', null, null],
    ['1,234', 'N', null, null],
    ['12-16', 'N', null, null],
    ['', 'N', null, null],
    ['5', 'F', null, null],
    ['7', 'E', null, null],
  ])('%j of the type %s: %j, %j', (raw, type, number, comparator) => {
    expect(resultNumber.apply(raw, type)).toBe(number);
    expect(resultComparator.apply(raw, type)).toBe(comparator);
  });

  it('have lines where they are formatted only', () => {
    expect(resultText.apply('a~b', 'F')).toBe('a\nb');
    expect(resultText.apply('a~b', 'S')).toBe('a~b');
  });
});

describe('times of reports', () => {
  const at = reportMoment({ timeZone: 'America/New_York' }, 'reported_at', 'date_report', 'date_report_tz');

  it.each([
    ['2026-01-07 08:00:00', '+0100', '2026-01-07 07:00:00Z'],
    ['2026-01-07 22:30:00', '-0330', '2026-01-08 02:00:00Z'],
    ['2026-01-07 08:00:00', '', '2026-01-07 13:00:00Z'],
    ['2026-01-07 08:00:00', null, '2026-01-07 13:00:00Z'],
    ['0000-00-00 00:00:00', '+0100', null],
    [null, '+0100', null],
  ])('%j with %j are %j', (local, zone, expected) => {
    expect(at.apply(local, zone)).toBe(expected);
    expect(raisedFlags()).toEqual([]);
  });

  it('are of the clock of the site where the zone is none', () => {
    expect(at.apply('2026-01-07 08:00:00', 'EST')).toBe('2026-01-07 13:00:00Z');
    expect(raisedFlags()).toEqual(['reported_at_zone_unknown']);
    expect(kept()).toEqual({ date_report_tz: 'EST' });
  });

  it('have no gap of summer time where they have a zone', () => {
    expect(at.apply('2026-03-08 02:30:00', '-0500')).toBe('2026-03-08 07:30:00Z');
    expect(raisedFlags()).toEqual([]);
  });

  it.each([
    ['+0530', 19_800],
    ['-05', -18_000],
    ['+1500', null],
    ['+0160', null],
    ['0500', null],
    ['', null],
  ])('%j is %j seconds ahead', (text, expected) => {
    expect(offsetSeconds(text)).toBe(expected);
  });
});

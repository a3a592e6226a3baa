import { beforeEach, describe, expect, it } from 'vitest';
import { beginRow, keptValues, raisedFlags } from '../../src/mapping/row-notes.ts';
import { dayOf, hasEnded } from '../../src/profiles/openemr/medical-records/codes-day.ts';
import { titleOfOption } from '../../src/profiles/openemr/medical-records/codes-options.ts';
import { codesOf, parseCodes } from '../../src/profiles/openemr/medical-records/codes.ts';

const kept = (): Record<string, string> => Object.fromEntries(keptValues());

beforeEach(beginRow);

describe('codes of a diagnosis', () => {
  it('are told apart by semicolons, their systems in capital letters', () => {
    expect(parseCodes(' icd10:E11.9 ; SNOMED-CT: 44054006;;')).toEqual({
      codes: [
        { system: 'ICD10', code: 'E11.9' },
        { system: 'SNOMED-CT', code: '44054006' },
      ],
      isWhole: true,
    });
  });

  it('may have colons themselves', () => {
    expect(parseCodes('LOINC:1:2').codes).toEqual([{ system: 'LOINC', code: '1:2' }]);
  });

  it('are kept as they were where a system has no code', () => {
    expect(codesOf('codes', 'diagnosis').apply('ICD10:;401.9')).toBe('[{"system":null,"code":"401.9"}]');
    expect(raisedFlags()).toEqual(['codes_invalid', 'codes_no_system']);
    expect(kept()).toEqual({ diagnosis: 'ICD10:;401.9' });
  });

  it.each([null, '', ' ', ';'])('are none in %j', (raw) => {
    expect(codesOf('codes', 'diagnosis').apply(raw)).toBe('[]');
    expect(raisedFlags()).toEqual([]);
  });

  it('never carry what jsonb cannot hold', () => {
    expect(codesOf('codes', 'diagnosis').apply('ICD10:I\u000010')).toBe('[{"system":"ICD10","code":"I10"}]');
  });
});

describe('days', () => {
  const day = dayOf('onset_date', 'begdate');

  it.each([
    ['2020-01-02', '2020-01-02', {}],
    ['2020-01-02 00:00:00', '2020-01-02', {}],
    ['2020-01-02 08:30:00', '2020-01-02', { begdate: '2020-01-02 08:30:00' }],
    ['0000-00-00 00:00:00', null, {}],
    ['2019-06-00 00:00:00', null, { begdate: '2019-06-00' }],
    [null, null, {}],
  ])('of %j are %j', (raw, expected, extra) => {
    expect(day.apply(raw)).toBe(expected);
    expect(kept()).toEqual(extra);
  });

  it.each([
    [null, false],
    ['', false],
    ['0000-00-00', false],
    ['2026-01-14 23:59:59', true],
    ['2026-01-15', true],
    ['2026-01-16 00:00:00', false],
    ['2025-00-00', true],
  ])('%j is an end by the day of the cutover: %j', (end, expected) => {
    expect(hasEnded(end, '2026-01-15')).toBe(expected);
  });
});

describe('an option', () => {
  const title = titleOfOption('route', 'route', ['drug_route']);

  it.each([
    ['1', '+Per Oris', 'Per Oris', [], { route: '1' }],
    ['Oral', '+Oral', 'Oral', [], {}],
    ['1', '-Per Oris', 'Per Oris', ['route_inactive_option'], { route: '1' }],
    ['0', '+', null, [], {}],
    ['0', null, null, [], {}],
    ['', null, null, [], {}],
    [null, null, null, [], {}],
    ['77', null, null, ['route_unknown_option'], { route: '77' }],
    [' by mouth ', null, 'by mouth', ['route_unknown_option'], { route: ' by mouth ' }],
  ])('%j, found as %j, is %j', (raw, found, expected, flags, extra) => {
    expect(title.apply(raw, found)).toBe(expected);
    expect(raisedFlags()).toEqual(flags);
    expect(kept()).toEqual(extra);
  });
});

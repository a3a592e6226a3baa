/** What patients are asked, and how the answers are read. */
import { describe, expect, test } from 'vitest';
import {
  chartNumber,
  chosen,
  duplicateScore,
  ethnicities,
  familySize,
  interpreterAsWord,
  interpreterNeeded,
  lifeStatus,
  monthlyIncome,
  patientKey,
  sexAtBirth,
  sexOfPerson,
} from '../../src/profiles/openemr/patient/demographics.ts';
import { fullName, nameSearch } from '../../src/profiles/openemr/patient/name-search.ts';
import { state } from '../../src/profiles/openemr/patient/state.ts';
import { zipCode } from '../../src/profiles/openemr/patient/zip-code.ts';
import { applied, clean } from '../support/applied.ts';

describe('a name to search by', () => {
  test.each([
    ['Zoë', 'Ødegård', 'zoe odegard'],
    ['José', 'Nguyễn', 'jose nguyen'],
    ['', 'Strauß', 'strauss'],
    ['Łukasz', null, 'lukasz'],
    ['太郎', '𠮷田', '太郎 𠮷田'],
    ['ΠΑΠΠΆΣ', 'İnan', 'παππας inan'],
  ])('of %j and %j is %j', (first, last, result) => {
    expect(applied(nameSearch, first, last)).toEqual(clean(result));
  });

  test('is missing where both are', () => {
    expect(applied(nameSearch, ' ', '')).toEqual({ result: null, flags: ['name_missing'], kept: {} });
  });
});

test('a full name leaves out what is not said', () => {
  expect(applied(fullName, 'Ms.', null, ' Ana', '', 'Ruiz')).toEqual(clean('Ms. Ana Ruiz'));
  expect(applied(fullName, null, '')).toEqual(clean(null));
});

test('patient 0 is nobody, and without a chart number the key is it', () => {
  expect(applied(patientKey, '0')).toBe('transform_refused');
  expect(applied(patientKey, '10')).toEqual(clean('10'));
  expect(applied(chartNumber, ' A-1 ', '10')).toEqual(clean('A-1'));
  expect(applied(chartNumber, '', '10')).toEqual(clean('10'));
});

test.each([
  ['Female', 'female', 'female'],
  ['m', 'male', 'male'],
  ['UNK', 'unknown', 'unknown'],
  ['', 'unknown', null],
])('the sex %j is %j at birth, and %j of another person', (raw, atBirth, ofPerson) => {
  expect(applied(sexAtBirth, raw)).toEqual(clean(atBirth));
  expect(applied(sexOfPerson, raw)).toEqual(clean(ofPerson));
});

test.each(['Intersex', 'constructor'])('another word for sex, %j, is kept', (raw) => {
  expect(applied(sexAtBirth, raw)).toEqual({ result: 'other', flags: [], kept: { sex: raw } });
});

test('several options are several codes, and an older field stands in', () => {
  expect(applied(chosen, 'white| Asian|')).toEqual(clean('{"white","Asian"}'));
  expect(applied(chosen, null)).toEqual(clean('{}'));
  expect(applied(ethnicities, '', 'Latina')).toEqual(clean('{"Latina"}'));
  expect(applied(ethnicities, 'a|b', 'Latina')).toEqual({
    result: '{"a","b"}',
    flags: [],
    kept: { ethnoracial: 'Latina' },
  });
});

test.each([
  ['yes', 't', 't', [], {}],
  ['NO', 'f', 'f', [], {}],
  ['', null, null, [], {}],
  ['unknown', null, null, [], { interpreter_needed: 'unknown' }],
  ['Quechua', null, null, ['interpreter_needed_invalid'], { interpreter_needed: 'Quechua' }],
])('an interpreter is needed: %j', (raw, result, asWord, flags, kept) => {
  expect(applied(interpreterNeeded, raw)).toEqual({ result, flags, kept });
  expect(applied(interpreterAsWord, raw)).toEqual(clean(asWord));
});

test.each([
  ['4', '4'],
  ['04', '4'],
  ['', null],
])('a family of %j is %j', (raw, result) => {
  expect(applied(familySize, raw)).toEqual(clean(result));
});

test.each(['many', '4-5', '100000', '-1'])('a family of %j is kept', (raw) => {
  expect(applied(familySize, raw)).toMatchObject({ result: null, flags: ['family_size_invalid'] });
});

test.each([
  ['2,500.50', '2500.50'],
  ['$ 1000', '1000'],
  ['', null],
])('an income of %j is %j', (raw, result) => {
  expect(applied(monthlyIncome, raw)).toEqual(clean(result));
});

test.each(['about 2000', '1.234', '12345678901'])('an income of %j is kept', (raw) => {
  expect(applied(monthlyIncome, raw)).toMatchObject({ result: null, kept: { monthly_income: raw } });
});

test('a date of death is a death, a partial one too', () => {
  expect(applied(lifeStatus, null, null)).toEqual(clean('active'));
  expect(applied(lifeStatus, '0000-00-00 00:00:00', null)).toEqual(clean('active'));
  expect(applied(lifeStatus, '2020-00-00 00:00:00', '1950-01-01')).toEqual(clean('deceased'));
  expect(applied(lifeStatus, '2000-01-01 12:00:00', '2001-02-03')).toEqual({
    result: 'deceased',
    flags: ['deceased_at_before_birth'],
    kept: {},
  });
  expect(applied(lifeStatus, '2001-02-03 12:00:00', '2001-02-03')).toEqual(clean('deceased'));
});

test('-9 is no score, -1 is one', () => {
  expect(applied(duplicateScore, '-9')).toEqual(clean(null));
  expect(applied(duplicateScore, '-1')).toEqual(clean('-1'));
});

test.each([
  ['New York', '', 'NY'],
  ['ny', 'USA', 'NY'],
  ['Ontario', 'Canada', 'Ontario'],
  ['CA', 'Canada', 'CA'],
  ['Tirol', null, 'Tirol'],
  ['', 'US', null],
])('the state %j in %j is %j', (raw, country, result) => {
  expect(applied(state, raw, country)).toEqual(clean(result));
});

test('a postal code has its four digits behind it', () => {
  expect(applied(zipCode, '12207', '1234')).toEqual(clean('12207-1234'));
  expect(applied(zipCode, '12207', '')).toEqual(clean('12207'));
  expect(applied(zipCode, null, null)).toEqual(clean(null));
});

/** How text, dates, telephone numbers and countries of OpenEMR are read. */
import { describe, expect, test } from 'vitest';
import { money } from '../../src/mapping/transforms/index.ts';
import { country } from '../../src/profiles/openemr/countries.ts';
import { phoneOfSite } from '../../src/profiles/openemr/phones.ts';
import {
  day,
  dayOfDatetime,
  forgiving,
  keyOfDependent,
  moment,
  optionId,
  optionTitle,
  txt,
} from '../../src/profiles/openemr/text.ts';
import { applied, clean } from '../support/applied.ts';

const SITE = { timeZone: 'America/New_York' };

describe('text', () => {
  test.each([
    [' Ana\u00a0', 'Ana', []],
    ['', null, []],
    [' \t\n', null, []],
    ['one\r\ntwo\rthree', 'one\ntwo\nthree', []],
    ['\u0007', null, ['control_characters']],
    ['a\0b\u0085c', 'abc', ['control_characters']],
    ['MÃ¼ller', 'Müller', ['double_encoded']],
    ['𠮷田\t1', '𠮷田\t1', []],
  ])('%j is %j', (raw, result, flags) => {
    expect(applied(txt, raw)).toEqual({ result, flags, kept: {} });
    const src = Buffer.from(raw);
    const dst = Buffer.alloc(200);
    const end = txt.applyBytes!(src, 0, src.length, dst, 0);
    const written = dst.readInt32BE(0) === -1 ? null : dst.toString('utf8', 4, end);
    expect(written).toBe(result);
  });
});

describe('dates', () => {
  test('zeros say nothing, parts are kept', () => {
    expect(applied(day('born', 'DOB'), '0000-00-00')).toEqual(clean(null));
    expect(applied(day('born', 'DOB'), '1999-05-00')).toEqual({
      result: null,
      flags: ['born_invalid'],
      kept: { DOB: '1999-05-00' },
    });
    expect(applied(dayOfDatetime('period_end', 'date'), '2021-07-08 09:00:00')).toEqual(clean('2021-07-08'));
  });

  test('a doubtful moment is flagged by its doubt, an invalid one as such', () => {
    const at = moment(SITE, 'created_at', 'date');
    expect(applied(at, '2024-01-05 09:00:00')).toEqual(clean('2024-01-05 14:00:00Z'));
    expect(applied(at, '2024-03-10 02:30:00')).toMatchObject({ flags: ['created_at_dst_gap'] });
    expect(applied(at, '2024-03-00 02:30:00')).toEqual({
      result: null,
      flags: ['created_at_invalid'],
      kept: { date: '2024-03-00 02:30:00' },
    });
  });
});

test('what a transform would refuse can be set aside', () => {
  const income = forgiving(money('.'), 'income', 'monthly_income');
  expect(applied(income, '$1,200')).toEqual(clean('1200'));
  expect(applied(income, 'varies')).toEqual({
    result: null,
    flags: ['income_invalid'],
    kept: { monthly_income: 'varies' },
  });
});

test('a row that needs another is refused without it', () => {
  expect(applied(keyOfDependent, '7', '3')).toEqual(clean('7'));
  expect(applied(keyOfDependent, '7', null)).toBe('orphan');
  expect(applied(keyOfDependent, '7', '0')).toBe('orphan');
});

describe('an option of a list', () => {
  const id = optionId('marital_status', 'status');

  test('is the id that the list has, in lower case', () => {
    expect(applied(id, 'Asian', 'Asian', '1')).toEqual(clean('asian'));
    expect(applied(id, '', null, null)).toEqual(clean(null));
  });

  test('is kept where the list does not have it, and flagged where it is no longer offered', () => {
    expect(applied(id, 'Odd', null, null)).toEqual({
      result: 'odd',
      flags: ['marital_status_unknown_option'],
      kept: { status: 'Odd' },
    });
    expect(applied(id, 'gone', 'gone', '0')).toMatchObject({ flags: ['marital_status_inactive_option'] });
    expect(applied(optionTitle('form', 'form'), '2', 'tablet', '1')).toEqual(clean('tablet'));
    expect(applied(optionTitle('form', 'form'), 'odd', null, null)).toMatchObject({ result: 'odd' });
  });
});

describe('a telephone number', () => {
  const phone = phoneOfSite('phone_home', 'phone_home');

  test.each([
    ['(212) 736-5000', '1', '+12127365000'],
    ['(212) 736-5000', null, '+12127365000'],
    ['(212) 736-5000', 'junk', '+12127365000'],
    ['030 901820', '49', '+4930901820'],
    ['020 7946 0018', '44', '+442079460018'],
    ['+49 30 901820', '1', '+4930901820'],
    [' ', '1', null],
  ])('%j of a site with the calling code %j is %j', (raw, code, result) => {
    expect(applied(phone, raw, code)).toEqual(clean(result));
  });

  test('is flagged by what is doubtful about it', () => {
    expect(applied(phone, '212-736-5000 x251', '1')).toEqual({
      result: '+12127365000',
      flags: ['phone_home_extension'],
      kept: { phone_home: '212-736-5000 x251' },
    });
    expect(applied(phone, 'ask', '1')).toMatchObject({ result: null, flags: ['phone_home_invalid'] });
  });
});

describe('a country', () => {
  const land = country('country', 'country_code');

  test.each([
    ['US', 'US'],
    ['U.S.A.', 'US'],
    ['United States', 'US'],
    ['united_states', 'US'],
    ['deu', 'DE'],
    ['Österreich', 'AT'],
    ['Côte d’Ivoire', 'CI'],
    ['Mexico', 'MX'],
    ['n/a', null],
    ['', null],
  ])('%j is %j', (raw, result) => {
    expect(applied(land, raw)).toEqual(clean(result));
  });

  test('that is none is kept', () => {
    expect(applied(land, 'constructor')).toEqual({
      result: null,
      flags: ['country_invalid'],
      kept: { country_code: 'constructor' },
    });
  });
});

/** Insurance: which one is the present one, who pays, and where he lives. */
import { describe, expect, test } from 'vitest';
import { effectiveTo, isCurrent } from '../../src/profiles/openemr/patient/coverage-period.ts';
import { payerAddress, payerKey, payerName, payerPhone } from '../../src/profiles/openemr/patient/payer.ts';
import { addressOf, namedAddressOf } from '../../src/profiles/openemr/patient/postal-address.ts';
import { applied, clean } from '../support/applied.ts';

type Row = [id: string, start: string | null, end: string | null];

const current = isCurrent('2026-01-15');
const presentOf = (...rows: Row[]) =>
  rows.map(([id]) => id).filter((id) => current.apply(id, JSON.stringify(rows)) === 't');
const endOf = (row: Row, ...others: Row[]) =>
  applied(effectiveTo, row[1], JSON.stringify([row, ...others]), row[2]);

describe('the present insurance', () => {
  test.each<[string, Row[], string[]]>([
    ['the only one', [['1', '2020-01-01', null]], ['1']],
    [
      'the newest, in whatever order',
      [
        ['2', '2022-04-01', null],
        ['1', '2019-01-01', null],
      ],
      ['2'],
    ],
    ['one without a start, if there is no other', [['1', '0000-00-00', null]], ['1']],
    [
      'of two of one day the later one',
      [
        ['9', null, null],
        ['10', null, null],
      ],
      ['10'],
    ],
    ['one that ends on the day', [['1', '2020-01-01', '2026-01-15']], ['1']],
    ['none that has ended', [['1', '2020-01-01', '2026-01-14']], []],
    [
      'the one before, if the newest has ended',
      [
        ['1', '2019-01-01', null],
        ['2', '2020-01-01', '2021-01-01'],
      ],
      ['1'],
    ],
    [
      'none that is to begin',
      [
        ['1', '2019-01-01', null],
        ['2', '2026-02-01', null],
      ],
      ['1'],
    ],
    ['one with an end of zeros', [['1', '2020-01-01', '0000-00-00']], ['1']],
  ])('is %s', (_what, rows, expected) => {
    expect(presentOf(...rows)).toEqual(expected);
  });
});

describe('an insurance ends', () => {
  test('on the day that is said, else the day before the next begins', () => {
    expect(endOf(['1', '2019-01-01', '2020-06-30'], ['2', '2022-04-01', null])).toEqual(clean('2020-06-30'));
    expect(endOf(['1', '2019-01-01', null], ['3', '2023-01-01', null], ['2', '2022-03-01', null])).toEqual(
      clean('2022-02-28'),
    );
    expect(endOf(['1', null, null], ['2', '2022-01-01', null])).toEqual(clean('2021-12-31'));
    expect(endOf(['2', '2022-04-01', null], ['1', '2019-01-01', null])).toEqual(clean(null));
    expect(endOf(['1', '2019-01-01', null], ['2', '2022-00-00', null])).toEqual(clean(null));
  });

  test('never, where there is no such column', () => {
    expect(applied(effectiveTo, '2019-01-01', '[["1","2019-01-01",null]]')).toEqual(clean(null));
  });

  test('in part on no day', () => {
    expect(endOf(['1', '2019-01-01', '2020-06-00'])).toEqual({
      result: null,
      flags: ['effective_to_invalid'],
      kept: { date_end: '2020-06-00' },
    });
  });
});

describe('who pays', () => {
  test('is named by a whole number', () => {
    expect(applied(payerKey, '7', '7')).toEqual(clean('7'));
    expect(applied(payerKey, '', null)).toEqual(clean(null));
    expect(applied(payerKey, '0', null)).toEqual(clean(null));
    expect(applied(payerKey, '1abc', '1')).toEqual({
      result: null,
      flags: ['payer_legacy_id_invalid'],
      kept: { provider: '1abc' },
    });
    expect(applied(payerKey, '8', null)).toMatchObject({ flags: ['payer_legacy_id_orphan'] });
    expect(applied(payerName, '7', ' Kasse ')).toEqual(clean('Kasse'));
    expect(applied(payerName, '1abc', 'Kasse')).toEqual(clean(null));
  });

  test('has the oldest address, with a flag where there are more', () => {
    const one = [4, '1 Way', '', 'Town', 'New York', '12207', '1234', 'USA'];
    const other = [12, '2 Way', '', 'Town', '', '', '', ''];
    const written = '{"line1":"1 Way","city":"Town","state":"NY","postal_code":"12207-1234","country":"US"}';
    expect(applied(payerAddress, '7', JSON.stringify([one]))).toEqual(clean(written));
    expect(applied(payerAddress, '7', JSON.stringify([other, one]))).toEqual({
      result: written,
      flags: ['payer_address_many'],
      kept: {},
    });
    expect(applied(payerAddress, '7', null)).toEqual(clean(null));
    expect(applied(payerAddress, '7x', JSON.stringify([one]))).toEqual(clean(null));
  });

  test('is called at work, and never by fax', () => {
    const home = [1, 1, '1', '212', '736', '5001'];
    const work = [2, 2, '1', '212', '736', '5000'];
    const fax = [3, 5, '1', '212', '736', '5002'];
    const phone = (...rows: unknown[]) => applied(payerPhone, '7', JSON.stringify(rows), '1');
    expect(phone(home, fax, work)).toEqual(clean('+12127365000'));
    expect(phone(home)).toEqual(clean('+12127365001'));
    expect(phone(fax)).toEqual(clean(null));
    expect(phone([1, 2, null, null, null, ''])).toEqual(clean(null));
    expect(phone([1, 2, '1', '000', '000', '0000'])).toMatchObject({ flags: ['payer_phone_invalid'] });
  });
});

test('an address in one value leaves out what is not said', () => {
  expect(applied(addressOf, '1 Way', 'Town', 'ny', '', 'USA')).toEqual(
    clean('{"line1":"1 Way","city":"Town","state":"NY","country":"US"}'),
  );
  expect(applied(addressOf, '', null, '', '', '', ' ')).toEqual(clean(null));
  expect(applied(namedAddressOf, 'ACME', '', '', '', '', 'Freedonia', 'Unit 2')).toEqual(
    clean('{"name":"ACME","line2":"Unit 2","country":"Freedonia"}'),
  );
});

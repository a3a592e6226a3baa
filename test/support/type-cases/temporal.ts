import { unchangedText, type TypeCase, type ValueCase } from './type-case.ts';

const zeroDates = (...values: string[]): ValueCase[] =>
  values.map((value) => ({ sql: `'${value}'`, expected: null }));

export const temporalCases: TypeCase[] = [
  {
    sourceType: 'date',
    targetType: 'date',
    values: [
      ...unchangedText('0001-01-01', '1000-01-01', '1900-02-28', '2000-02-29', '2024-02-29', '9999-12-31'),
      ...zeroDates('0000-00-00', '2024-02-00', '2024-00-10', '0000-05-05'),
      { sql: "'2024-02-31'", reject: 'invalid_date' },
      { sql: "'1900-02-29'", reject: 'invalid_date' },
      { sql: "'2024-04-31'", reject: 'invalid_date' },
    ],
  },
  {
    sourceType: 'date',
    targetType: 'date',
    policies: { zeroDate: 'reject' },
    values: [
      { sql: "'0000-00-00'", reject: 'zero_date' },
      { sql: "'2024-02-00'", reject: 'zero_date' },
      { sql: "'2024-02-01'", expected: '2024-02-01' },
    ],
  },
  {
    sourceType: 'date',
    targetType: 'timestamp without time zone',
    values: [{ sql: "'9999-12-31'", expected: '9999-12-31 00:00:00' }, ...zeroDates('0000-00-00')],
  },
  { sourceType: 'date', targetType: 'text', values: unchangedText('0000-00-00', '2024-02-00') },
  {
    sourceType: 'datetime',
    targetType: 'timestamp(0) without time zone',
    values: [
      ...unchangedText(
        '0001-01-01 00:00:00',
        '1713-12-31 23:59:59',
        '1999-12-31 23:59:59',
        '9999-12-31 23:59:59',
      ),
      ...zeroDates('0000-00-00 00:00:00', '2024-01-00 10:00:00'),
      { sql: "'2023-02-29 10:00:00'", reject: 'invalid_date' },
    ],
  },
  {
    sourceType: 'datetime(3)',
    targetType: 'timestamp(3) without time zone',
    values: [
      { sql: "'2024-02-29 12:34:56.789'", expected: '2024-02-29 12:34:56.789' },
      { sql: "'2024-02-29 12:34:56.7'", expected: '2024-02-29 12:34:56.7' },
      ...zeroDates('0000-00-00 00:00:00.000'),
    ],
  },
  {
    sourceType: 'datetime(6)',
    targetType: 'timestamp(6) without time zone',
    values: [
      ...unchangedText('0001-01-01 00:00:00.000001', '1970-01-01 00:00:00', '9999-12-31 23:59:59.999999'),
      ...zeroDates('0000-05-05 10:00:00.500000'),
    ],
  },
  {
    sourceType: 'datetime(6)',
    targetType: 'timestamp(0) without time zone',
    values: [
      { sql: "'2024-01-01 00:00:00.000000'", expected: '2024-01-01 00:00:00' },
      { sql: "'2024-01-01 00:00:00.500000'", reject: 'out_of_range' },
    ],
  },
  {
    sourceType: 'timestamp null',
    targetType: 'timestamp(0) with time zone',
    values: [
      { sql: "'1970-01-01 00:00:01'", expected: '1970-01-01 00:00:01+00' },
      { sql: "'2038-01-19 03:14:07'", expected: '2038-01-19 03:14:07+00' },
      ...zeroDates('0000-00-00 00:00:00'),
    ],
  },
  {
    sourceType: 'timestamp(6) null',
    targetType: 'timestamp(6) with time zone',
    values: [{ sql: "'2038-01-19 03:14:07.999999'", expected: '2038-01-19 03:14:07.999999+00' }],
  },
  {
    sourceType: 'time',
    targetType: 'interval',
    values: unchangedText('00:00:00', '23:59:59', '-00:00:01', '838:59:59', '-838:59:59'),
  },
  {
    sourceType: 'time(1)',
    targetType: 'interval',
    values: unchangedText('-00:00:00.5', '12:00:00.1'),
  },
  {
    sourceType: 'time(6)',
    targetType: 'interval',
    values: [
      ...unchangedText('00:00:00.000001', '-99:59:59.999999', '100:00:00'),
      { sql: "'-838:59:59.999999'", flavors: ['mariadb'], expected: '-838:59:59.999999' },
    ],
  },
  {
    sourceType: 'time',
    targetType: 'time(0) without time zone',
    values: [
      ...unchangedText('00:00:00', '23:59:59', '24:00:00'),
      { sql: "'24:00:01'", reject: 'out_of_range' },
      { sql: "'-00:00:01'", reject: 'out_of_range' },
    ],
  },
  {
    sourceType: 'year',
    targetType: 'smallint',
    values: [
      { sql: '0', expected: '0' },
      { sql: '1901', expected: '1901' },
      { sql: '2155', expected: '2155' },
    ],
  },
  {
    sourceType: 'year(2)',
    targetType: 'smallint',
    flavors: ['mariadb'],
    values: [
      { sql: '1999', expected: '1999' },
      { sql: '1970', expected: '1970' },
      { sql: '2069', expected: '2069' },
      { sql: '2000', expected: '2000' },
    ],
  },
];

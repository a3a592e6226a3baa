import { unchanged, type TypeCase, type ValueCase } from './type-case.ts';

const NINES_35 = '9'.repeat(35);
const NINES_30 = '9'.repeat(30);

/** MariaDB stores it as zero. */
const negativeZero: ValueCase[] = [
  { sql: "'-0'", expected: '-0', flavors: ['mysql'] },
  { sql: "'-0'", expected: '0', flavors: ['mariadb'] },
];

const integers: TypeCase[] = [
  { sourceType: 'tinyint', targetType: 'smallint', values: unchanged('0', '1', '-1', '127', '-128') },
  { sourceType: 'tinyint(1)', targetType: 'smallint', values: unchanged('0', '1', '2', '-128') },
  {
    sourceType: 'tinyint(1)',
    targetType: 'boolean',
    policies: { tinyint1: 'boolean' },
    values: [
      { sql: '0', expected: 'f' },
      { sql: '1', expected: 't' },
      { sql: '2', reject: 'not_boolean' },
      { sql: '-1', reject: 'not_boolean' },
    ],
  },
  { sourceType: 'tinyint unsigned', targetType: 'smallint', values: unchanged('0', '255') },
  { sourceType: 'smallint', targetType: 'smallint', values: unchanged('0', '32767', '-32768') },
  { sourceType: 'smallint unsigned', targetType: 'integer', values: unchanged('0', '65535') },
  { sourceType: 'mediumint', targetType: 'integer', values: unchanged('8388607', '-8388608') },
  { sourceType: 'mediumint unsigned', targetType: 'integer', values: unchanged('0', '16777215') },
  { sourceType: 'int', targetType: 'integer', values: unchanged('0', '2147483647', '-2147483648') },
  {
    sourceType: 'int(10) unsigned zerofill',
    targetType: 'bigint',
    values: unchanged('0', '5', '4294967295'),
  },
  { sourceType: 'int', targetType: 'bigint', values: unchanged('-2147483648') },
  { sourceType: 'int', targetType: 'numeric(12,2)', values: [{ sql: '-7', expected: '-7.00' }] },
  { sourceType: 'int', targetType: 'text', values: unchanged('-2147483648') },
  { sourceType: 'int', targetType: 'double precision', values: unchanged('-2147483648', '2147483647') },
  {
    sourceType: 'int',
    targetType: 'smallint',
    values: [
      { sql: '-32768', expected: '-32768' },
      { sql: '32768', reject: 'out_of_range' },
    ],
  },
  {
    sourceType: 'bigint',
    targetType: 'bigint',
    values: unchanged(
      '0',
      '-1',
      '999999999999999',
      '9007199254740993',
      '9223372036854775807',
      '-9223372036854775808',
    ),
  },
  {
    sourceType: 'bigint(30) zerofill',
    targetType: 'numeric(20,0)',
    values: unchanged('0', '18446744073709551615'),
  },
  {
    sourceType: 'bigint unsigned',
    targetType: 'numeric(20,0)',
    values: unchanged('0', '10000', '18446744073709551615'),
  },
  {
    sourceType: 'bigint unsigned',
    targetType: 'bigint',
    values: [
      { sql: '9223372036854775807', expected: '9223372036854775807' },
      { sql: '9223372036854775808', reject: 'out_of_range' },
    ],
  },
];

const decimals: TypeCase[] = [
  {
    sourceType: 'decimal(10,2)',
    targetType: 'numeric(10,2)',
    values: [
      ...unchanged('0.00', '0.01', '-0.01', '1.50', '10000.00', '99999999.99', '-99999999.99'),
      { sql: '-0.00', expected: '0.00' },
    ],
  },
  { sourceType: 'decimal(10,2) zerofill', targetType: 'numeric(10,2)', values: unchanged('0.00', '1.50') },
  { sourceType: 'decimal(5,0)', targetType: 'numeric(5,0)', values: unchanged('0', '10000', '-99999') },
  { sourceType: 'decimal(9,0)', targetType: 'bigint', values: unchanged('-999999999', '0') },
  { sourceType: 'decimal(10,2)', targetType: 'text', values: unchanged('-0.01') },
  {
    sourceType: 'decimal(65,30)',
    targetType: 'numeric(65,30)',
    values: unchanged(
      `${NINES_35}.${NINES_30}`,
      `-${NINES_35}.${NINES_30}`,
      `0.${'0'.repeat(29)}1`,
      `100000000.${'0'.repeat(30)}`,
    ),
  },
  {
    sourceType: 'decimal(10,4)',
    targetType: 'numeric(8,2)',
    values: [
      { sql: '1.2500', expected: '1.25' },
      { sql: '1.2345', reject: 'out_of_range' },
      { sql: '999999.0000', expected: '999999.00' },
    ],
  },
];

const floats: TypeCase[] = [
  {
    sourceType: 'float',
    targetType: 'real',
    values: [
      ...unchanged('0', '0.1', '-1.5', '3.4028235e+38', '-3.4028235e+38', '1e-45', '1.1754944e-38'),
      { sql: '16777217', expected: '1.6777216e+07' },
      ...negativeZero,
    ],
  },
  {
    sourceType: 'float(7,4)',
    targetType: 'real',
    values: unchanged('0', '123.4567', '0.1', '-999.9999'),
  },
  {
    sourceType: 'float',
    targetType: 'double precision',
    values: [{ sql: '0.1', expected: '0.10000000149011612' }],
  },
  { sourceType: 'float unsigned zerofill', targetType: 'real', values: unchanged('1.5') },
  {
    sourceType: 'double',
    targetType: 'double precision',
    values: [
      ...unchanged('0', '0.1', '-1.5', '5e-324', '1.7976931348623157e+308', '-2.2250738585072014e-308'),
      ...unchanged('0.30000000000000004', '1e+22', '9.999999999999999e+22', '123456789012345.67'),
      { sql: '9007199254740991', expected: '9.007199254740991e+15' },
      ...negativeZero,
    ],
  },
  {
    sourceType: 'double(8,2)',
    targetType: 'double precision',
    values: [
      ...unchanged('0', '123456.78', '0.1'),
      // what the server stores when it rounds -0.1 to two decimals, though it prints -0.10
      { sql: '-0.1', expected: '-0.09999999999999998' },
    ],
  },
  { sourceType: 'double(255,30)', targetType: 'double precision', values: unchanged('1e+200', '0.1') },
  {
    sourceType: 'double',
    targetType: 'numeric',
    values: [
      { sql: '-1.5e-7', expected: '-0.00000015' },
      { sql: '1e22', expected: '10000000000000000000000' },
    ],
  },
];

export const numberCases: TypeCase[] = [...integers, ...decimals, ...floats];

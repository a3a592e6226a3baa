/**
 * Values that are easily read wrongly from a binlog, beyond those of the type cases. What matters is only that a SELECT
 * and the binlog agree on them.
 */
import type { MysqlFlavor } from '../servers/index.ts';

export interface BinlogTrap {
  sourceType: string;
  flavors?: MysqlFlavor[];
  /** As the source's SQL writes them. */
  values: string[];
  /** A statement that runs before the table is made, and one that runs after it. */
  around?: [string, string];
}

const DOUBLES =
  `0 -0.0 1 100000000000000 1e15 1234567890123456.7 1e16 1e21 -1e-14 0.1e0 1e-15 -1.2345678901234567e-14 1.2345678901234567e-15 9.5367431640625e-7 1e-6 20.125e0 5e-324 1.7976931348623157e308 -2.2250738585072014e-308 999999999999999.9 4503599627370497.5`.split(
    ' ',
  );
const quoted = (...values: string[]): string[] => values.map((value) => `'${value}'`);

const numbers: BinlogTrap[] = [
  { sourceType: 'tinyint(3) zerofill', values: ['0', '7', '255'] },
  { sourceType: 'smallint unsigned zerofill', values: ['0', '65535'] },
  { sourceType: 'mediumint(12) zerofill', values: ['0', '16777215'] },
  { sourceType: 'bigint(255) zerofill', values: ['0', '18446744073709551615'] },
  { sourceType: 'mediumint', values: ['-1', '-8388608', '8388607'] },
  {
    sourceType: 'bigint',
    values: ['4294967296', '-4294967296', '9007199254740991', '-9007199254740993', '1000000000'],
  },
  {
    sourceType: 'bigint unsigned',
    values: ['9223372036854775808', '10000000000000000000', '18446744073709551615'],
  },
  { sourceType: 'double zerofill', values: ['0', '1.5', '1e300'] },
  { sourceType: 'double(10,3) zerofill', values: ['0', '1.5'] },
  { sourceType: 'double', values: DOUBLES },
  { sourceType: 'float', values: ['0', '-0.0', '1e-20', '16777216', '3.4e38', '0.3', '1e15', '123456.789'] },
  { sourceType: 'decimal(5,5)', values: ['0', '0.12345', '-0.00001'] },
  { sourceType: 'decimal(18,9)', values: ['0', '123456789.987654321', '-100000000.000000001'] },
  { sourceType: 'decimal(19,0)', values: ['0', '1000000000', '-9999999999999999999', '9000000001'] },
  { sourceType: 'decimal(65,0)', values: ['0', '9'.repeat(65), `-1${'0'.repeat(64)}`] },
  { sourceType: 'decimal(30,30)', values: ['0', `0.${'0'.repeat(29)}1`, `-0.${'9'.repeat(30)}`] },
  { sourceType: 'decimal(20,5) zerofill', values: ['0', '1.5', '123456789012345.99999'] },
  { sourceType: 'decimal(4,4) zerofill', values: ['0', '0.1234'] },
];

const temporal: BinlogTrap[] = [
  { sourceType: 'time', values: quoted('-01:00:00', '-00:01:00', '-10:59:00', '-838:00:00', '100:00:00') },
  ...[1, 2, 3, 4, 5, 6].map((digits) => ({
    sourceType: `time(${digits})`,
    values: quoted(
      '-01:00:00',
      '-00:00:00.999999',
      '-01:00:00.1',
      '-00:59:59.9',
      '-838:59:58.5',
      '12:34:56.123456',
    ),
  })),
  ...[1, 2, 3, 4, 5, 6].map((digits) => ({
    sourceType: `datetime(${digits})`,
    values: quoted(
      '2024-12-31 23:59:59.123456',
      '0000-00-00 00:00:00',
      '9999-12-31 00:00:00',
      '2024-00-00 01:02:03.9',
    ),
  })),
  ...[0, 1, 2, 3, 4, 5, 6].map((digits) => ({
    sourceType: `timestamp(${digits}) null`,
    values: quoted(
      '1970-01-01 00:00:01',
      '2038-01-19 03:14:07',
      '0000-00-00 00:00:00',
      '2000-02-29 12:00:00.98765',
    ),
  })),
  {
    sourceType: 'date',
    values: quoted('0000-00-00', '2024-02-31', '0001-00-01', '9999-12-31', '1000-01-01'),
  },
  { sourceType: 'year', values: ['0', '1901', '2000', '2155'] },
  {
    sourceType: 'timestamp null default null',
    values: [
      'from_unixtime(1)',
      'from_unixtime(86399)',
      'from_unixtime(951782400)',
      'from_unixtime(2147483647)',
    ],
  },
];

const text: BinlogTrap[] = [
  { sourceType: 'varchar(20) character set latin1', values: ["x'818d8f909d'", "x'80e9ff00'", "'plain'"] },
  {
    sourceType: 'char(255) character set utf8mb4',
    values: ["repeat('😀', 255)", "''", "repeat('a', 255)", "' a  '"],
  },
  { sourceType: 'char(64) character set utf8mb4', values: ["repeat('é', 64)", "'x'"] },
  { sourceType: 'char(63) character set utf8mb4', values: ["repeat('😀', 63)"] },
  { sourceType: 'char(200) character set latin1', values: ["repeat('é', 200)", "'x '"] },
  { sourceType: 'char(10) character set utf16', values: ["'a '", "'😀'", "''"] },
  { sourceType: 'char(10) character set ucs2', values: ["'a  '", "'é'"] },
  { sourceType: 'char(10) character set utf32', values: ["'a  '", "'😀'"] },
  { sourceType: 'char(3) character set ascii', values: ["'a'"] },
  { sourceType: 'char(0)', values: ["''"] },
  { sourceType: 'varchar(63) character set utf8mb4', values: ["repeat('😀', 63)"] },
  { sourceType: 'varchar(64) character set utf8mb4', values: ["repeat('😀', 64)"] },
  {
    sourceType: 'varchar(1000) character set latin1',
    values: ["repeat('é', 1000)", "repeat('e', 250)", "repeat('€', 90)"],
  },
  { sourceType: 'text character set latin1', values: ["repeat('€', 60000)"] },
  { sourceType: 'mediumtext character set latin1', values: ["repeat('€', 6000000)", "repeat('é', 33000)"] },
  { sourceType: 'varchar(300) character set gbk', values: ["repeat('你', 300)", "'a你b'", "x'fefe'"] },
  { sourceType: 'varchar(9) character set ujis', values: ["x'8fb0a1'", "x'8eb1'", "'日本'"] },
  { sourceType: 'varchar(9) character set utf8mb3', values: ["'é€'", "''"] },
  ...['utf8mb4_uca1400_ai_ci', 'utf8mb4_nopad_bin', 'utf8mb4_uca1400_nopad_as_cs'].map(
    (collation): BinlogTrap => ({
      sourceType: `char(5) character set utf8mb4 collate ${collation}`,
      flavors: ['mariadb'],
      values: ["'é'", "'a  '", "'  '"],
    }),
  ),
  {
    sourceType: 'varchar(20) character set latin1 collate latin1_nopad_bin',
    flavors: ['mariadb'],
    values: ["x'818d8f909de9'"],
  },
  {
    sourceType: 'varchar(20) character set ucs2 collate uca1400_ai_ci',
    flavors: ['mariadb'],
    values: ["'é'"],
  },
  { sourceType: "enum('a','é','') character set latin1", values: ["'é'", "'not a member'", "''", "'a'"] },
  { sourceType: "enum('ж','x') character set cp1251", values: ["'ж'", '2'] },
  { sourceType: "set('ж','x','日') character set utf16", values: ["'ж,日'", "''", "'x'"] },
  {
    sourceType: `enum(${Array.from({ length: 300 }, (_, i) => `'m${i}'`).join()})`,
    values: ["'m0'", "'m299'", '0'],
  },
  {
    sourceType: `set(${Array.from({ length: 9 }, (_, i) => `'s${i}'`).join()})`,
    values: ["'s8,s0'", "''", '~0 & 511'],
  },
  {
    sourceType: `set(${Array.from({ length: 64 }, (_, i) => `'s${i}'`).join()})`,
    values: ["'s63'", "'s31,s32'"],
  },
  { sourceType: "enum('" + 'x'.repeat(255) + "','y')", values: ['1', '2'] },
  ...[
    'varchar(255) character set latin1',
    'varchar(300) character set utf8mb4',
    'text',
    'tinytext',
    'blob',
    'varbinary(99)',
  ].map((type): BinlogTrap => ({
    sourceType: type.replace(/^(\w+(\(\d+\))?)/, '$1 compressed'),
    flavors: ['mariadb'],
    values: ["repeat('abc', 33)", "repeat('é', 99)", "''", "'x'"].filter(
      (sql) => type !== 'varbinary(99)' || !sql.includes('é'),
    ),
  })),
];

const binary: BinlogTrap[] = [
  { sourceType: 'binary(255)', values: ["x'00'", "repeat(x'ff', 255)", "''", "x'0020'"] },
  { sourceType: 'binary(3)', values: ["x'000000'", "x'010000'", "'a '"] },
  { sourceType: 'varbinary(256)', values: ["x'0000'", "repeat(x'00', 256)", "'a '"] },
  ...[1, 7, 8, 9, 33, 63, 64].map((bits) => ({
    sourceType: `bit(${bits})`,
    values: ['0', '1', `${2n ** BigInt(bits) - 1n}`],
  })),
  { sourceType: 'tinyblob', values: ["''", "repeat('x', 255)"] },
  { sourceType: 'longblob', values: ["repeat('x', 17000000)"] },
  {
    sourceType: 'geometry',
    values: [
      "st_geomfromtext('MULTIPOLYGON(((0 0,0 3,3 3,3 0,0 0),(1 1,1 2,2 2,2 1,1 1)))', 4326)",
      "st_geomfromtext('GEOMETRYCOLLECTION(POINT(1 1),LINESTRING(0 0,1 1))', 3857)",
    ],
  },
  { sourceType: 'multipoint', values: ["st_geomfromtext('MULTIPOINT(1 1,2 2)')"] },
  { sourceType: 'multilinestring', values: ["st_geomfromtext('MULTILINESTRING((1 1,2 2),(3 3,4 4))')"] },
  { sourceType: 'polygon', values: ["st_geomfromtext('POLYGON((0 0,0 3,3 3,3 0,0 0))')"] },
  { sourceType: 'linestring', values: ["st_geomfromtext('LINESTRING(0 0,1 1)')"] },
  { sourceType: 'multipolygon', values: ["st_geomfromtext('MULTIPOLYGON(((0 0,0 3,3 3,3 0,0 0)))')"] },
  { sourceType: 'vector(2)', flavors: ['mysql'], values: ["string_to_vector('[1,2]')"] },
  {
    sourceType: 'vector(16383)',
    flavors: ['mysql'],
    values: ["string_to_vector('[1]')", "repeat(x'0000803f', 16383)"],
  },
  {
    sourceType: 'uuid',
    flavors: ['mariadb'],
    values: quoted(
      '123e4567-e89b-12d3-a456-426614174000',
      '017f22e2-79b0-7cc3-98c4-dc0c0c07398f',
      'ffffffff-ffff-ffff-ffff-ffffffffffff',
      '00000000-0000-1000-8000-000000000000',
    ),
  },
  {
    sourceType: 'inet6',
    flavors: ['mariadb'],
    values: [
      ...Array.from({ length: 256 }, (_, mask) =>
        Array.from({ length: 8 }, (_, group) => ((mask >> group) & 1 ? 'a0' : '0')).join(':'),
      ),
      '::ffff:1.2.3.4',
      '::1.2.3.4',
      '::ffff:0:0',
      '::ffff:0:1',
      '::fffe:1.2.3.4',
      '::0.0.0.1',
      '::0.1.0.0',
    ].map((address) => `'${address}'`),
  },
  { sourceType: 'inet4', flavors: ['mariadb'], values: quoted('10.0.0.0', '0.0.0.1', '255.0.255.0') },
];

const bigArray = `concat('[', repeat('123456, ', 20000), '1.5]')`;
const bigObject = `concat('{', repeat('"k":"${'v'.repeat(50)}", ', 1), '"big": "', repeat('é', 40000), '", "n": [1, -70000, 2147483648]}')`;

const json: BinlogTrap[] = [
  {
    sourceType: 'json',
    values: [
      ...quoted(
        '[]',
        '{}',
        '""',
        '0',
        'true',
        '[true, false, null]',
        '{"__proto__": 1, "a": {"b": [1, {}]}}',
      ),
      ...quoted(
        '1.0',
        '[1.0, 1, -0.0, 1e15, 1e16, 1e-7, 1e21, 100000000000000.0, 0.1]',
        '[1e400]'.replace('400', '300'),
      ),
      ...quoted(
        '-1',
        '32767',
        '32768',
        '65535',
        '65536',
        '-32769',
        '2147483648',
        '4294967295',
        '-2147483649',
      ),
      ...quoted(
        '9223372036854775807',
        '18446744073709551615',
        '18446744073709551616',
        '-9223372036854775808',
      ),
      String.raw`'"\\u0000\\u0001\\b\\t\\n\\u000b\\f\\r\\u001f \\" \\\\ / \\u007f \\u2028 é😀"'`,
      String.raw`'{"a\\n\\"": "\\u0000", "": ""}'`,
      bigArray,
      bigObject,
      `concat('["', repeat('x', 127), '", "', repeat('y', 128), '", "', repeat('z', 16384), '"]')`,
    ],
  },
  {
    sourceType: 'json',
    flavors: ['mysql'],
    values: [
      'json_array(1.50, -0.001, 123.4500, cast(0 as decimal(10,4)), cast(-99999999999999999999.5 as decimal(65,30)))',
      'cast(1.5 as json)',
      "json_array(cast('12:34:56.789' as time(3)), cast('-112:00:01.5' as time(1)), cast('-01:00:00' as time))",
      "json_array(date'2024-02-29', timestamp'2024-02-29 12:34:56.123456', timestamp'0001-01-01 00:00:00', cast('2024-01-01' as date))",
      "json_object('bit', b'101', 'blob', x'00ff', 'long', repeat(x'ff', 1000), 'line', repeat(x'ff', 57), 'two', repeat(x'ff', 58))",
      "json_object('point', st_geomfromtext('POINT(1 2)'), 'year', cast(2020 as year))",
      'json_array(1e0, -0e0, cast(0.1 as float), 1e22, pi())',
      'json_array(from_unixtime(1), current_timestamp(6))',
      "json_set('{}', '$.a', cast('{\"b\": [1, 2.5]}' as json))",
      'cast(\'"only text"\' as json)',
      `concat(repeat('[', 99), '1', repeat(']', 99))`,
      "cast(timestamp'2024-02-29 12:34:56' as json)",
      "cast(x'ff00' as json)",
    ],
  },
];

const generated: BinlogTrap[] = [
  { sourceType: 'int as (id + 1) virtual', values: ['default'] },
  { sourceType: "varchar(20) as (concat(id, 'é')) stored", values: ['default'] },
  { sourceType: 'int invisible default 5', values: ['default'], flavors: ['mariadb'] },
  { sourceType: 'int default 5 invisible', values: ['default'], flavors: ['mysql'] },
];

/** Tables as they were before MySQL 5.6, which MariaDB can still make where the whole server is set so. */
export const oldFormatTraps: BinlogTrap[] = ['datetime', 'time', 'timestamp null'].map((sourceType) => ({
  sourceType,
  flavors: ['mariadb'],
  around: ['set global mysql56_temporal_format = off', 'set global mysql56_temporal_format = on'],
  values:
    sourceType === 'time' ? quoted('-01:00:00', '838:59:59') : quoted('2024-02-29 23:59:59', '0000-00-00'),
}));

export const binlogTraps: BinlogTrap[] = [...numbers, ...temporal, ...text, ...binary, ...json, ...generated];

import { unchangedText, type TypeCase } from './type-case.ts';

const bytes: TypeCase[] = [
  {
    sourceType: 'binary(4)',
    targetType: 'bytea',
    values: [
      { sql: "x'00ff0a5c'", expected: '\\x00ff0a5c' },
      { sql: "'a '", expected: '\\x61200000' },
    ],
  },
  {
    sourceType: 'binary(16)',
    targetType: 'uuid',
    values: [
      { sql: "x'00112233445566778899aabbccddeeff'", expected: '00112233-4455-6677-8899-aabbccddeeff' },
    ],
  },
  {
    sourceType: 'varbinary(300)',
    targetType: 'bytea',
    values: [
      { sql: "''", expected: '\\x' },
      { sql: "repeat(x'00', 300)", expected: `\\x${'00'.repeat(300)}` },
    ],
  },
  { sourceType: 'tinyblob', targetType: 'bytea', values: [{ sql: "x'fe'", expected: '\\xfe' }] },
  { sourceType: 'blob', targetType: 'bytea', values: [{ sql: "x'fe00'", expected: '\\xfe00' }] },
  { sourceType: 'mediumblob', targetType: 'bytea', values: [{ sql: "x'ff'", expected: '\\xff' }] },
  {
    sourceType: 'longblob',
    targetType: 'bytea',
    values: [{ sql: "repeat(x'ff', 70000)", expected: `\\x${'ff'.repeat(70000)}` }],
  },
  {
    sourceType: 'bit(1)',
    targetType: 'bit(1)',
    values: [
      { sql: "b'0'", expected: '0' },
      { sql: "b'1'", expected: '1' },
    ],
  },
  {
    sourceType: 'bit(1)',
    targetType: 'boolean',
    values: [
      { sql: "b'0'", expected: 'f' },
      { sql: "b'1'", expected: 't' },
    ],
  },
  {
    sourceType: 'bit(5)',
    targetType: 'bit(5)',
    values: [
      { sql: "b'10101'", expected: '10101' },
      { sql: "b'1'", expected: '00001' },
    ],
  },
  { sourceType: 'bit(8)', targetType: 'bit(8)', values: [{ sql: "b'10000001'", expected: '10000001' }] },
  {
    sourceType: 'bit(13)',
    targetType: 'bit varying(20)',
    values: [{ sql: "b'1000000000011'", expected: '1000000000011' }],
  },
  {
    sourceType: 'bit(64)',
    targetType: 'bit(64)',
    values: [
      { sql: '1', expected: '1'.padStart(64, '0') },
      { sql: '~0', expected: '1'.repeat(64) },
    ],
  },
];

const spatial: TypeCase[] = [
  {
    sourceType: 'point',
    targetType: 'bytea',
    values: [
      { sql: "st_geomfromtext('POINT(1 2)')", expected: '\\x0101000000000000000000f03f0000000000000040' },
    ],
  },
  {
    sourceType: 'geometry',
    targetType: 'bytea',
    values: [
      {
        sql: "st_geomfromtext('POINT(1 2)', 3857)",
        expected: '\\x0101000020110f0000000000000000f03f0000000000000040',
      },
      {
        sql: "st_geomfromtext('LINESTRING(0 0,1 2)')",
        expected: `\\x010200000002000000${'00'.repeat(16)}000000000000f03f0000000000000040`,
      },
    ],
  },
  // MySQL reads latitude first and MariaDB does not; both keep and give x before y
  {
    sourceType: 'point',
    targetType: 'bytea',
    flavors: ['mysql'],
    values: [
      {
        sql: "st_geomfromtext('POINT(2 1)', 4326)",
        expected: '\\x0101000020e6100000000000000000f03f0000000000000040',
      },
    ],
  },
  {
    sourceType: 'geometrycollection',
    targetType: 'bytea',
    values: [{ sql: "st_geomfromtext('GEOMETRYCOLLECTION EMPTY')", expected: '\\x010700000000000000' }],
  },
];

const others: TypeCase[] = [
  {
    sourceType: 'vector(3)',
    targetType: 'real[]',
    flavors: ['mysql'],
    values: [
      { sql: "string_to_vector('[1,2.5,-0]')", expected: '{1,2.5,-0}' },
      { sql: "x'cdcccc3dffff7f7f01000000'", expected: '{0.1,3.4028235e+38,1e-45}' },
    ],
  },
  {
    sourceType: 'inet4',
    targetType: 'inet',
    flavors: ['mariadb'],
    values: unchangedText('0.0.0.0', '192.0.2.255', '255.255.255.255'),
  },
  {
    sourceType: 'inet6',
    targetType: 'inet',
    flavors: ['mariadb'],
    values: unchangedText(
      '::',
      '::1',
      'fe80::1',
      '2001:db8::',
      '1:2:3:4:5:6:7:8',
      '::ffff:192.0.2.1',
      '1::2:0:0:5',
    ),
  },
  { sourceType: 'inet6', targetType: 'text', flavors: ['mariadb'], values: unchangedText('fe80::1') },
  {
    sourceType: 'uuid',
    targetType: 'uuid',
    flavors: ['mariadb'],
    values: unchangedText('123e4567-e89b-12d3-a456-426614174000', '00000000-0000-0000-0000-000000000000'),
  },
  {
    sourceType: 'char(36)',
    targetType: 'uuid',
    values: [
      { sql: "'123E4567-E89B-12D3-A456-426614174000'", expected: '123e4567-e89b-12d3-a456-426614174000' },
      { sql: "'123E4567E89B12D3A456426614174000'", expected: '123e4567-e89b-12d3-a456-426614174000' },
      { sql: "'none'", reject: 'malformed' },
    ],
  },
];

export const binaryCases: TypeCase[] = [...bytes, ...spatial, ...others];

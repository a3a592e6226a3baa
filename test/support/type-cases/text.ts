import { unchangedText, type TypeCase } from './type-case.ts';

const EVERY_WIDTH = 'aé€😀';
const AWKWARD = "tab\t newline\n return\r backslash\\ quote\" 'apostrophe' \\N \\.";

const strings: TypeCase[] = [
  {
    sourceType: 'char(5) character set utf8mb4',
    targetType: 'character varying(5)',
    values: [
      ...unchangedText('', 'a', EVERY_WIDTH),
      { sql: "'a   '", expected: 'a' },
      { sql: "'  a'", expected: '  a' },
    ],
  },
  {
    sourceType: 'varchar(100) character set utf8mb4',
    targetType: 'character varying(100)',
    values: [
      ...unchangedText('', ' blanks ', AWKWARD, EVERY_WIDTH.repeat(25)),
      { sql: "'a\\0b'", reject: 'nul_byte' },
    ],
  },
  {
    sourceType: 'varchar(100) character set utf8mb4',
    targetType: 'character varying(100)',
    policies: { nul: 'strip' },
    values: [
      { sql: "'a\\0b'", expected: 'ab' },
      { sql: "'\\0\\0'", expected: '' },
      { sql: "concat(repeat('é', 98), '\\0x')", expected: `${'é'.repeat(98)}x` },
      ...unchangedText('', EVERY_WIDTH.repeat(25)),
    ],
  },
  {
    sourceType: 'varchar(10) character set utf8mb4',
    targetType: 'character varying(4)',
    values: [...unchangedText('', EVERY_WIDTH), { sql: `'${EVERY_WIDTH}x'`, reject: 'too_long' }],
  },
  { sourceType: 'varchar(10) character set utf8mb4', targetType: 'text', values: unchangedText(EVERY_WIDTH) },
  {
    sourceType: 'varchar(10) character set latin1',
    targetType: 'character varying(10)',
    values: [...unchangedText('é€', 'Ÿ'), { sql: "x'8180'", expected: '\u0081€' }],
  },
  {
    sourceType: 'varchar(10) character set utf8mb3',
    targetType: 'character varying(10)',
    values: unchangedText('aé€'),
  },
  {
    sourceType: 'varchar(10) character set utf16',
    targetType: 'character varying(10)',
    values: unchangedText(EVERY_WIDTH),
  },
  {
    sourceType: 'varchar(10) character set utf32',
    targetType: 'character varying(10)',
    values: unchangedText(EVERY_WIDTH),
  },
  {
    sourceType: 'varchar(10) character set cp1251',
    targetType: 'character varying(10)',
    values: unchangedText('Жук'),
  },
  {
    sourceType: 'varchar(10) character set sjis',
    targetType: 'character varying(10)',
    values: unchangedText('表示'),
  },
  {
    sourceType: 'varchar(10) character set gbk',
    targetType: 'character varying(10)',
    values: unchangedText('你好'),
  },
  {
    sourceType: 'varchar(10) character set ucs2',
    targetType: 'character varying(10)',
    values: [
      ...unchangedText('aé€'),
      { sql: "x'd800'", reject: 'invalid_utf8' },
      { sql: "x'0000'", reject: 'nul_byte' },
    ],
  },
  { sourceType: 'tinytext', targetType: 'text', values: unchangedText('', AWKWARD) },
  {
    sourceType: 'text character set utf8mb4',
    targetType: 'text',
    values: [...unchangedText(''), { sql: "repeat('é', 30000)", expected: 'é'.repeat(30000) }],
  },
  {
    sourceType: 'mediumtext',
    targetType: 'text',
    values: [{ sql: "repeat('x', 100000)", expected: 'x'.repeat(100000) }],
  },
  {
    sourceType: 'longtext',
    targetType: 'text',
    values: [{ sql: "'a\\0'", reject: 'nul_byte' }, ...unchangedText('x')],
  },
];

const members: TypeCase[] = [
  {
    sourceType: "enum('a','é','O''Neil')",
    targetType: 'text',
    values: [...unchangedText('a', 'é', "O'Neil"), { sql: "'no member'", reject: 'enum_error_value' }],
  },
  { sourceType: "enum('','a')", targetType: 'text', values: unchangedText('', 'a') },
  {
    sourceType: "set('a','b c','é','\"q\"','null')",
    targetType: 'text[]',
    values: [
      { sql: "''", expected: '{}' },
      { sql: "'a'", expected: '{a}' },
      { sql: "'é,a,b c'", expected: '{a,"b c",é}' },
      { sql: '\'"q",null\'', expected: '{"\\"q\\"","null"}' },
    ],
  },
  { sourceType: "set('a','b')", targetType: 'text', values: unchangedText('', 'a,b') },
  {
    sourceType: `set(${Array.from({ length: 64 }, (_, i) => `'m${i}'`).join()})`,
    targetType: 'text[]',
    values: [{ sql: '~0', expected: `{${Array.from({ length: 64 }, (_, i) => `m${i}`).join()}}` }],
  },
];

const documents: TypeCase[] = [
  {
    sourceType: 'json',
    targetType: 'jsonb',
    values: [
      { sql: "'{}'", expected: '{}' },
      { sql: "'null'", expected: 'null' },
      {
        sql: `'{"b":[1,2.50,-1e3,true],"a":"é😀"}'`,
        expected: '{"a": "é😀", "b": [1, 2.50, -1000, true]}',
        flavors: ['mariadb'],
      },
      { sql: `'{"b":[1,2.5,-1000,true],"a":"é😀"}'`, expected: '{"a": "é😀", "b": [1, 2.5, -1000, true]}' },
      { sql: String.raw`'"\\u0041 \\\\u0000 \\n"'`, expected: String.raw`"A \\u0000 \n"` },
      { sql: String.raw`'"\\ud83d\\ude00"'`, expected: '"😀"' },
      { sql: String.raw`'{"a":"\\u0000"}'`, reject: 'invalid_json' },
      { sql: "'[1.]'", reject: 'invalid_json', flavors: ['mariadb'] },
    ],
  },
  { sourceType: 'json', targetType: 'text', values: unchangedText('[1, 2]') },
];

export const textCases: TypeCase[] = [...strings, ...members, ...documents];

import { describe, expect, test } from 'vitest';
import { parseColumnDefault } from '../../src/mysql/column-default.ts';
import { parseMembers, unescapeExpression, unquote } from '../../src/mysql/sql-literals.ts';

const mariadb = { flavor: 'mariadb', version: '10.11', versionNumber: 10_11_19 } as const;
const mysql = { flavor: 'mysql', version: '9.7', versionNumber: 9_07_04 } as const;
const mysql57 = { flavor: 'mysql', version: '5.7', versionNumber: 5_07_44 } as const;

describe('members of ENUM and SET', () => {
  test.each([
    ["enum('a','b')", ['a', 'b']],
    ["set('x')", ['x']],
    ["enum('b,c','it''s','')", ['b,c', "it's", '']],
    [String.raw`enum('\\','new\nline','nul\0x')`, ['\\', 'new\nline', 'nul\0x']],
    ["enum(')','(')", [')', '(']],
  ])('%s', (columnType, members) => {
    expect(parseMembers(columnType)).toEqual(members);
  });

  test.each(['int', 'enum()', "enum('a'", "enum('a',)", "enum('a' ,'b')"])('%s is refused', (columnType) => {
    expect(() => parseMembers(columnType)).toThrow(SyntaxError);
  });
});

test('a literal is unquoted only when it is one from end to end', () => {
  expect(unquote("'it''s'")).toBe("it's");
  expect(unquote("''")).toBe('');
  expect(unquote("'a' + 'b'")).toBeNull();
  expect(unquote('uuid()')).toBeNull();
});

test('expressions of MySQL 8 lose the escapes that information_schema adds', () => {
  expect(unescapeExpression(String.raw`concat(_utf8mb4\'it\\\'s\',_utf8mb4\'\\n\')`)).toBe(
    String.raw`concat(_utf8mb4'it\'s',_utf8mb4'\n')`,
  );
});

describe('column defaults', () => {
  const parse = (
    columnDefault: string | null,
    server: typeof mariadb | typeof mysql | typeof mysql57,
    extra = '',
  ) => parseColumnDefault({ dataType: 'varchar', columnDefault, extra }, server);

  test('MariaDB prints SQL', () => {
    expect(parse(null, mariadb)).toBeNull();
    expect(parse('NULL', mariadb)).toBeNull();
    expect(parse("'NULL'", mariadb)).toEqual({ kind: 'literal', value: 'NULL' });
    expect(parse("'it''s'", mariadb)).toEqual({ kind: 'literal', value: "it's" });
    expect(parse('-1.50', mariadb)).toEqual({ kind: 'literal', value: '-1.50' });
    expect(parse('uuid()', mariadb)).toEqual({ kind: 'expression', sql: 'uuid()' });
    expect(parse("concat('a','b')", mariadb)).toEqual({ kind: 'expression', sql: "concat('a','b')" });
  });

  test('MySQL prints the bare value and marks expressions', () => {
    expect(parse("it's", mysql)).toEqual({ kind: 'literal', value: "it's" });
    expect(parse('NULL', mysql)).toEqual({ kind: 'literal', value: 'NULL' });
    expect(parse(String.raw`concat(_utf8mb4\'a\')`, mysql, 'DEFAULT_GENERATED')).toEqual({
      kind: 'expression',
      sql: "concat(_utf8mb4'a')",
    });
    expect(parse('CURRENT_TIMESTAMP', mysql)).toEqual({ kind: 'literal', value: 'CURRENT_TIMESTAMP' });
  });

  test('the current time is spelled in one way', () => {
    const at = (columnDefault: string, server: typeof mariadb | typeof mysql57) =>
      parseColumnDefault({ dataType: 'datetime', columnDefault, extra: '' }, server);
    expect(at('current_timestamp()', mariadb)).toEqual({ kind: 'expression', sql: 'CURRENT_TIMESTAMP' });
    expect(at('current_timestamp(6)', mariadb)).toEqual({ kind: 'expression', sql: 'CURRENT_TIMESTAMP(6)' });
    expect(at('CURRENT_TIMESTAMP(3)', mysql57)).toEqual({ kind: 'expression', sql: 'CURRENT_TIMESTAMP(3)' });
  });

  test('the default of a BIT is its digits', () => {
    expect(parseColumnDefault({ dataType: 'bit', columnDefault: "b'101'", extra: '' }, mysql)).toEqual({
      kind: 'literal',
      value: '101',
    });
  });
});

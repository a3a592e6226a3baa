import { describe, expect, test } from 'vitest';
import { ValueRefused } from '../../src/core/reject-reasons.ts';
import type { ValuePolicies } from '../../src/mapping/types/codec.ts';
import { codecFor, valueWriter } from '../../src/mapping/types/index.ts';
import type { SourceColumn } from '../../src/mysql/catalog-model.ts';
import { encodeHex, encodeInto, toHex } from '../support/encoded.ts';
import { sourceColumn } from '../support/source-column.ts';

const POLICIES: ValuePolicies = { zeroDate: 'reject', nul: 'reject', tinyint1: 'smallint' };

function result(
  source: string | SourceColumn,
  target: string,
  value: Buffer | string,
  policies: Partial<ValuePolicies> = {},
): string {
  const column = typeof source === 'string' ? sourceColumn(source) : source;
  return encodeHex(codecFor(column, target, { ...POLICIES, ...policies }), value);
}

function transformed(target: string, value: string | null): string {
  const writer = valueWriter(target);
  return toHex(encodeInto(writer.maxBytes(value?.length ?? 0), (dst, at) => writer.write(value, dst, at)));
}

describe('a value that the target cannot hold exactly is refused with its reason', () => {
  test.each([
    ['int', 'integer', '2147483648', 'out_of_range'],
    ['int', 'integer', '-2147483649', 'out_of_range'],
    ['int', 'integer', '1'.repeat(400), 'out_of_range'],
    ['int', 'integer', '', 'malformed'],
    ['int', 'integer', '-', 'malformed'],
    ['int', 'integer', '1.5', 'malformed'],
    ['bigint', 'bigint', '9223372036854775808', 'out_of_range'],
    ['bigint', 'bigint', '-9223372036854775809', 'out_of_range'],
    ['bigint', 'bigint', '99999999999999999999', 'out_of_range'],
    ['bigint', 'bigint', '1234567890123456x', 'malformed'],
    ['tinyint', 'boolean', '2', 'not_boolean'],
    ['decimal', 'numeric', '', 'malformed'],
    ['decimal', 'numeric', '.', 'malformed'],
    ['decimal', 'numeric', '1.2.3', 'malformed'],
    ['decimal', 'numeric', '1e5', 'malformed'],
    ['decimal', 'numeric(5,2)', '1000.00', 'out_of_range'],
    ['decimal', 'numeric(5,2)', '1.001', 'out_of_range'],
    ['double', 'numeric', '1e99999999', 'out_of_range'],
    ['double', 'double precision', '1e309', 'out_of_range'],
    ['double', 'double precision', 'Infinity', 'malformed'],
    ['double', 'double precision', '0x10', 'malformed'],
    ['double', 'double precision', ' 1', 'malformed'],
    ['double', 'double precision', '', 'malformed'],
    ['double', 'double precision', '.', 'malformed'],
    ['double', 'double precision', '1-2', 'malformed'],
    ['float', 'real', '3.5e38', 'out_of_range'],
    ['float', 'real', '1e-60', 'out_of_range'],
    ['date', 'date', '0000-00-00', 'zero_date'],
    ['date', 'date', '2024-00-31', 'zero_date'],
    ['date', 'date', '0000-06-15', 'zero_date'],
    ['date', 'date', '2023-02-29', 'invalid_date'],
    ['date', 'date', '2024-13-01', 'invalid_date'],
    ['date', 'date', '2024/01/01', 'malformed'],
    ['date', 'date', '2024-01-01 00:00:00', 'malformed'],
    ['datetime', 'timestamp', '2024-01-01 24:00:00', 'malformed'],
    ['datetime', 'timestamp', '2024-01-01 00:60:00', 'malformed'],
    ['datetime', 'timestamp', '2024-01-01 00:00:00.', 'malformed'],
    ['datetime', 'timestamp', '2024-01-01 00:00:00.1234567', 'malformed'],
    ['time', 'interval', '1:00:00', 'malformed'],
    ['time', 'interval', '0000:00:00', 'malformed'],
    ['uuid', 'uuid', '123e4567-e89b-12d3-a456-42661417400g', 'malformed'],
    ['uuid', 'uuid', '123e4567-e89b-12d3-a456+426614174000', 'malformed'],
    ['inet6', 'inet', ':::', 'malformed'],
    ['inet6', 'inet', '1::2::3', 'malformed'],
    ['inet6', 'inet', '1:2:3:4:5:6:7:8:9', 'malformed'],
    ['inet6', 'inet', '1:2:3:4:5:6:7:8::', 'malformed'],
    ['inet6', 'inet', '12345::', 'malformed'],
    ['inet6', 'inet', '1:', 'malformed'],
    ['inet4', 'inet', '1.2.3', 'malformed'],
    ['inet4', 'inet', '1.2.3.256', 'malformed'],
    ['inet4', 'inet', '1.2.3.4.', 'malformed'],
    ['geometry', 'bytea', '\0\0\0\0', 'malformed'],
    ['vector', 'real[]', 'abc', 'malformed'],
  ])('%s to %s: %j is %s', (source, target, value, reason) => {
    expect(result(source, target, value)).toBe(`<${reason}>`);
  });

  test('a time with more digits than its target keeps', () => {
    const micros = { fractionalDigits: 6 };
    const dateTime = sourceColumn('datetime', micros);
    expect(result(dateTime, 'timestamp(3)', '2024-01-01 00:00:00.123400')).toBe('<out_of_range>');
    expect(result(dateTime, 'timestamp(3)', '2024-01-01 00:00:00.123000')).toMatch(/^[0-9a-f]{16}$/);
    expect(result(sourceColumn('time', micros), 'interval(0)', '00:00:00.100000')).toBe('<out_of_range>');
    expect(result(sourceColumn('time', micros), 'time(0)', '00:00:00.100000')).toBe('<out_of_range>');
  });

  test('[invariant 9] and the refusal says the reason only', () => {
    const codec = codecFor(sourceColumn('int'), 'integer', POLICIES);
    try {
      codec.write(Buffer.from('canary'), 0, 6, Buffer.alloc(8), 0);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(ValueRefused);
      expect(`${(error as Error).message} ${(error as Error).stack}`).not.toContain('canary');
    }
  });
});

describe('a dirty value is treated as its policy says', () => {
  test('a zero or partial date becomes NULL', () => {
    expect(result('date', 'date', '0000-00-00', { zeroDate: 'null' })).toBe('null');
    expect(result('datetime', 'timestamp', '2024-01-00 10:00:00.5', { zeroDate: 'null' })).toBe('null');
    expect(result('date', 'date', '2023-02-29', { zeroDate: 'null' })).toBe('<invalid_date>');
  });

  test.each(['reject', 'strip'] as const)('with NUL_POLICY=%s', (nul) => {
    const codec = codecFor(sourceColumn('text'), 'text', { ...POLICIES, nul });
    const check = (value: Buffer) => () => codec.validate?.(value, 0, value.length);
    if (nul === 'reject') expect(check(Buffer.from('a\0b'))).toThrow('nul_byte');
    else expect(encodeHex(codec, `\0${'a\0b'.repeat(40)}`)).toBe('6162'.repeat(40));
    expect(check(Buffer.from('é'))).not.toThrow();
    expect(check(Buffer.from([0xed, 0xa0, 0x80]))).toThrow('invalid_utf8');
    expect(check(Buffer.from([0xc3]))).toThrow('invalid_utf8');
  });

  test('the length of text is counted in characters, after a NUL was stripped', () => {
    const column = sourceColumn('varchar', { length: 10 });
    expect(result(column, 'varchar(3)', 'é€😀')).toBe(Buffer.from('é€😀').toString('hex'));
    expect(result(column, 'varchar(3)', 'é€😀x')).toBe('<too_long>');
    expect(result(column, 'varchar(3)', 'abc ')).toBe('<too_long>');
    expect(result(column, 'varchar(3)', 'a\0b\0c', { nul: 'strip' })).toBe('616263');
  });

  test('the error value of an ENUM is refused, and the member that looks like it is not', () => {
    expect(result(sourceColumn('enum', { members: ['a'] }), 'text', '')).toBe('<enum_error_value>');
    expect(result(sourceColumn('enum', { members: ['a', ''] }), 'text', '')).toBe('');
  });

  test('JSON that jsonb cannot hold is found by its validation', () => {
    const codec = codecFor(sourceColumn('json', { json: true }), 'jsonb', POLICIES);
    const check = (json: string) => () => codec.validate?.(Buffer.from(json), 0, Buffer.byteLength(json));
    for (const json of [
      '"\\u0000"',
      '"\\ud83d"',
      '"\\ude00"',
      '"\\ud83d\\u0041"',
      '"\\\\\\u0000"',
      '1.',
      '',
    ]) {
      expect(check(json), json).toThrow('invalid_json');
    }
    for (const json of ['"\\\\u0000"', '"\\ud83d\\ude00"', '{"a":[1e3]}'])
      expect(check(json), json).not.toThrow();
    expect(check('"a\0"')).toThrow('nul_byte');
  });
});

describe('types whose servers are not in the tests arrive in their binary form', () => {
  test('pgvector: dimensions, two zero bytes, big-endian floats', () => {
    const floats = Buffer.from('0000803f000020c0', 'hex');
    expect(result('vector', 'vector(2)', floats)).toBe('000200003f800000c0200000');
    expect(result('vector', 'vector(1)', Buffer.from('0000807f', 'hex'))).toBe('<out_of_range>');
    expect(transformed('vector(2)', '[1, -2.5]')).toBe('000200003f800000c0200000');
  });

  test('PostGIS: EWKB with the SRID in the byte order of the geometry', () => {
    const point = '000000000000f03f0000000000000040';
    const srid = 'e6100000';
    expect(result('point', 'geometry', Buffer.from(`000000000101000000${point}`, 'hex'))).toBe(
      `0101000000${point}`,
    );
    expect(result('point', 'geometry', Buffer.from(`${srid}0101000000${point}`, 'hex'))).toBe(
      `0101000020${srid}${point}`,
    );
    expect(result('point', 'geometry', Buffer.from(`${srid}0000000001${point}`, 'hex'))).toBe(
      `0020000001000010e6${point}`,
    );
  });
});

describe('a transformed value', () => {
  test('is NULL for null, whatever the type', () => {
    for (const target of ['integer', 'text', 'text[]', 'uuid', 'timestamptz']) {
      expect(transformed(target, null)).toBe('null');
    }
  });

  test.each([
    ['text', 'a\0b', 'nul_byte'],
    ['varchar(2)', 'abc', 'too_long'],
    ['varchar(2)[]', '{ab,abc}', 'too_long'],
    ['boolean', 'maybe', 'not_boolean'],
    ['timestamptz', '2024-01-01 00:00:00 Europe/Berlin', 'malformed'],
    ['timestamptz', '2024-01-01 00:00:00+16', 'malformed'],
    ['timestamp', '2024-01-01 00:00:00Z', 'malformed'],
    ['timestamptz', '0000-00-00 00:00:00', 'zero_date'],
    ['bytea', 'abcd', 'malformed'],
    ['bytea', '\\xabc', 'malformed'],
    ['bit(3)', '1010', 'malformed'],
    ['bit varying(3)', '1010', 'too_long'],
    ['text[]', '{a', 'malformed'],
    ['text[]', '{a,,b}', 'malformed'],
    ['text[]', '{{a},{b}}', 'malformed'],
    ['text[]', '{a"b"}', 'malformed'],
    ['integer', '１', 'malformed'],
    ['integer', 'İ', 'malformed'],
  ])('of %s: %j is refused as %s', (target, value, reason) => {
    expect(transformed(target, value)).toBe(`<${reason}>`);
  });

  test('may be large', () => {
    const text = 'é'.repeat(100_000);
    expect(transformed('text', text)).toBe(Buffer.from(text).toString('hex'));
  });
});

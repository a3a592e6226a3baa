import { describe, expect, test } from 'vitest';
import { TransfuseError } from '../../src/core/errors.ts';
import { codecFor, selectExpression, valueWriter } from '../../src/mapping/types/index.ts';
import { sourceColumn } from '../support/source-column.ts';

const POLICIES = { zeroDate: 'null', nul: 'reject', tinyint1: 'smallint' } as const;

function refusal(act: () => unknown): TransfuseError {
  try {
    act();
  } catch (error) {
    if (error instanceof TransfuseError) return error;
    throw error;
  }
  throw new Error('Nothing was thrown');
}

describe('a pair without a conversion is refused before a row is read', () => {
  test.each([
    ['a type that does not exist', 'hologram', 'text'],
    ['a name from the prototype of objects', 'constructor', 'text'],
    ['an integer as a date', 'int', 'date'],
    ['a large integer as a float that cannot hold it', 'bigint', 'double precision'],
    ['a DOUBLE as a real', 'double', 'real'],
    ['a wall-clock time as an instant', 'datetime', 'timestamp with time zone'],
    ['an instant as a wall-clock time', 'timestamp', 'timestamp without time zone'],
    ['bytes as text', 'blob', 'text'],
    ['an integer as an array', 'int', 'integer[]'],
    ['a SET as an array of integers', 'set', 'integer[]'],
    ['a VECTOR as one float', 'vector', 'real'],
    ['text as an integer', 'varchar', 'integer'],
  ])('%s', (_, dataType, targetType) => {
    const error = refusal(() => codecFor(sourceColumn(dataType), targetType, POLICIES));
    expect(error.code).toBe('SOURCE_TYPE_UNKNOWN');
    expect(error.where).toEqual({ column: 'c', sourceType: dataType, targetType });
  });

  test('bits into a different number of bits', () => {
    const bits = sourceColumn('bit', { length: 9 });
    expect(refusal(() => codecFor(bits, 'bit(8)', POLICIES)).code).toBe('SOURCE_TYPE_UNKNOWN');
    expect(refusal(() => codecFor(bits, 'bit', POLICIES)).code).toBe('SOURCE_TYPE_UNKNOWN');
    expect(refusal(() => codecFor(bits, 'bit varying(8)', POLICIES)).code).toBe('SOURCE_TYPE_UNKNOWN');
  });

  test('a transformed value for a type outside the map', () => {
    expect(refusal(() => valueWriter('circle')).where).toEqual({ targetType: 'circle' });
    expect(refusal(() => valueWriter('integer[]')).code).toBe('SOURCE_TYPE_UNKNOWN');
  });
});

describe('a target type is understood in every spelling', () => {
  test.each([
    ['int', 'int4', 'integer'],
    ['varchar', 'varchar(5)', 'character varying(5)'],
    ['datetime', 'timestamp(3)', 'timestamp(3) without time zone'],
    ['timestamp', 'timestamptz(3)', 'timestamp(3) with time zone'],
    ['geometry', 'geometry', 'public.geometry(Point,4326)'],
    ['decimal', 'decimal(10,2)', 'numeric(10,2)'],
  ])('for %s: %s and %s', (dataType, short, long) => {
    const column = sourceColumn(dataType);
    expect(codecFor(column, short, POLICIES).maxBytes(100)).toBe(
      codecFor(column, long, POLICIES).maxBytes(100),
    );
  });
});

describe('text is copied inline only where every value fits', () => {
  const varchar = sourceColumn('varchar', { length: 20 });

  test('verbatim into a type as wide or wider', () => {
    for (const target of ['text', 'character varying', 'character varying(20)']) {
      expect(codecFor(varchar, target, POLICIES).verbatim).toEqual({ prefix: [] });
    }
  });

  test('looked at where it may be too long, must lose its NUL, or may be the error value', () => {
    expect(codecFor(varchar, 'character varying(19)', POLICIES).verbatim).toBeUndefined();
    expect(codecFor(varchar, 'text', { ...POLICIES, nul: 'strip' }).verbatim).toBeUndefined();
    expect(codecFor(sourceColumn('enum', { members: ['a'] }), 'text', POLICIES).verbatim).toBeUndefined();
  });

  test('JSON with the version byte before it', () => {
    expect(codecFor(sourceColumn('json', { json: true }), 'jsonb', POLICIES).verbatim).toEqual({
      prefix: [1],
    });
  });
});

describe('the columns whose text the server rounds are selected as products', () => {
  test.each([
    ['float', null, '`c` * 1e0'],
    ['float', 4, '`c` * 1e0'],
    ['double', 2, '`c` * 1e0'],
    ['double', null, '`c`'],
    ['decimal', 2, '`c`'],
    ['int', null, '`c`'],
  ])('%s with scale %s: %s', (dataType, scale, expression) => {
    expect(selectExpression(sourceColumn(dataType, { scale }), '`c`')).toBe(expression);
  });
});

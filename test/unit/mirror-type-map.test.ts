import { describe, expect, it } from 'vitest';
import { codecFor } from '../../src/mapping/types/index.ts';
import { mirrorProfile } from '../../src/profiles/mirror/mirror-profile.ts';
import { targetTypeOf } from '../../src/profiles/mirror/type-map.ts';
import {
  mirrorOptions,
  sourceCatalog,
  sourceColumn,
  sourceForeignKey,
  sourceIndex,
  sourceTable,
} from '../support/source-catalog.ts';

const types: [source: string, target: string][] = [
  ['tinyint(4)', 'smallint'],
  ['tinyint(1)', 'smallint'],
  ['tinyint(3) unsigned', 'smallint'],
  ['smallint(6)', 'smallint'],
  ['smallint(5) unsigned', 'integer'],
  ['mediumint(9)', 'integer'],
  ['mediumint(8) unsigned', 'integer'],
  ['int', 'integer'],
  ['int(10) unsigned zerofill', 'bigint'],
  ['bigint(20)', 'bigint'],
  ['bigint(20) unsigned', 'numeric(20,0)'],
  ['year(4)', 'smallint'],
  ['decimal(10,2)', 'numeric(10,2)'],
  ['decimal(65,30) unsigned', 'numeric(65,30)'],
  ['float', 'real'],
  ['double', 'double precision'],
  ['bit(1)', 'bit(1)'],
  ['bit(64)', 'bit(64)'],
  ['char(10)', 'character varying(10)'],
  ['char(0)', 'character varying(1)'],
  ['varchar(255)', 'character varying(255)'],
  ['tinytext', 'text'],
  ['text', 'text'],
  ['mediumtext', 'text'],
  ['longtext', 'text'],
  ["enum('a','b')", 'text'],
  ["set('a','b')", 'text[]'],
  ['binary(16)', 'bytea'],
  ['varbinary(255)', 'bytea'],
  ['longblob', 'bytea'],
  ['json', 'jsonb'],
  ['date', 'date'],
  ['datetime', 'timestamp(0) without time zone'],
  ['datetime(6)', 'timestamp(6) without time zone'],
  ['timestamp(3)', 'timestamp(3) with time zone'],
  ['time(3)', 'interval'],
  ['inet4', 'inet'],
  ['inet6', 'inet'],
  ['uuid', 'uuid'],
  ['point', 'bytea'],
  ['geomcollection', 'bytea'],
  ['vector(3)', 'real[]'],
];

describe('the type map', () => {
  it.each(types)('takes %s to %s, for which there is a codec', (source, target) => {
    const options = mirrorOptions();
    const column = sourceColumn('c', source);
    expect(targetTypeOf(column, options)).toBe(target);
    expect(codecFor(column, target, options.policies)).toBeDefined();
  });

  it('takes MariaDB’s JSON, a LONGTEXT with a check, to jsonb', () => {
    expect(targetTypeOf(sourceColumn('c', 'longtext', { json: true }), mirrorOptions())).toBe('jsonb');
  });

  it('takes TINYINT(1) to boolean on request, but not one that counts', () => {
    const options = mirrorOptions({ policies: { zeroDate: 'null', nul: 'reject', tinyint1: 'boolean' } });
    expect(targetTypeOf(sourceColumn('c', 'tinyint(1)'), options)).toBe('boolean');
    expect(targetTypeOf(sourceColumn('c', 'tinyint(4)'), options)).toBe('smallint');
    expect(targetTypeOf(sourceColumn('c', 'tinyint(1)', { autoIncrement: true }), options)).toBe('smallint');
  });

  it('uses the types of PostGIS and pgvector where they are installed', () => {
    const options = mirrorOptions({ extensions: { postgis: true, pgvector: true } });
    expect(targetTypeOf(sourceColumn('c', 'multipolygon'), options)).toBe('geometry');
    expect(targetTypeOf(sourceColumn('c', 'vector(16000)'), options)).toBe('vector(16000)');
    expect(targetTypeOf(sourceColumn('c', 'vector(16001)'), options)).toBe('real[]');
  });

  it('names every column of an unknown type at once', () => {
    const catalog = sourceCatalog([
      sourceTable('a', [sourceColumn('x', 'xmltype'), sourceColumn('y', 'int')]),
      sourceTable('b', [sourceColumn('z', 'row')]),
    ]);
    expect(() => mirrorProfile.mappings(catalog, mirrorOptions())).toThrow(
      expect.objectContaining({
        code: 'SOURCE_TYPE_UNKNOWN',
        message: 'No mapping is known for the types of: a.x (xmltype), b.z (row).',
      }),
    );
  });
});

describe('the mirror profile', () => {
  it('maps each column to itself, keys as identifiers and the rest as clinical', () => {
    const table = sourceTable(
      'Visit',
      [
        sourceColumn('ID', 'int(11)', { nullable: false }),
        sourceColumn('patient', 'int(11)'),
        sourceColumn('day', 'date', { nullable: false }),
      ],
      {
        indexes: [sourceIndex('PRIMARY', ['ID'])],
        foreignKeys: [sourceForeignKey('fk', ['patient'], 'patient', ['id'])],
      },
    );
    const [mapping] = mirrorProfile.mappings(sourceCatalog([table]), mirrorOptions());
    expect(mapping).toMatchObject({
      shape: 'row',
      id: 'Visit',
      service: 'patient',
      source: { table: 'Visit' },
      target: { schema: 'public', table: 'visit' },
    });
    expect(mapping!.columns).toEqual([
      {
        target: { name: 'id', type: 'integer', nullable: false },
        value: { kind: 'column', column: 'ID' },
        phi: 'identifier',
      },
      {
        target: { name: 'patient', type: 'integer', nullable: true },
        value: { kind: 'column', column: 'patient' },
        phi: 'identifier',
      },
      {
        target: { name: 'day', type: 'date', nullable: true },
        value: { kind: 'column', column: 'day' },
        phi: 'clinical',
      },
    ]);
  });

  it('keeps NOT NULL on dates in the primary key, and everywhere where zero dates are rejected', () => {
    const date = sourceColumn('day', 'date', { nullable: false });
    const nullableOf = (zeroDate: 'null' | 'reject', indexes = [sourceIndex('i', ['day'])]) =>
      mirrorProfile.mappings(
        sourceCatalog([sourceTable('t', [date], { indexes })]),
        mirrorOptions({ policies: { zeroDate, nul: 'reject', tinyint1: 'smallint' } }),
      )[0]!.columns[0]!.target.nullable;
    expect(nullableOf('null')).toBe(true);
    expect(nullableOf('null', [sourceIndex('PRIMARY', ['day'])])).toBe(false);
    expect(nullableOf('reject')).toBe(false);
  });
});

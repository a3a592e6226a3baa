import { describe, expect, it } from 'vitest';
import { translateDefault } from '../../src/profiles/mirror/ddl/defaults.ts';
import { mirrorSchema } from '../../src/profiles/mirror/ddl/mirror-schema.ts';
import { targetTypeOf } from '../../src/profiles/mirror/type-map.ts';
import type { SourceDefault, SourceTable } from '../../src/mysql/catalog-model.ts';
import { nastySource } from '../support/nasty-source.ts';
import {
  mirrorOptions,
  sourceCatalog,
  sourceColumn,
  sourceForeignKey,
  sourceIndex,
  sourceTable,
} from '../support/source-catalog.ts';

function defaultOf(type: string, given: SourceDefault, zone: string | null = null) {
  const source = sourceColumn('c', type, { default: given });
  const column = {
    source,
    name: 'c',
    type: targetTypeOf(source, mirrorOptions()),
    nullable: true,
    inPrimaryKey: false,
    inForeignKey: false,
  };
  return translateDefault(column, zone);
}

describe('a default', () => {
  it.each([
    ['int', '007', '7'],
    ['int', '+5', '5'],
    ['decimal(10,2)', '-.5', '-0.5'],
    ['decimal(10,2)', '0', '0'],
    ['double', '1.5e-3', '1.5e-3'],
    ['varchar(10)', '', "''"],
    ['varchar(10)', 'NULL', "'NULL'"],
    ['varchar(30)', 'current_timestamp()', "'current_timestamp()'"],
    ['text', "a'b\\c", "E'a''b\\\\c'"],
    ['bit(4)', '101', "B'0101'"],
    ['bit(4)', "b'11'", "B'0011'"],
    ["set('a','b')", '', "'{}'::text[]"],
    ['binary(3)', '0x01', "E'\\\\x010000'::bytea"],
    ['date', '2024-02-29', "'2024-02-29'::date"],
    ['datetime(3)', '2020-01-01 10:00:00.120', "'2020-01-01 10:00:00.12'::timestamp without time zone"],
    ['timestamp', '2020-01-01 00:00:00', "'2020-01-01 00:00:00+00'::timestamp with time zone"],
    ['time', '838:59:59', "'838:59:59'::interval"],
    ['time', '00:00:00', "'00:00:00'::interval"],
  ])('of %s, %s, is %s', (type, value, sql) => {
    expect(defaultOf(type, { kind: 'literal', value })).toEqual({ sql, dropped: null });
  });

  it.each([
    ['datetime', 'CURRENT_TIMESTAMP', null, 'LOCALTIMESTAMP'],
    ['datetime(6)', 'current_timestamp(6)', 'Asia/Tokyo', "(CURRENT_TIMESTAMP AT TIME ZONE 'Asia/Tokyo')"],
    ['timestamp', 'CURRENT_TIMESTAMP', 'Asia/Tokyo', 'CURRENT_TIMESTAMP'],
    ['timestamp', 'now()', null, 'CURRENT_TIMESTAMP'],
    ['date', '(curdate())', null, 'CURRENT_DATE'],
    ['date', 'curdate()', 'Asia/Tokyo', "((CURRENT_TIMESTAMP AT TIME ZONE 'Asia/Tokyo'))::date"],
    ['varchar(36)', 'uuid()', null, '(gen_random_uuid())::text'],
    ['uuid', 'uuid()', null, 'gen_random_uuid()'],
    ['json', 'json_object()', null, "'{}'::jsonb"],
    ['varchar(9)', "_utf8mb4'it''s'", null, "'it''s'"],
    ['int', '(5)', null, '5'],
    ['int', 'NULL', null, null],
  ])('of %s, calculated by %s in the zone %s, is %s', (type, sql, zone, expected) => {
    expect(defaultOf(type, { kind: 'expression', sql }, zone)).toEqual({ sql: expected, dropped: null });
  });

  it.each([
    ['date', { kind: 'literal', value: '0000-00-00' }, 'zero or partial date'],
    ['datetime', { kind: 'literal', value: '2020-00-01 00:00:00' }, 'zero or partial date'],
    ['int', { kind: 'expression', sql: 'rand() * 5' }, 'expression'],
    ['varchar(9)', { kind: 'literal', value: 'a\0b' }, 'U+0000'],
    ['int', { kind: 'literal', value: 'x' }, 'no value of the type integer'],
  ] as const)('of %s, %j, is dropped with its reason', (type, given, reason) => {
    expect(defaultOf(type, given)).toEqual({ sql: null, dropped: expect.stringContaining(reason) });
  });
});

describe('the schema of a mirror', () => {
  const plan = mirrorSchema(nastySource, mirrorOptions());

  it('is the same every time', () => {
    expect(mirrorSchema(nastySource, mirrorOptions())).toEqual(plan);
  });

  it('gives no name to two relations', () => {
    const relations = plan.objects.filter(({ kind }) =>
      /^(table|index|unique|primary-key|sequence)$/.test(kind),
    );
    expect(new Set(relations.map(({ name }) => name)).size).toBe(relations.length);
    expect(relations.every(({ name }) => Buffer.byteLength(name) <= 63)).toBe(true);
  });

  it('brings each thing of the source along, or says in a note why not', () => {
    const noted = new Set(plan.notes.map(({ table, object }) => `${table} ${object}`));
    for (const expected of [
      'Patient column born',
      'Patient column changed',
      'Patient column full',
      'Patient column calculated',
      'Patient column xmin',
      'Patient column place',
      'Patient index name',
      'Patient index where',
      'Patient index hopeless',
      'Patient check ghost',
      'Patient check asleep',
      'Patient foreign key fk_away',
      'Patient foreign key fk_no_key',
      'daily column day',
      'blob_key index PRIMARY',
      'order partitions',
      'null view v',
      'null routine r',
      'null trigger t',
      'null event e',
      'null sequence s',
    ]) {
      expect(noted).toContain(expected);
    }
    expect(noted).not.toContain('Patient check doc');
  });

  const relation = (child: Partial<SourceTable>, parent: Partial<SourceTable>) =>
    mirrorSchema(
      sourceCatalog([
        sourceTable('parent', [sourceColumn('id', 'int', { nullable: false }), sourceColumn('b', 'int')], {
          indexes: [sourceIndex('PRIMARY', ['id']), sourceIndex('both', ['b', 'id'], { unique: true })],
          ...parent,
        }),
        sourceTable('child', [sourceColumn('x', 'int'), sourceColumn('y', 'int')], child),
      ]),
      mirrorOptions(),
    );

  it('takes a foreign key to a unique key whose columns stand in another order', () => {
    const { objects } = relation(
      { foreignKeys: [sourceForeignKey('fk', ['x', 'y'], 'parent', ['id', 'b'])] },
      {},
    );
    expect(objects.at(-1)).toMatchObject({ kind: 'foreign-key', name: 'child_fk_fkey' });
  });

  it('makes NO ACTION of SET DEFAULT, and says so', () => {
    const { objects, notes } = relation(
      { foreignKeys: [sourceForeignKey('fk', ['x'], 'parent', ['id'], { onDelete: 'SET DEFAULT' })] },
      {},
    );
    expect(objects.at(-1)!.sql).not.toContain('ON DELETE');
    expect(notes).toContainEqual(expect.objectContaining({ table: 'child', object: 'foreign key fk' }));
  });

  it('uses PostGIS for spatial indexes where it is installed', () => {
    const table = sourceTable('place', [sourceColumn('at', 'point', { nullable: false })], {
      indexes: [sourceIndex('at', ['at'], { kind: 'spatial' })],
    });
    const { objects } = mirrorSchema(
      sourceCatalog([table]),
      mirrorOptions({ extensions: { postgis: true, pgvector: false } }),
    );
    expect(objects.at(-1)!.sql).toBe('CREATE INDEX "place_at_idx" ON "public"."place" USING gist ("at")');
  });
});

import { describe, expect, test } from 'vitest';
import type { BinlogPosition } from '../../src/core/position.ts';
import type { Load } from '../../src/ledger/loads.ts';
import { makePlan } from '../../src/mapping/plan.ts';
import { mirrorProfile } from '../../src/profiles/mirror/mirror-profile.ts';
import { planSync } from '../../src/sync/plan-sync.ts';
import { RowsDecoder } from '../../src/sync/rows-decoder.ts';
import { LoadStarts } from '../../src/sync/schema/load-starts.ts';
import { profile as ward } from '../support/ward/ward.ts';
import {
  mirrorOptions,
  sourceCatalog,
  sourceColumn,
  sourceForeignKey,
  sourceIndex,
  sourceTable,
} from '../support/source-catalog.ts';

const UUID = '2c256447-3f0d-431b-9a25-bddf1f1f6ef6';
const at = (offset: number, gtidSet: string | null = null): BinlogPosition => ({
  file: 'binlog.000002',
  offset: String(offset),
  gtidSet,
  serverUuid: UUID,
  recordedAt: '2026-01-01T00:00:00.000Z',
});
const load = (sourceTable: string, startPosition: BinlogPosition | null): Load => ({
  mapping: sourceTable,
  sourceTable,
  targetTable: `public.${sourceTable}`,
  state: 'complete',
  fingerprint: '',
  startPosition,
  endPosition: null,
  copyOf: null,
});
const transaction = (offset: number, gtid: string | null = null, file = 'binlog.000002') => ({
  gtid,
  start: { file, offset },
});

describe('[invariant 2] of a table that was loaded later', () => {
  test('exactly the transactions are passed over that its rows hold, by GTID where there are', () => {
    const starts = new LoadStarts([load('t', at(900, `${UUID}:1-7:9`))], at(100, `${UUID}:1-3`));
    // The eighth was in the binlog, and not visible yet, when the rows were read.
    const held = [4, 7, 8, 9, 10].map((n) => starts.hold('t', transaction(n * 100, `${UUID}:${n}`)));
    expect(held).toEqual([true, true, false, true, false]);
    expect(starts.hold('other', transaction(400, `${UUID}:4`))).toBe(false);
  });

  test('or by the place in the binlog, across its files', () => {
    const starts = new LoadStarts([load('t', at(500))], at(100));
    expect([499, 500, 501].map((offset) => starts.hold('t', transaction(offset)))).toEqual([
      true,
      false,
      false,
    ]);
    expect(starts.hold('t', transaction(9000, null, 'binlog.000001'))).toBe(true);
    expect(starts.hold('t', transaction(4, null, 'binlog.000003'))).toBe(false);
    expect(() => starts.hold('t', transaction(4, null, 'other.000002'))).toThrow(/cannot be compared/);
  });

  test('nothing is passed over once its start is behind, nor where another mapping needs it', () => {
    expect(new LoadStarts([load('t', at(500))], at(500)).hold('t', transaction(499))).toBe(false);
    const both = [load('t', at(500)), { ...load('t', null), mapping: 'second' }];
    expect(new LoadStarts(both, at(100)).hold('t', transaction(200))).toBe(false);
  });
});

const PARENT = sourceTable('parent', [sourceColumn('id', 'int', { nullable: false })], {
  indexes: [sourceIndex('PRIMARY', ['id'])],
});
const CHILD = sourceTable(
  'child',
  [sourceColumn('id', 'int', { nullable: false }), sourceColumn('parent_id', 'int')],
  {
    indexes: [sourceIndex('PRIMARY', ['id'])],
    foreignKeys: [sourceForeignKey('f', ['parent_id'], 'parent', ['id'], { onDelete: 'CASCADE' })],
  },
);
const SERVER = { flavor: 'mariadb', version: '10.11.0', versionNumber: 101_100 } as const;
const PLAN = planSync(makePlan(mirrorProfile, sourceCatalog([PARENT, CHILD]), mirrorOptions()), SERVER);

test('cascades are left out into a child that holds them, and a parent is not loaded again without its child [invariant 2]', () => {
  const child = new LoadStarts([load('child', at(500)), load('parent', null)], at(100));
  child.checkCascades(PLAN);
  const index = PLAN.mappings.findIndex(({ planned }) => planned.table.name === 'child');
  expect(child.withoutCascades(PLAN, transaction(200))).toEqual(new Set([index]));
  expect(child.withoutCascades(PLAN, transaction(500))).toBeNull();
  const startsOf = (parent: number, of: number) =>
    new LoadStarts([load('parent', at(parent)), load('child', at(of))], at(100));
  expect(() => startsOf(500, 400).checkCascades(PLAN)).toThrow(/parent was loaded again, and child was not/);
  startsOf(500, 500).checkCascades(PLAN);
});

test('a table is not loaded again without those whose rows are selected by it [invariant 2]', () => {
  const whole = (name: string) => sourceColumn(name, 'int(11)', { nullable: false });
  const text = (name: string) => sourceColumn(name, 'varchar(30)');
  const tables = [
    sourceTable('wards', [whole('id'), text('name')]),
    sourceTable('people', [whole('id'), text('name'), whole('ward'), whole('hidden')]),
    sourceTable('notes', [whole('id'), whole('person'), text('note')]),
  ].map((table) => ({ ...table, indexes: [sourceIndex('PRIMARY', ['id'])] }));
  const plan = planSync(makePlan(ward, sourceCatalog(tables), mirrorOptions()), SERVER);
  const startsOf = (wards: BinlogPosition | null, people: BinlogPosition | null) =>
    new LoadStarts([load('wards', wards), load('people', people)], at(100));
  expect(() => startsOf(at(500), null).checkWatches(plan)).toThrow(
    /wards was loaded again, and people was not, whose rows are selected by it/,
  );
  startsOf(at(500), at(500)).checkWatches(plan);
  startsOf(null, at(500)).checkWatches(plan);
});

test('a statement may write names in any case where the source takes them so, and only there [invariant 6]', () => {
  const decoder = (foldsNames: boolean): RowsDecoder =>
    new RowsDecoder({
      database: 'clinic',
      mappings: PLAN.mappings,
      watches: [],
      foldsNames,
      charsetOf: () => null as never,
    });
  expect(decoder(true).nameOf('Clinic', 'PARENT')).toBe('parent');
  expect(decoder(true).isDatabase('CLINIC')).toBe(true);
  expect(decoder(false).nameOf('clinic', 'PARENT')).toBeNull();
  expect(decoder(false).nameOf('clinic', 'parent')).toBe('parent');
});

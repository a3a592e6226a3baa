import { describe, expect, it } from 'vitest';
import { makePlan } from '../../src/mapping/plan.ts';
import { mirrorProfile } from '../../src/profiles/mirror/mirror-profile.ts';
import { netEffect } from '../../src/sync/apply/net-effect.ts';
import { middleOf, planSegments } from '../../src/sync/apply/segments.ts';
import { parentsFirst } from '../../src/sync/apply/target-facts.ts';
import { ChangeBatch } from '../../src/sync/change-batch.ts';
import { logsCascades } from '../../src/mysql/cascades.ts';
import { planSync } from '../../src/sync/plan-sync.ts';
import { BufferPool } from '../../streams/buffer-pool.ts';
import {
  mirrorOptions,
  sourceCatalog,
  sourceColumn,
  sourceIndex,
  sourceTable,
} from '../support/source-catalog.ts';
import { rowPayload } from '../support/text-protocol.ts';

const MARIADB = { flavor: 'mariadb', version: '', versionNumber: 101_100 } as const;
const source = sourceCatalog(
  ['a', 'b'].map((name) =>
    sourceTable(name, [sourceColumn('id', 'int(11)', { nullable: false })], {
      indexes: [sourceIndex('PRIMARY', ['id'])],
    }),
  ),
);
const { mappings } = planSync(makePlan(mirrorProfile, source, mirrorOptions()), MARIADB);
const [a, b] = mappings as [(typeof mappings)[0], (typeof mappings)[0]];

function image(id: string) {
  const buffer = rowPayload([Buffer.from(id)]);
  return { buffer, start: 0, end: buffer.length };
}

function batchOf(fill: (batch: ChangeBatch) => void): ChangeBatch {
  const batch = new ChangeBatch(mappings, new BufferPool(256, 2));
  fill(batch);
  return batch;
}

const NO_RULES = { movesAlone: () => false, cascadeReach: () => null };
const shape = (batch: ChangeBatch, rules: Parameters<typeof planSegments>[1]) =>
  planSegments(batch, rules, 0, batch.log.length).map(({ kind, from, to }) => [kind, from, to]);

describe('segments', () => {
  it('are one where only the last version of each row counts', () => {
    const batch = batchOf((changes) => {
      changes.upsert(a, null, image('1'));
      changes.upsert(a, image('1'), image('2'));
      changes.delete(b, image('1'));
    });
    expect(shape(batch, NO_RULES)).toEqual([['net', 0, 4]]);
  });

  it('end at a truncate, at a moved row that others refer to, and before what a cascade may have taken', () => {
    const batch = batchOf((changes) => {
      changes.upsert(b, null, image('1'));
      changes.truncate(b);
      changes.upsert(a, image('1'), image('2'));
      changes.delete(a, image('3'));
      changes.delete(a, image('4'));
      changes.upsert(b, null, image('5'));
    });
    const rules = {
      movesAlone: (mapping: number) => mapping === 0,
      cascadeReach: (mapping: number) => (mapping === 0 ? new Set([0, 1]) : null),
    };
    expect(shape(batch, rules)).toEqual([
      ['net', 0, 1],
      ['truncate', 1, 2],
      ['move', 2, 4],
      ['net', 4, 6],
      ['net', 6, 7],
    ]);
  });
});

it('the net effect has each key once, of each mapping by itself', () => {
  const batch = batchOf((changes) => {
    changes.upsert(a, null, image('1'));
    changes.upsert(b, null, image('1'));
    changes.upsert(a, image('1'), image('2'));
    changes.delete(b, image('1'));
    changes.upsert(a, null, image('1'));
  });
  const effects = netEffect(batch, 0, batch.log.length);
  expect(effects.get(0)).toEqual({ upserts: [3, 5], deletes: [] });
  expect(effects.get(1)).toEqual({ upserts: [], deletes: [4] });
});

it('a range is never cut between the old and the new key of a row, and always comes down to single changes', () => {
  const batch = batchOf((changes) => {
    for (let i = 0; i < 5; i++) changes.upsert(a, image(`${i}`), image(`${i + 100}`));
    changes.delete(a, image('7'));
  });
  const leaves: number[][] = [];
  const divide = (from: number, to: number): void => {
    const middle = middleOf(batch, from, to);
    if (middle >= to) return void leaves.push([from, to]);
    divide(from, middle);
    divide(middle, to);
  };
  divide(0, batch.log.length);
  expect(leaves).toEqual([
    [0, 2],
    [2, 4],
    [4, 6],
    [6, 8],
    [8, 10],
    [10, 11],
  ]);
});

it('parents come before their children, and a circle stops nothing', () => {
  expect(parentsFirst([[1], [2], []])).toEqual([2, 1, 0]);
  expect(parentsFirst([[1], [0], [0]]).toSorted((x, y) => x - y)).toEqual([0, 1, 2]);
});

it('a batch knows what it holds, and gives its memory back', () => {
  const pool = new BufferPool(256, 2);
  const batch = new ChangeBatch(mappings, pool);
  for (let i = 0; i < 100; i++) batch.upsert(a, null, image(`${i}`));
  expect(batch.bytes).toBeGreaterThanOrEqual(100 * 10);
  batch.clear();
  expect(batch.isEmpty).toBe(true);
  expect(batch.bytes).toBe(0);
});

it('MySQL writes down what foreign keys do from 9.6 on, MariaDB never', () => {
  expect(logsCascades({ flavor: 'mysql', version: '', versionNumber: 90_600 })).toBe(true);
  expect(logsCascades({ flavor: 'mysql', version: '', versionNumber: 80_400 })).toBe(false);
  expect(logsCascades({ flavor: 'mariadb', version: '', versionNumber: 120_000 })).toBe(false);
});

it('a table without a key is refused: it can be loaded but not synced [invariant 2]', () => {
  const keyless = sourceCatalog([sourceTable('log', [sourceColumn('line', 'text')])]);
  const plan = makePlan(mirrorProfile, keyless, mirrorOptions());
  expect(() => planSync(plan, MARIADB)).toThrow(/can be loaded but not synced/);
});

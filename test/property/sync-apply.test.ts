/** What sync makes of any changes, in batches cut anywhere, against a model that applies one change after the other. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  openApplyCase,
  position,
  type ApplyCase,
  type TestChange,
  type TestRow,
} from '../support/apply-case.ts';
import { sourceColumn, sourceForeignKey, sourceIndex, sourceTable } from '../support/source-catalog.ts';

const id = () => sourceColumn('id', 'int(11)', { nullable: false });
const tables = [
  sourceTable('child', [id(), sourceColumn('up', 'int(11)'), sourceColumn('t', "enum('a','b')")], {
    indexes: [sourceIndex('PRIMARY', ['id']), sourceIndex('up', ['up'])],
    foreignKeys: [
      sourceForeignKey('up', ['up'], 'parent', ['id'], { onDelete: 'CASCADE', onUpdate: 'CASCADE' }),
    ],
  }),
  sourceTable('parent', [id(), sourceColumn('code', 'int(11)'), sourceColumn('boss', 'int(11)')], {
    indexes: [sourceIndex('PRIMARY', ['id']), sourceIndex('code', ['code'], { unique: true })],
    foreignKeys: [sourceForeignKey('boss', ['boss'], 'parent', ['id'], { onDelete: 'SET NULL' })],
  }),
  sourceTable(
    'pair',
    [id(), sourceColumn('two', 'varchar(5)', { nullable: false }), sourceColumn('n', 'int(11)')],
    {
      indexes: [sourceIndex('PRIMARY', ['two', 'id']), sourceIndex('n', ['n'], { unique: true })],
    },
  ),
];

type Table = 'child' | 'parent' | 'pair';
type Rows = Map<string, TestRow>;

/** InnoDB in so far as the tables above need it: takes a change or refuses it, and writes its binlog without cascades. */
class Source {
  readonly rows: Record<Table, Rows> = { child: new Map(), parent: new Map(), pair: new Map() };
  readonly binlog: TestChange[] = [];

  write(table: Table, row: TestRow): void {
    const rows = this.rows[table];
    const key = keyOf(table, row);
    if (!this.#fits(table, row, rows.get(key))) return;
    const before = rows.get(key);
    rows.set(key, row);
    this.binlog.push({ table, after: row, ...(before && { before }) });
  }

  move(table: Table, from: TestRow, to: string): void {
    const rows = this.rows[table];
    const before = rows.get(keyOf(table, from));
    if (!before) return;
    const after = { ...before, id: to };
    if (rows.has(keyOf(table, after)) || !this.#fits(table, after, before)) return;
    const children = [...this.rows.child.values()].filter((child) => child['up'] === before['id']);
    if (table === 'parent' && [...rows.values()].some((row) => row['boss'] === before['id'])) return;
    rows.delete(keyOf(table, before));
    rows.set(keyOf(table, after), after);
    if (table === 'parent')
      for (const child of children) this.rows.child.set(keyOf('child', child), { ...child, up: to });
    this.binlog.push({ table, before, after });
  }

  remove(table: Table, row: TestRow): void {
    const rows = this.rows[table];
    const before = rows.get(keyOf(table, row));
    if (!before) return;
    rows.delete(keyOf(table, before));
    if (table === 'parent') {
      for (const [key, child] of this.rows.child)
        if (child['up'] === before['id']) this.rows.child.delete(key);
      for (const [key, other] of rows)
        if (other['boss'] === before['id']) rows.set(key, { ...other, boss: null });
    }
    this.binlog.push({ table, before });
  }

  empty(table: 'child' | 'pair'): void {
    this.rows[table].clear();
    this.binlog.push({ table });
  }

  #fits(table: Table, row: TestRow, itself: TestRow | undefined): boolean {
    const { parent } = this.rows;
    const exists = (key: TestRow[string] | undefined) =>
      key === null || key === undefined || parent.has(String(key));
    if (table === 'child') return exists(row['up']);
    const unique = table === 'parent' ? 'code' : 'n';
    const taken = [...this.rows[table].values()].some(
      (other) => other !== itself && other[unique] !== null && other[unique] === row[unique],
    );
    return !taken && (table === 'pair' || exists(row['boss']) || row['boss'] === row['id']);
  }
}

function keyOf(table: Table, row: TestRow): string {
  return table === 'pair' ? `${String(row['two'])}/${String(row['id'])}` : String(row['id']);
}

const table = fc.constantFrom<Table>('child', 'parent', 'pair');

/** Changes to rows of so many keys: with few of them, most changes meet each other. */
function actionsOn(keys: number) {
  const key = fc.nat(keys - 1).map(String);
  const value = fc.option(fc.nat(keys - 1).map(String), { nil: null });
  const row = fc.record({
    id: key,
    up: value,
    t: fc.constantFrom('a', 'b'),
    code: value,
    boss: value,
    two: fc.constantFrom('x', 'y'),
    n: value,
  });
  const emptied = fc.constantFrom('child' as const, 'pair' as const);
  return fc.oneof(
    {
      weight: 6 + Math.floor(keys / 4),
      arbitrary: fc.record({ kind: fc.constant('write' as const), table, row }),
    },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('remove' as const), table, row }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('move' as const), table, row, to: key }) },
    {
      weight: keys < 10 ? 1 : 0,
      arbitrary: fc.record({ kind: fc.constant('empty' as const), table: emptied }),
    },
  );
}

const COLUMNS: Record<Table, string[]> = {
  child: ['id', 'up', 't'],
  parent: ['id', 'code', 'boss'],
  pair: ['id', 'two', 'n'],
};
const only = (name: Table, each: TestRow): TestRow =>
  Object.fromEntries(COLUMNS[name].map((column) => [column, each[column] ?? null]));

describe('any sequence of changes', () => {
  let target: ApplyCase;
  beforeAll(async () => {
    target = await openApplyCase(tables);
  });
  afterAll(async () => {
    await target[Symbol.asyncDispose]();
  });

  it.each([
    ['few changes at a time', 60, 5, 6],
    ['many at a time, through temporary tables', 800, 400, 200],
  ])(
    'applied in any cuts, %s, leaves what the source has [invariant 4]',
    async (_, maxLength, step, keys) => {
      const connection = await target.connect();
      const applier = await target.open(connection);
      await fc.assert(
        fc.asyncProperty(
          fc.array(actionsOn(keys), { minLength: maxLength / 2, maxLength }),
          fc.array(fc.tuple(fc.integer({ min: 1, max: step }), fc.boolean()), {
            minLength: 1,
            maxLength: 40,
          }),
          async (actions, cuts) => {
            await target.database.query('TRUNCATE child, parent, pair');
            const source = new Source();
            for (const each of actions) {
              if (each.kind === 'write') source.write(each.table, only(each.table, each.row));
              else if (each.kind === 'remove') source.remove(each.table, each.row);
              else if (each.kind === 'move') source.move(each.table, each.row, each.to);
              else source.empty(each.table);
            }
            let done = 0;
            for (let cut = 0; done < source.binlog.length; cut++) {
              const [count, commits] = cuts[cut % cuts.length]!;
              await applier.applyPart(target.batch(source.binlog.slice(done, (done += count))));
              if (commits) await applier.commit({ position: position(done), sourceCommittedAt: null });
            }
            await applier.commit({ position: position(done), sourceCommittedAt: null });
            for (const name of ['child', 'parent', 'pair'] as const) {
              const expected = [...source.rows[name].values()].map((each) =>
                COLUMNS[name].map((column) => each[column] ?? null),
              );
              const sorted = (rows: unknown[]) => rows.map((each) => JSON.stringify(each)).sort();
              expect(sorted(await target.rows(name))).toEqual(sorted(expected));
            }
          },
        ),
        { numRuns: 40 },
      );
      expect(await target.database.query('SELECT * FROM transfuse.rejects')).toEqual([]);
    },
  );
});

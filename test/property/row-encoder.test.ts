import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ValueRefused, refuse } from '../../src/core/reject-reasons.ts';
import { encodeCarefully, splitRow } from '../../src/mapping/careful-encoder.ts';
import { compileMapping } from '../../src/mapping/compile.ts';
import { FILTERED } from '../../src/mapping/compiled-mapping.ts';
import type { ColumnMapping, RowMapping } from '../../src/mapping/mapping.ts';
import { keepRaw, raiseFlag } from '../../src/mapping/row-notes.ts';
import { LargeRowEncoder } from '../../streams/large-row.ts';
import { sourceTable } from '../support/source-catalog.ts';
import { sourceColumn } from '../support/source-column.ts';
import { rowPayload } from '../support/text-protocol.ts';

const POLICIES = { zeroDate: 'null', nul: 'reject', tinyint1: 'smallint' } as const;

const COLUMNS = [
  {
    source: sourceColumn('int', { name: 'a' }),
    type: 'integer',
    values: ['0', '-7', '2147483647', '99999999999', 'x'],
  },
  {
    source: sourceColumn('varchar', { name: 'b', length: 200 }),
    type: 'text',
    values: ['', 'é', 'x'.repeat(39), 'y'.repeat(300)],
  },
  {
    source: sourceColumn('date', { name: 'c' }),
    type: 'date',
    values: ['2024-02-29', '0000-00-00', '2023-02-31'],
  },
  { source: sourceColumn('longblob', { name: 'd' }), type: 'bytea', values: ['', 'z'.repeat(70_000)] },
  {
    source: sourceColumn('decimal', { name: 'e', precision: 12, scale: 2 }),
    type: 'numeric(12,2)',
    values: ['-0.00', '1234567.89'],
  },
  { source: sourceColumn('json', { name: 'f', json: true }), type: 'jsonb', values: ['{}', '[1, "a"]'] },
] as const;

const table = sourceTable(
  't',
  COLUMNS.map((column) => column.source),
);

function mappingOf(columns: ColumnMapping[], where?: RowMapping['where']): RowMapping {
  return {
    shape: 'row',
    id: 't',
    service: 'patient',
    source: { table: 't' },
    target: { schema: 'public', table: 't' },
    columns,
    ...(where && { where }),
  };
}

const direct = COLUMNS.map(({ source, type }): ColumnMapping => ({
  target: { name: source.name, type, nullable: true },
  value: { kind: 'column', column: source.name },
  phi: 'none',
}));
const computed: ColumnMapping[] = [
  {
    target: { name: 'id', type: 'uuid', nullable: true },
    value: { kind: 'uuid', entity: 'thing', inputs: ['a'] },
    phi: 'none',
  },
  {
    target: { name: 'id2', type: 'uuid', nullable: true },
    value: { kind: 'uuid', entity: 'pair', inputs: ['c', 'a'] },
    phi: 'none',
  },
  {
    target: { name: 'upper', type: 'text', nullable: true },
    value: {
      kind: 'transform',
      inputs: ['b', 'a'],
      transform: {
        name: 'join',
        apply: (b, a) => {
          if (b === '') refuse('transform_refused');
          if (b?.startsWith('x')) raiseFlag('b_has_x');
          if (a === '-7') {
            raiseFlag('a_below_zero');
            keepRaw('a', a);
          }
          return b && `${b.toUpperCase()}/${a}`;
        },
      },
    },
    phi: 'none',
  },
  {
    target: { name: 'origin', type: 'text', nullable: true },
    value: { kind: 'constant', value: 'legacy' },
    phi: 'none',
  },
];
/** These come last, as resolve() sees to. */
const notes: ColumnMapping[] = [
  { target: { name: 'flags', type: 'text[]', nullable: false }, value: { kind: 'flags' }, phi: 'none' },
  {
    target: { name: 'extra', type: 'jsonb', nullable: false },
    value: { kind: 'extra', columns: ['b', 'c', 'd', 'f'] },
    phi: 'clinical',
  },
];

const rows = fc
  .tuple(...COLUMNS.map((column) => fc.option(fc.constantFrom<string>(...column.values), { nil: null })))
  .map((values) => values.map((value) => (value === null ? null : Buffer.from(value))));

const sources = new Map(COLUMNS.map((column, index) => [column.source.name, index]));

describe('the compiled encoder', () => {
  const shapes = fc.record({
    columns: fc
      .tuple(fc.shuffledSubarray([...direct, ...computed], { minLength: 1 }), fc.subarray(notes))
      .map(([values, last]) => [...values, ...last]),
    filtered: fc.boolean(),
  });

  it('writes what the careful encoder writes, and refuses and filters the same rows, for any mapping [invariant 1]', () => {
    fc.assert(
      fc.property(
        shapes,
        fc.array(rows, { minLength: 1, maxLength: 5 }),
        ({ columns, filtered }, generated) => {
          const where = filtered
            ? { inputs: ['a'], description: 'a is not zero', accepts: (a: string | null) => a !== '0' }
            : undefined;
          const compiled = compileMapping(mappingOf(columns, where), table, POLICIES);
          for (const all of generated) {
            const values = compiled.sourceColumns.map((column) => all[sources.get(column.name as 'a')!]!);
            const payload = rowPayload(values);
            expect(splitRow(payload, 0, values.length)).toEqual(values);
            const bound = compiled.maxRowBytes(payload.length);
            const fast = Buffer.alloc(bound, 2);
            const expected = encodeCarefully(compiled, values);
            const run = () => compiled.encode(payload, 0, payload.length, fast, 0);
            if (expected === 'filtered') expect(run()).toBe(FILTERED);
            else if ('reason' in expected) expect(run).toThrow(ValueRefused);
            else {
              expect(run()).toBeLessThanOrEqual(bound);
              expect(fast.subarray(0, run()).equals(expected.tuples)).toBe(true);
            }
          }
        },
      ),
    );
  });

  it('writes the same for more columns than one function takes, in any order, looked at again and filtered [invariant 1]', () => {
    const wide = Array.from({ length: 150 }, (_, i) =>
      sourceColumn('varchar', { name: `w${i}`, length: 20 }),
    );
    const wideTable = sourceTable('t', wide);
    const text = (name: string, value: ColumnMapping['value']): ColumnMapping => ({
      target: { name, type: 'text', nullable: true },
      value,
      phi: 'none',
    });
    const mark = {
      name: 'mark',
      apply: (value: string | null) => {
        if (value === 'é') raiseFlag('has_e');
        return value;
      },
    };
    const all = wide.map(({ name }, i) =>
      i % 7 === 0
        ? text(`t${name}`, { kind: 'transform', inputs: [name], transform: mark })
        : text(`c${name}`, { kind: 'column', column: name }),
    );
    const shapes = fc.tuple(fc.shuffledSubarray(all, { minLength: 70 }), fc.boolean(), fc.boolean());
    const values = fc.array(fc.constantFrom(null, '', 'é', 'abc'), { minLength: 150, maxLength: 150 });
    fc.assert(
      fc.property(
        shapes,
        fc.array(values, { minLength: 1, maxLength: 3 }),
        ([columns, noted, filtered], rowsOf) => {
          const where = filtered
            ? { inputs: ['w149', 'w3'], description: 'some', accepts: (a: string | null) => a !== 'abc' }
            : undefined;
          const extra: ColumnMapping = {
            target: { name: 'extra', type: 'jsonb', nullable: false },
            value: { kind: 'extra', columns: wide.map(({ name }) => name).filter((_, i) => i % 2 === 0) },
            phi: 'none',
          };
          const mapping = mappingOf(noted ? [...columns, notes[0]!, extra] : columns, where);
          const compiled = compileMapping(mapping, wideTable, POLICIES);
          for (const row of rowsOf) {
            const fields = compiled.sourceColumns.map(({ name }) => {
              const value = row[Number(name.slice(1))]!;
              return value === null ? null : Buffer.from(value);
            });
            const payload = rowPayload(fields);
            const fast = Buffer.alloc(compiled.maxRowBytes(payload.length), 2);
            const expected = encodeCarefully(compiled, fields);
            const end = compiled.encode(payload, 0, payload.length, fast, 0);
            if (expected === 'filtered') expect(end).toBe(FILTERED);
            else {
              expect(expected).toMatchObject({ rows: 1 });
              expect(fast.subarray(0, end).equals((expected as { tuples: Buffer }).tuples)).toBe(true);
            }
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it('streams a large row in pieces to the same bytes [invariant 7]', () => {
    const compiled = compileMapping(mappingOf(direct), table, POLICIES);
    expect(compiled.streamable).toBe(true);
    fc.assert(
      fc.property(rows, fc.array(fc.nat(100_000), { maxLength: 12 }), (values, cuts) => {
        const payload = rowPayload(values);
        const whole = Buffer.alloc(compiled.maxRowBytes(payload.length));
        const written: Buffer[] = [];
        const stream = () => {
          const encoder = new LargeRowEncoder(compiled, {
            write: (source, start, end) => void written.push(Buffer.from(source.subarray(start, end))),
          });
          let from = 0;
          for (const cut of cuts.map((at) => at % (payload.length + 1)).toSorted((a, b) => a - b)) {
            encoder.feed(payload.subarray(from, cut));
            from = cut;
          }
          encoder.feed(payload.subarray(from));
          encoder.end();
        };
        let end: number;
        try {
          end = compiled.encode(payload, 0, payload.length, whole, 0);
        } catch {
          expect(stream).toThrow(ValueRefused);
          return;
        }
        stream();
        expect(Buffer.concat(written).equals(whole.subarray(0, end))).toBe(true);
      }),
    );
  });

  it('refuses text that is not UTF-8 before a transform sees it, by either way', () => {
    const columns: ColumnMapping[] = [computed[2]!];
    const compiled = compileMapping(mappingOf(columns), table, POLICIES);
    const values = [Buffer.from([0x61, 0xff]), Buffer.from('1')];
    const payload = rowPayload(values);
    expect(() => compiled.encode(payload, 0, payload.length, Buffer.alloc(5000), 0)).toThrow('invalid_utf8');
    expect(encodeCarefully(compiled, values)).toEqual({
      column: 'upper',
      reason: 'invalid_utf8',
    });
  });

  it('lets a transform on bytes write text columns only: another type goes through its own writer', () => {
    const transform = {
      name: 'same',
      apply: (text: string | null) => text,
      applyBytes: () => expect.fail('not for integers'),
    };
    const columns: ColumnMapping[] = [
      {
        target: { name: 'n', type: 'integer', nullable: true },
        value: { kind: 'transform', inputs: ['a'], transform },
        phi: 'none',
      },
    ];
    const out = Buffer.alloc(2000);
    const payload = rowPayload([Buffer.from('258')]);
    const end = compileMapping(mappingOf(columns), table, POLICIES).encode(
      payload,
      0,
      payload.length,
      out,
      0,
    );
    expect(out.subarray(0, end)).toEqual(Buffer.from([0, 1, 0, 0, 0, 4, 0, 0, 1, 2]));
  });

  it('refuses a row that has not the selected columns', () => {
    const compiled = compileMapping(mappingOf(direct), table, POLICIES);
    const payload = rowPayload([Buffer.from('1'), null, null, null, null, null, Buffer.from('extra')]);
    expect(() => compiled.encode(payload, 0, payload.length, Buffer.alloc(1000), 0)).toThrow(
      /columns that were selected/,
    );
  });

  it('names a column that the source does not have', () => {
    const columns: ColumnMapping[] = [{ ...direct[0]!, value: { kind: 'column', column: 'gone' } }];
    expect(() => compileMapping(mappingOf(columns), table, POLICIES)).toThrow(/gone/);
  });
});

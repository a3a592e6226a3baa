import { describe, expect, it } from 'vitest';
import { compileMapping } from '../../src/mapping/compile.ts';
import type { ColumnMapping, Expression, RowMapping } from '../../src/mapping/mapping.ts';
import { resolve } from '../../src/mapping/resolve.ts';
import { keepRaw, raiseFlag } from '../../src/mapping/row-notes.ts';
import { sourceTable } from '../support/source-catalog.ts';
import { sourceColumn } from '../support/source-column.ts';
import { rowPayload } from '../support/text-protocol.ts';

const POLICIES = { zeroDate: 'null', nul: 'reject', tinyint1: 'smallint' } as const;
const table = sourceTable('patient_data', [
  sourceColumn('int', { name: 'pid' }),
  sourceColumn('varchar', { name: 'email', length: 100 }),
  sourceColumn('varchar', { name: 'squad', length: 100 }),
  sourceColumn('date', { name: 'regdate' }),
  sourceColumn('blob', { name: 'photo' }),
]);
const column = (name: string, type: string, value: Expression): ColumnMapping => ({
  target: { name, type, nullable: true },
  value,
  phi: 'none',
});
const email = column('email', 'text', {
  kind: 'transform',
  inputs: ['email'],
  transform: {
    name: 'email',
    apply: (text) => {
      if (text === null || text.includes('@')) return text;
      raiseFlag('email_invalid');
      raiseFlag('a_first');
      raiseFlag('email_invalid');
      keepRaw('email', text);
      return null;
    },
  },
});
const mapping: RowMapping = {
  shape: 'row',
  id: 'patient',
  service: 'patient',
  source: { table: 'patient_data' },
  target: { schema: 'public', table: 'patient' },
  // The notes stand before the transform that they tell of.
  columns: [
    column('dq_flags', 'text[]', { kind: 'flags' }),
    column('extra', 'jsonb', { kind: 'extra', columns: 'unmapped', blank: { squad: ['-', 'none'] } }),
    column('id', 'integer', { kind: 'column', column: 'pid' }),
    email,
  ],
};

/** The fields of the row: text where it is text, the array's elements, or the object. */
function encode(values: (string | Buffer | null)[]) {
  const compiled = compileMapping(resolve(mapping, table), table, POLICIES);
  expect(compiled.targetColumns).toEqual(['id', 'email', 'dq_flags', 'extra']);
  const payload = rowPayload(values.map((value) => (value === null ? null : Buffer.from(value as string))));
  const dst = Buffer.alloc(compiled.maxRowBytes(payload.length));
  compiled.encode(payload, 0, payload.length, dst, 0);
  const fields: Buffer[] = [];
  for (let at = 2; fields.length < 4;) {
    const length = Math.max(dst.readInt32BE(at), 0);
    fields.push(dst.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  const [, , flags, extra] = fields;
  expect(extra![0]).toBe(1);
  return {
    flags: flags!.toString('latin1').match(/[a-z_]{3,}/g) ?? [],
    extra: JSON.parse(extra!.toString('utf8', 1)) as unknown,
  };
}

describe('what a row has to say besides its values', () => {
  it('is every column without a place, and none that is empty', () => {
    const { flags, extra } = encode(['7', 'a@b.example', 'Löwen "A"\\\u0001', '0000-00-00', '']);
    expect(flags).toEqual([]);
    expect(extra).toEqual({ squad: 'Löwen "A"\\\u0001' });
  });

  it.each(['-', 'none'])('is nothing where the mapping calls it blank: %s', (squad) => {
    expect(encode(['7', null, squad, null, null]).extra).toEqual({});
    expect(encode(['7', null, `${squad}.`, null, null]).extra).toEqual({ squad: `${squad}.` });
  });

  it('is what transforms have kept, and their flags in the order of names, each once', () => {
    const { flags, extra } = encode(['7', 'none', '', '2020-01-02', Buffer.from([0xff, 0x00])]);
    expect(flags).toEqual(['a_first', 'email_invalid']);
    expect(extra).toEqual({ regdate: '2020-01-02', photo: '/wA=', email: 'none' });
  });

  it('is forgotten when the next row begins [invariant 1]', () => {
    encode(['7', 'none', null, null, null]);
    expect(encode(['8', 'c@d.example', null, null, null])).toEqual({ flags: [], extra: {} });
  });

  it('refuses U+0000 in a text that has no column, as in one that has', () => {
    expect(() => encode(['7', null, 'a\0b', null, null])).toThrow('nul_byte');
  });
});

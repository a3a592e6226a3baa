import { expect, test } from 'vitest';
import { holdsInReplay } from '../../src/bulk/holds-in-replay.ts';
import type { Expression } from '../../src/mapping/mapping.ts';
import type { PlannedMapping } from '../../src/mapping/plan.ts';
import type { SourceTable } from '../../src/mysql/catalog-model.ts';
import { sourceColumn } from '../support/source-column.ts';

const KEYED: Partial<SourceTable> = {
  name: 'visit',
  columns: ['clinic', 'id', 'note'].map((name) => sourceColumn('int', { name, nullable: false })),
  indexes: [
    {
      name: 'PRIMARY',
      unique: true,
      kind: 'btree',
      visible: true,
      comment: '',
      parts: ['clinic', 'id'].map((column) => ({
        column,
        expression: null,
        prefixLength: null,
        descending: false,
      })),
    },
  ],
};

function planned(columns: Record<string, Expression>, table = KEYED): PlannedMapping {
  const targets = Object.entries(columns).map(([name, value]) => ({
    target: { name, type: 'integer', nullable: false },
    value,
    phi: 'none' as const,
  }));
  return {
    mapping: { target: { schema: 's', table: 't' }, columns: targets },
    table,
  } as unknown as PlannedMapping;
}

const column = (name: string): Expression => ({ kind: 'column', column: name });
const uuid = (...inputs: string[]): Expression => ({ kind: 'uuid', entity: 'visit', inputs });
const plain = planned({ clinic_id: column('clinic'), id: column('id'), note: column('note') });
const T = { schema: 's', table: 't' };

test.each([
  ['the whole key', [plain], ['id', 'clinic_id'], true],
  ['the whole key and more', [plain], ['id', 'note', 'clinic_id'], true],
  ['a part of the key', [plain], ['id'], false],
  ['another column', [plain], ['note'], false],
  ['a UUID of the whole key', [planned({ id: uuid('clinic', 'id') })], ['id'], true],
  ['a UUID of a part of the key', [planned({ id: uuid('id') })], ['id'], false],
  ['a UUID of more than the key', [planned({ id: uuid('clinic', 'id', 'note') })], ['id'], false],
  ['a table without a key', [planned({ id: column('id') }, { ...KEYED, indexes: [] })], ['id'], false],
  ['a table that nothing fills', [], ['id'], false],
  [
    'a table that two mappings fill, one of them otherwise',
    [plain, planned({ id: column('id') })],
    ['id', 'clinic_id'],
    false,
  ],
] as const)('[invariant 2] a unique index on %s', (_, mappings, columns, holds) => {
  expect(holdsInReplay(mappings, T, columns)).toBe(holds);
});

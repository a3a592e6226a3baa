/** Short ways to write mappings down. They make the data that mapping.ts describes, and nothing else. */
import type { ColumnMapping, Expression, PhiClass, Reference, Transform } from './mapping.ts';

/** The source column as it is. */
export const from = (column: string): Expression => ({ kind: 'column', column });

/** The result of a transform of one or more source columns. */
export const apply = (transform: Transform, ...inputs: string[]): Expression => ({
  kind: 'transform',
  inputs,
  transform,
});

/** The id of the row that an entity's legacy key stands for; a reference to it is made in the same way, in any service. */
export const uuid = (entity: string, ...inputs: string[]): Expression => ({ kind: 'uuid', entity, inputs });

/** The id of a row that may not be there. `reference('patient', { input: 'pid', found: 'patient_pid', onOrphan: 'reject' })` */
export const reference = (entity: string, how: Omit<Reference, 'kind' | 'entity'>): Expression => ({
  kind: 'reference',
  entity,
  ...how,
});

export const constant = (value: string | null): Expression => ({ kind: 'constant', value });

/** The quality flags of the row, for a text[] column. */
export const flags: Expression = { kind: 'flags' };

/** Every source column that nothing else reads, for a jsonb column. */
export const everythingElse: Expression = { kind: 'extra', columns: 'unmapped' };

/** The same, but for columns that are told in another way: by a field of a query, such as HEX() of binary ones. */
export const everythingElseBut = (...except: string[]): Expression => ({
  kind: 'extra',
  columns: 'unmapped',
  except,
});

/** The same, but for values that the legacy application writes where there is nothing: `{ column: values }`. */
export const everythingElseUnlessBlank = (
  blank: Readonly<Record<string, readonly string[]>>,
): Expression => ({
  kind: 'extra',
  columns: 'unmapped',
  blank,
});

/** The type of a column as format_type() prints it, `!` behind it where it may not be NULL; its value; its PHI class. */
export type ColumnDeclaration = readonly [type: string, value: Expression, phi?: PhiClass];

/** By target column. `{ id: ['uuid!', uuid('patient', 'pid')], name: ['text', from('name'), 'identifier'] }` */
export function columns(declared: Readonly<Record<string, ColumnDeclaration>>): ColumnMapping[] {
  return Object.entries(declared).map(([name, [type, value, phi = 'none']]) => ({
    target: { name, type: type.replace(/!$/, ''), nullable: !type.endsWith('!') },
    value,
    phi,
  }));
}

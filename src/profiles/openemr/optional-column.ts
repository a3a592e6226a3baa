import { apply, constant } from '../../mapping/declare.ts';
import type { Expression, Transform } from '../../mapping/mapping.ts';
import type { Site } from './site.ts';

/** `apply` for columns that not every version has: NULL where one of them is not there. */
export function optionalColumns(
  { has }: Pick<Site, 'has'>,
  table: string,
): (transform: Transform, ...columns: string[]) => Expression {
  return (transform, ...columns) =>
    columns.every((column) => has(table, column)) ? apply(transform, ...columns) : constant(null);
}

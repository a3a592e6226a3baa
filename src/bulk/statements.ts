/** The two statements of a chunk: what is read from the source, and where it goes. */
import type { PlannedMapping } from '../mapping/plan.ts';
import { selectFrom } from '../mapping/select-statement.ts';
import { rangePredicate, rangeableKeyColumns } from '../mysql/key-range.ts';
import { quoteIdentifier, qualified } from '../postgres/identifiers.ts';

/** The rows with lower < key <= upper; the whole table for null and null. */
export function selectStatement(
  planned: PlannedMapping,
  lower: string[] | null,
  upper: string[] | null,
): string {
  const whole = lower === null && upper === null;
  return selectFrom(planned, whole ? null : rangePredicate(rangeableKeyColumns(planned.table), lower, upper));
}

export function copyStatement(planned: PlannedMapping): string {
  const { mapping, compiled } = planned;
  const columns = compiled.targetColumns.map(quoteIdentifier).join(', ');
  return `COPY ${qualified(mapping.target.schema, mapping.target.table)} (${columns}) FROM STDIN (FORMAT binary)`;
}

import type { PlannedMapping } from '../mapping/plan.ts';
import { quoteIdentifier, qualified } from '../postgres/identifiers.ts';

/** Where the rows of a chunk go. */
export function copyStatement(planned: PlannedMapping): string {
  const { mapping, compiled } = planned;
  const columns = compiled.targetColumns.map(quoteIdentifier).join(', ');
  return `COPY ${qualified(mapping.target.schema, mapping.target.table)} (${columns}) FROM STDIN (FORMAT binary)`;
}

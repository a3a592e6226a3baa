/** The statements of a chunk: what is read from the source, and where it goes. */
import type { PlannedMapping } from '../mapping/plan.ts';
import { selectFrom } from '../mapping/select-statement.ts';
import { quoteSourceIdentifier } from '../mysql/identifiers.ts';
import { rangePredicate, rangeableKeyColumns } from '../mysql/key-range.ts';
import { quoteIdentifier, qualified } from '../postgres/identifiers.ts';

interface ReadStatements {
  rows: string;
  /** How many rows of the chunk the mapping's filter leaves at the source; null where all are read. */
  countUnread: string | null;
}

/** For the rows with lower < key <= upper; of the whole table for null and null. */
export function readStatements(
  planned: PlannedMapping,
  lower: string[] | null,
  upper: string[] | null,
): ReadStatements {
  const { mapping, table } = planned;
  const whole = lower === null && upper === null;
  const range = whole ? [] : [rangePredicate(rangeableKeyColumns(table), lower, upper)];
  const atSource = mapping.where?.atSource;
  const both = [...range, ...(atSource === undefined ? [] : [`(${atSource})`])];
  const rest = [...range, `(${atSource}) IS NOT TRUE`].join(' AND ');
  return {
    rows: selectFrom(planned, both.length === 0 ? null : both.join(' AND ')),
    countUnread:
      atSource === undefined
        ? null
        : `SELECT COUNT(*) AS count FROM ${quoteSourceIdentifier(table.name)} WHERE ${rest}`,
  };
}

export function copyStatement(planned: PlannedMapping): string {
  const { mapping, compiled } = planned;
  const columns = compiled.targetColumns.map(quoteIdentifier).join(', ');
  return `COPY ${qualified(mapping.target.schema, mapping.target.table)} (${columns}) FROM STDIN (FORMAT binary)`;
}

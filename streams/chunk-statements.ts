/** The statements that read a chunk of a mapping's rows from the source. */
import type { PlannedMapping } from '../src/mapping/plan.ts';
import { selectFrom } from '../src/mapping/select-statement.ts';
import { quoteSourceIdentifier } from '../src/mysql/identifiers.ts';
import { rangePredicate, rangeableKeyColumns } from '../src/mysql/key-range.ts';

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

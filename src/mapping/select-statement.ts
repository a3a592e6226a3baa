/** The SELECT that reads a mapping's rows: the same for the load, for rejects that are retried, and for rows that are read again. */
import type { SourceColumn } from '../mysql/catalog-model.ts';
import { quoteSourceIdentifier } from '../mysql/identifiers.ts';
import type { PlannedMapping } from './plan.ts';
import { selectExpression } from './types/index.ts';

/** The columns that the mapping reads, of the rows of the source table for which the condition holds; of all for null. */
export function selectFrom(planned: PlannedMapping, condition: string | null): string {
  const { mapping, table, compiled } = planned;
  const where = condition === null ? '' : ` WHERE ${condition}`;
  const source = `${quoteSourceIdentifier(table.name)}${where}`;
  if (mapping.shape === 'row') {
    const columns = compiled.sourceColumns.map((column) =>
      selectedColumn(column, quoteSourceIdentifier(column.name)),
    );
    return `SELECT ${columns.join(', ')} FROM ${source}`;
  }
  // Within brackets the condition's names are the source table's own; the servers merge that into the query.
  const own = table.columns.map(({ name }) => quoteSourceIdentifier(name)).join(', ');
  const columns = compiled.sourceColumns.map((column) => {
    const field = mapping.query.fields[column.name];
    return selectedColumn(column, field ? `(${field.sql})` : `t.${quoteSourceIdentifier(column.name)}`);
  });
  return `SELECT ${columns.join(', ')} FROM (SELECT ${own} FROM ${source}) AS t ${mapping.query.joins}`;
}

/** A column as a SELECT names it, so that its value arrives exactly. */
export function selectedColumn(column: SourceColumn, expression: string): string {
  const name = quoteSourceIdentifier(column.name);
  const exact = selectExpression(column, expression);
  return exact === name ? name : `${exact} AS ${name}`;
}

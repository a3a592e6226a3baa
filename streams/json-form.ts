import type { JsonForm } from './ndjson-encoder.ts';
import type { SourceColumn, SourceTable } from '../src/mysql/catalog-model.ts';

/** What a double holds exactly, and JSON writes as the source does. */
const NUMBERS = new Set(['tinyint', 'smallint', 'mediumint', 'int', 'year', 'float', 'double']);
const BINARY = new Set(
  (
    'binary varbinary tinyblob blob mediumblob longblob bit vector geometry point linestring polygon ' +
    'multipoint multilinestring multipolygon geometrycollection geomcollection'
  ).split(' '),
);

/** How a column's values are written. BIGINT and DECIMAL are strings: a double does not hold them. */
export function formOf({ dataType, columnType }: SourceColumn): JsonForm {
  if (BINARY.has(dataType)) return 'base64';
  // With zeros before it a number is none in JSON.
  return NUMBERS.has(dataType) && !columnType.includes('zerofill') && columnType !== 'year(2)'
    ? 'number'
    : 'string';
}

/** Columns that a row of an archive is made of; generated ones too, since the application saw them. */
export function archivedColumns({ columns }: Pick<SourceTable, 'columns'>) {
  return columns.map((column) => ({ name: column.name, type: column.columnType, form: formOf(column) }));
}

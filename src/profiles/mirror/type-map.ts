/**
 * The mirror profile's type map: which type of PostgreSQL holds every value of a source type. Lossless first. The
 * codecs of src/mapping/types implement the same pairs.
 */
import { TransfuseError } from '../../core/errors.ts';
import type { MappingOptions } from '../../mapping/mapping.ts';
import type { SourceCatalog, SourceColumn } from '../../mysql/catalog-model.ts';

export type TypeOptions = Pick<MappingOptions, 'policies' | 'extensions'>;

/** pgvector's own limit on the dimensions of a column. */
const MAX_VECTOR_DIMENSIONS = 16_000;

const GEOMETRY_TYPES = new Set([
  'geometry',
  'point',
  'linestring',
  'polygon',
  'multipoint',
  'multilinestring',
  'multipolygon',
  'geometrycollection',
  'geomcollection',
]);

export function isSpatial(column: SourceColumn): boolean {
  return GEOMETRY_TYPES.has(column.dataType);
}

/** True for the types whose zero and partial dates ZERO_DATE_POLICY=null turns into NULL. */
export function canBeZeroDate(column: SourceColumn): boolean {
  return column.dataType === 'date' || column.dataType === 'datetime' || column.dataType === 'timestamp';
}

/**
 * The target type of a column, as format_type() prints it. Throws SOURCE_TYPE_UNKNOWN for a type that the map does not
 * have; unknownTypes() finds all of them at once.
 */
export function targetTypeOf(column: SourceColumn, options: TypeOptions): string {
  const type = typeOrNull(column, options);
  if (type !== null) return type;
  throw new TransfuseError(
    'SOURCE_TYPE_UNKNOWN',
    `The column ${column.name} has the type ${column.dataType}, for which no mapping is known.`,
    { where: { column: column.name, type: column.dataType } },
  );
}

/** Throws SOURCE_TYPE_UNKNOWN naming every column of the source whose type the map does not have. */
export function refuseUnknownTypes(source: SourceCatalog, options: TypeOptions): void {
  const unknown = source.tables.flatMap((table) =>
    table.columns
      .filter((column) => typeOrNull(column, options) === null)
      .map((column) => `${table.name}.${column.name} (${column.dataType})`),
  );
  if (unknown.length === 0) return;
  throw new TransfuseError(
    'SOURCE_TYPE_UNKNOWN',
    `No mapping is known for the types of: ${unknown.join(', ')}.`,
    {
      where: { columns: unknown.length },
    },
  );
}

function typeOrNull(column: SourceColumn, options: TypeOptions): string | null {
  if (column.json) return 'jsonb';
  if (isSpatial(column)) return options.extensions.postgis ? 'geometry' : 'bytea';
  const { dataType, unsigned, length, fractionalDigits } = column;
  switch (dataType) {
    case 'tinyint':
      return isBoolean(column, options) ? 'boolean' : 'smallint';
    case 'year':
      return 'smallint';
    case 'smallint':
      return unsigned ? 'integer' : 'smallint';
    case 'mediumint':
      return 'integer';
    case 'int':
    case 'integer':
      return unsigned ? 'bigint' : 'integer';
    case 'bigint':
      return unsigned ? 'numeric(20,0)' : 'bigint';
    case 'decimal':
    case 'numeric':
      return `numeric(${column.precision ?? 10},${column.scale ?? 0})`;
    case 'float':
      return 'real';
    case 'double':
    case 'real':
      return 'double precision';
    case 'bit':
      return `bit(${length ?? column.precision ?? 1})`;
    case 'char':
    case 'varchar':
      // PostgreSQL has no varchar(0); MySQL does, and it holds the empty string only.
      return length === null ? 'text' : `character varying(${Math.max(length, 1)})`;
    case 'tinytext':
    case 'text':
    case 'mediumtext':
    case 'longtext':
    case 'enum':
      return 'text';
    case 'set':
      return 'text[]';
    case 'binary':
    case 'varbinary':
    case 'tinyblob':
    case 'blob':
    case 'mediumblob':
    case 'longblob':
      return 'bytea';
    case 'json':
      return 'jsonb';
    case 'date':
      return 'date';
    case 'datetime':
      return `timestamp(${fractionalDigits}) without time zone`;
    case 'timestamp':
      return `timestamp(${fractionalDigits}) with time zone`;
    case 'time':
      return 'interval';
    case 'inet4':
    case 'inet6':
      return 'inet';
    case 'uuid':
      return 'uuid';
    case 'vector':
      return options.extensions.pgvector && length !== null && length <= MAX_VECTOR_DIMENSIONS
        ? `vector(${length})`
        : 'real[]';
    default:
      return null;
  }
}

function isBoolean(column: SourceColumn, options: TypeOptions): boolean {
  // An AUTO_INCREMENT counts, whatever its display width says.
  return (
    options.policies.tinyint1 === 'boolean' &&
    !column.autoIncrement &&
    /^tinyint\(1\)$/i.test(column.columnType)
  );
}

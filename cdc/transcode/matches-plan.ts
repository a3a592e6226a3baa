/** Whether a column in the binlog is still the column that the plan was made for. */
import type { SourceColumn } from '../../src/mysql/catalog-model.ts';
import { FIELD_TYPE as T } from '../field-type.ts';
import type { BinlogColumn } from '../model.ts';
import type { Charset } from './charset.ts';

const INTEGERS: Readonly<Record<string, number>> = {
  tinyint: T.tiny,
  smallint: T.short,
  mediumint: T.int24,
  int: T.long,
  bigint: T.longlong,
};
const TEXT_LENGTH_BYTES: Readonly<Record<string, number>> = {
  tinytext: 1,
  text: 2,
  mediumtext: 3,
  longtext: 4,
  tinyblob: 1,
  blob: 2,
  mediumblob: 3,
  longblob: 4,
};
const GEOMETRY_TYPES: Readonly<Record<string, number>> = {
  geometry: 0,
  point: 1,
  linestring: 2,
  polygon: 3,
  multipoint: 4,
  multilinestring: 5,
  multipolygon: 6,
  geomcollection: 7,
  geometrycollection: 7,
};
const TIMES: Readonly<Record<string, { type: number; oldType: number }>> = {
  datetime: { type: T.datetime, oldType: T.datetimeOld },
  timestamp: { type: T.timestamp, oldType: T.timestampOld },
  time: { type: T.time, oldType: T.timeOld },
};
const FIXED_BINARY: Readonly<Record<string, number>> = { inet4: 4, inet6: 16, uuid: 16 };

/**
 * Compares type, sign, length, digits and character set; members of ENUM and SET are compared where they are converted.
 * null: the plan's type is not known here at all. `charset` is the binlog column's.
 */
export function matchesPlan(
  column: BinlogColumn,
  planned: SourceColumn,
  charset: Charset | null,
): boolean | null {
  const { type, metadata } = column;
  const { dataType, unsigned, length } = planned;
  const integer = INTEGERS[dataType];
  if (integer !== undefined) return type === integer && column.unsigned === unsigned;
  const time = TIMES[dataType];
  if (time) return type === time.oldType || (type === time.type && metadata === planned.fractionalDigits);
  const lengthBytes = TEXT_LENGTH_BYTES[dataType];
  if (lengthBytes !== undefined) {
    return (
      isOneOf(type, T.blob, T.blobCompressed) && metadata === lengthBytes && sameCharset(planned, charset)
    );
  }
  const geometryType = GEOMETRY_TYPES[dataType];
  if (geometryType !== undefined) return type === T.geometry && column.geometryType === geometryType;
  const binaryBytes = FIXED_BINARY[dataType];
  if (binaryBytes !== undefined) return type === T.string && metadata === binaryBytes && isBinary(charset);
  const byteLength = (length ?? 0) * (charset?.maxBytes ?? 1);
  switch (dataType) {
    case 'float':
      return type === T.float && column.unsigned === unsigned;
    case 'double':
      return type === T.double && column.unsigned === unsigned;
    case 'decimal':
      return (
        type === T.decimal &&
        column.unsigned === unsigned &&
        (metadata & 0xff) === planned.precision &&
        metadata >> 8 === planned.scale
      );
    case 'bit':
      return type === T.bit && (metadata >> 8) * 8 + (metadata & 0xff) === length;
    case 'year':
      return type === T.year;
    case 'date':
      return isOneOf(type, T.date, T.newDate);
    case 'char':
    case 'binary':
      return type === T.string && metadata === byteLength && sameCharset(planned, charset);
    case 'varchar':
    case 'varbinary': {
      const isPlain = isOneOf(type, T.varchar, T.varString) && metadata === byteLength;
      const isCompressed = type === T.varcharCompressed && metadata === byteLength + 1;
      return (isPlain || isCompressed) && sameCharset(planned, charset);
    }
    case 'json':
      return type === T.json;
    case 'enum':
      return type === T.enum && sameCharset(planned, charset);
    case 'set':
      return type === T.set && sameCharset(planned, charset);
    case 'vector':
      return type === T.vector && (column.dimensions === null || column.dimensions === length);
    default:
      return null;
  }
}

function sameCharset(planned: SourceColumn, charset: Charset | null): boolean {
  return planned.charset === null ? isBinary(charset) : charset?.name === planned.charset;
}

function isBinary(charset: Charset | null): boolean {
  return charset?.name === 'binary';
}

function isOneOf(type: number, ...types: number[]): boolean {
  return types.includes(type);
}

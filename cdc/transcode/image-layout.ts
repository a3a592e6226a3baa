/** How the values of a row image lie: each takes a fixed number of bytes, or has its length in front. */
import { TransfuseError } from '../../src/core/errors.ts';
import { FIELD_TYPE as T } from '../field-type.ts';
import type { BinlogColumn } from '../model.ts';
import { decimalBytes } from './decimal.ts';
import { fractionBytes } from './temporal.ts';

/** Positive: the bytes of a value. Negative: the bytes of the little-endian length in front of it. */
export type ValueLayout = number;

/** Throws CDC_TYPE_UNKNOWN. */
export function valueLayout({ type, metadata, name }: BinlogColumn, table: string): ValueLayout {
  switch (type) {
    case T.tiny:
    case T.year:
      return 1;
    case T.short:
      return 2;
    case T.int24:
    case T.date:
    case T.newDate:
    case T.timeOld:
      return 3;
    case T.long:
    case T.timestampOld:
      return 4;
    case T.longlong:
    case T.datetimeOld:
      return 8;
    case T.float:
    case T.double:
    case T.enum:
    case T.set:
      return metadata;
    case T.time:
      return 3 + fractionBytes(metadata);
    case T.timestamp:
      return 4 + fractionBytes(metadata);
    case T.datetime:
      return 5 + fractionBytes(metadata);
    case T.decimal:
      return decimalBytes(metadata & 0xff, metadata >> 8);
    case T.bit:
      return (metadata >> 8) + ((metadata & 0xff) > 0 ? 1 : 0);
    case T.string:
    case T.varchar:
    case T.varString:
    case T.varcharCompressed:
      return metadata > 255 ? -2 : -1;
    case T.tinyBlob:
    case T.blob:
    case T.mediumBlob:
    case T.longBlob:
    case T.blobCompressed:
    case T.json:
    case T.geometry:
    case T.vector:
      return -metadata;
    default:
      throw new TransfuseError(
        'CDC_TYPE_UNKNOWN',
        `Column ${name} of table ${table} has type code ${type} in the binlog, which is not known.`,
        { where: { table, column: name } },
      );
  }
}

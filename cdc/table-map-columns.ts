/** The part of a TABLE_MAP event that says how many bytes each column takes: types and their metadata. */
import { TransfuseError } from '../src/core/errors.ts';
import { EventBytes, malformedEvent } from './event-bytes.ts';
import { FIELD_TYPE as T } from './field-type.ts';

/** How many bytes of metadata a type has. A type that is not here is not known, and its table cannot be read. */
const METADATA_BYTES: ReadonlyMap<number, 0 | 1 | 2> = new Map([
  ...[T.tiny, T.short, T.int24, T.long, T.longlong, T.year].map((type) => [type, 0] as const),
  ...[T.date, T.newDate, T.timestampOld, T.timeOld, T.datetimeOld].map((type) => [type, 0] as const),
  ...[T.float, T.double, T.timestamp, T.datetime, T.time].map((type) => [type, 1] as const),
  ...[T.tinyBlob, T.blob, T.mediumBlob, T.longBlob, T.blobCompressed].map((type) => [type, 1] as const),
  ...[T.json, T.geometry, T.vector].map((type) => [type, 1] as const),
  ...[T.varchar, T.varString, T.varcharCompressed, T.string].map((type) => [type, 2] as const),
  ...[T.bit, T.decimal, T.enum, T.set].map((type) => [type, 2] as const),
]);

/** Types and metadata in columns' order. Throws CDC_TYPE_UNKNOWN with the place of a column whose type is not known. */
export function readColumnTypes(
  types: Buffer,
  metadata: Buffer,
  table: string,
): { type: number; metadata: number }[] {
  const bytes = new EventBytes(metadata, 'A table description');
  const columns = Array.from(types, (type, index) => {
    const size = METADATA_BYTES.get(type);
    if (size === undefined) {
      throw new TransfuseError(
        'CDC_TYPE_UNKNOWN',
        `Column ${index + 1} of table ${table} has type code ${type} in the binlog, which is not known.`,
        { where: { table } },
      );
    }
    if (type === T.string) return readStringType(bytes.uint(1), bytes.uint(1));
    if (type === T.enum || type === T.set) return readStringType(bytes.uint(1), bytes.uint(1));
    return { type, metadata: size === 0 ? 0 : bytes.uint(size) };
  });
  if (!bytes.isAtEnd) throw malformedEvent('A table description', { table });
  return columns;
}

/**
 * CHAR, BINARY, ENUM and SET share a type: the first byte is the real one, in which two bits, inverted, are the upper
 * bits of a CHAR's length (Field_string::do_save_field_metadata of the server).
 */
function readStringType(first: number, second: number): { type: number; metadata: number } {
  if ((first & 0x30) === 0x30) return { type: first, metadata: second };
  return { type: first | 0x30, metadata: second | (((first & 0x30) ^ 0x30) << 4) };
}

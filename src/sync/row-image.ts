/** A row of the source as the MySQL text protocol would have delivered it for the columns that are wanted of it. */
import { splitRow } from '../mapping/careful-encoder.ts';
import type { SourceColumn } from '../mysql/catalog-model.ts';

/** Its payload is `buffer[start, end)`, valid during the call that it is given to. */
export interface RowImage {
  buffer: Buffer;
  start: number;
  end: number;
}

/** The payload of a row that has `wanted` out of the `columns` of another; NULL for what that has not. */
export function selectFromRow(
  image: RowImage,
  columns: readonly SourceColumn[],
  wanted: readonly SourceColumn[],
): RowImage {
  const values = splitRow(image.buffer, image.start, columns.length);
  return rowOf(wanted.map((column) => values[columns.findIndex(({ name }) => name === column.name)] ?? null));
}

/** The payload of a row that has these texts. */
export function textRow(texts: readonly (string | null)[]): RowImage {
  return rowOf(texts.map((text) => (text === null ? null : Buffer.from(text))));
}

function rowOf(values: readonly (Buffer | null)[]): RowImage {
  const parts = values.flatMap((value) =>
    value === null ? [NULL_VALUE] : [lengthPrefix(value.length), value],
  );
  const buffer = Buffer.concat(parts);
  return { buffer, start: 0, end: buffer.length };
}

const NULL_VALUE = Buffer.from([0xfb]);

/** https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_basic_dt_integers.html#sect_protocol_basic_dt_int_le */
function lengthPrefix(length: number): Buffer {
  if (length < 251) return Buffer.from([length]);
  const bytes = length < 1 << 16 ? 2 : length < 1 << 24 ? 3 : 6;
  const prefix = Buffer.alloc(bytes === 6 ? 9 : bytes + 1);
  prefix[0] = bytes === 2 ? 0xfc : bytes === 3 ? 0xfd : 0xfe;
  prefix.writeUIntLE(length, 1, bytes);
  return prefix;
}

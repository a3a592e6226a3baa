import type { FieldPacket } from 'mysql2';
import { TransfuseError } from '../core/errors.ts';
import type { SourceConnection } from '../mysql/connection.ts';
import { classifySourceError } from '../mysql/errors.ts';

interface FieldDetails {
  name: string;
  columnType?: number;
  characterSet?: number;
  flags?: number | string[];
  columnLength?: number;
  decimals?: number;
}

/**
 * What the source says of the selected columns. It is compared at the start of each chunk with what it said when the plan was
 * made, so that a value is never read with the wrong type after an ALTER TABLE.
 */
export function fieldSignature(fields: FieldPacket[]): string {
  return (fields as unknown as FieldDetails[])
    .map((field) =>
      [
        field.name,
        field.columnType,
        field.characterSet,
        field.flags,
        field.columnLength,
        field.decimals,
      ].join(' '),
    )
    .join('; ');
}

/** Throws SOURCE_TABLE_CHANGED naming the first column that differs. */
export function checkSignature(table: string, expected: string, fields: FieldPacket[]): void {
  const actual = fieldSignature(fields);
  if (actual === expected) return;
  const before = expected.split('; ');
  const position = actual.split('; ').findIndex((field, index) => field !== before[index]);
  const column = fields[position]?.name ?? 'a column';
  throw new TransfuseError(
    'SOURCE_TABLE_CHANGED',
    `The source table ${table} was altered while it was being loaded: the definition of ${column} is not the planned one.`,
    { where: { table, column } },
  );
}

/** The signature of a SELECT, read without reading a row. Throws SOURCE_TABLE_CHANGED when a table or column is gone. */
export async function readFieldSignature(
  source: SourceConnection,
  select: string,
  table: string,
): Promise<string> {
  const fields = await new Promise<FieldPacket[]>((resolve, reject) => {
    // The driver forgets a waiting callback when the connection breaks.
    source.onLost(reject);
    source.raw.query({ sql: `${select} LIMIT 0`, rowsAsArray: true }, (error, _rows, found) => {
      if (error)
        reject(classifySourceError(error, { ...source.context, table, doing: 'reading column definitions' }));
      else resolve(found);
    });
  });
  return fieldSignature(fields);
}

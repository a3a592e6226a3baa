/** One row of the source as data, and as SQL. */
import { text } from '../../demo/clinic/sql-values.ts';

/** Bytes are written as a hexadecimal literal. */
export type SourceValue = string | number | null | Uint8Array;

export type SourceRow = Readonly<Record<string, SourceValue>>;

export function sqlLiteral(value: SourceValue): string {
  if (value === null) return 'NULL';
  if (typeof value === 'string') return text(value);
  if (typeof value === 'number') return String(value);
  return value.length === 0 ? "''" : `x'${Buffer.from(value).toString('hex')}'`;
}

/** Up to the values: `INSERT INTO … (…) VALUES `. */
export function insertInto(table: string, columns: readonly string[]): string {
  return `INSERT INTO \`${table}\` (${columns.map((column) => `\`${column}\``).join(',')}) VALUES `;
}

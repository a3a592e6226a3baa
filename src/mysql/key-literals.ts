/** How a key value of each type leaves the source as text, and how it goes back as a literal that the index understands. */
import type { SourceColumn } from './catalog-model.ts';
import { hexLiteral, quoteSourceIdentifier, requirePlainWord } from './identifiers.ts';

type KeyKind = 'integer' | 'decimal' | 'text' | 'binary' | 'quoted';

/** Types not listed have no exact order in literals: floats, enum and set (ordered by number), bit, json, geometry. */
const KINDS: Readonly<Record<string, KeyKind>> = {
  tinyint: 'integer',
  smallint: 'integer',
  mediumint: 'integer',
  int: 'integer',
  bigint: 'integer',
  decimal: 'decimal',
  char: 'text',
  varchar: 'text',
  tinytext: 'text',
  text: 'text',
  mediumtext: 'text',
  longtext: 'text',
  binary: 'binary',
  varbinary: 'binary',
  tinyblob: 'binary',
  blob: 'binary',
  mediumblob: 'binary',
  longblob: 'binary',
  date: 'quoted',
  datetime: 'quoted',
  timestamp: 'quoted',
  time: 'quoted',
  year: 'quoted',
  uuid: 'quoted',
  inet4: 'quoted',
  inet6: 'quoted',
};

const SHAPES: Readonly<Record<KeyKind, RegExp>> = {
  integer: /^-?\d+$/,
  decimal: /^-?\d+(?:\.\d+)?$/,
  text: /^(?:[\dA-F]{2})*$/i,
  binary: /^(?:[\dA-F]{2})*$/i,
  quoted: /^[-\dA-F:. ]+$/i,
};

/** Whether ranges over the column can be written with literals. */
export function isKeyComparable(column: SourceColumn): boolean {
  const kind = KINDS[column.dataType];
  if (kind !== 'text') return kind !== undefined;
  if (column.charset === null || column.collation === null) return false;
  // MariaDB pads CHAR in the index but not in comparisons, so that a value may sort on either side of itself + tab.
  return !(column.dataType === 'char' && column.collation.includes('nopad'));
}

/** SQL that gives the column's value as the text of a KeyBound. */
export function keyExpression(column: SourceColumn): string {
  const name = quoteSourceIdentifier(column.name);
  const kind = kindOf(column);
  return kind === 'text' || kind === 'binary' ? `HEX(CAST(${name} AS BINARY))` : `CAST(${name} AS CHAR)`;
}

/**
 * A literal in the column's type, character set and collation: any conversion of the column would keep the server from
 * using the index. Throws RangeError when the text is not of the column's type, so nothing else can get into the SQL.
 */
export function keyLiteral(column: SourceColumn, text: string): string {
  const kind = kindOf(column);
  if (!SHAPES[kind].test(text)) throw new RangeError(`a key bound that is not of type ${column.dataType}`);
  switch (kind) {
    case 'integer':
    case 'decimal':
      // ZEROFILL pads with zeros, which count as digits of a literal.
      return text.replace(/^(-?)0+(?=\d)/, '$1');
    case 'binary':
      return hexLiteral(Buffer.from(text, 'hex'));
    case 'text':
      return `${hexLiteral(Buffer.from(text, 'hex'), column.charset ?? '')} COLLATE ${requirePlainWord(column.collation ?? '')}`;
    case 'quoted':
      return `'${text}'`;
  }
}

function kindOf(column: SourceColumn): KeyKind {
  const kind = KINDS[column.dataType];
  if (!kind) throw new TypeError(`type ${column.dataType} has no key order`);
  return kind;
}

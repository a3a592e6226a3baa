/**
 * What the rows that are there get in an added column, as the source would write it in its text protocol. Only values that can be
 * told from the statement alone, without the server's conversions and settings; for all others the table is loaded again.
 */
import type { ColumnDefinition, DefaultClause } from '../../../cdc/column-definition.ts';
import type { SourceColumn } from '../../mysql/catalog-model.ts';

const INTEGER_BITS: Readonly<Record<string, bigint>> = {
  tinyint: 8n,
  smallint: 16n,
  mediumint: 24n,
  int: 32n,
  bigint: 64n,
};
const TEXTS = new Set(['varchar', 'tinytext', 'text', 'mediumtext', 'longtext']);

/** `null` is NULL; undefined where the value cannot be told. */
export function fillValue(
  { default: given, nullable }: ColumnDefinition,
  column: SourceColumn,
): Buffer | null | undefined {
  // Without NULL or NOT NULL a TIMESTAMP is what explicit_defaults_for_timestamp says.
  if (column.dataType === 'timestamp' && (nullable === null || (!nullable && given === null)))
    return undefined;
  if (given === null) return column.nullable ? null : implicitValue(column);
  if (given.kind === 'null') return column.nullable ? null : undefined;
  const value = valueOf(given, column);
  return typeof value === 'string' ? Buffer.from(value) : value;
}

/** What a NOT NULL column without a default gets. */
function implicitValue(column: SourceColumn): Buffer | undefined {
  const { dataType, scale, length, fractionalDigits, members, json } = column;
  if (json) return undefined;
  const fraction = fractionalDigits > 0 ? `.${'0'.repeat(fractionalDigits)}` : '';
  if (dataType in INTEGER_BITS || dataType === 'float' || dataType === 'double') return Buffer.from('0');
  if (dataType === 'decimal') return Buffer.from(scale ? `0.${'0'.repeat(scale)}` : '0');
  if (TEXTS.has(dataType) || dataType === 'char' || dataType === 'set') return Buffer.alloc(0);
  if (dataType.endsWith('blob') || dataType === 'varbinary') return Buffer.alloc(0);
  if (dataType === 'binary') return Buffer.alloc(length ?? 1);
  if (dataType === 'bit') return Buffer.alloc(((length ?? 1) + 7) >> 3);
  if (dataType === 'enum') return Buffer.from(members![0]!);
  if (dataType === 'date') return Buffer.from('0000-00-00');
  if (dataType === 'datetime') return Buffer.from(`0000-00-00 00:00:00${fraction}`);
  if (dataType === 'time') return Buffer.from(`00:00:00${fraction}`);
  return dataType === 'year' ? Buffer.from('0000') : undefined;
}

function valueOf(given: DefaultClause, column: SourceColumn): Buffer | string | undefined {
  const { dataType, charset, members } = column;
  if (dataType in INTEGER_BITS) return integer(textOf(given), column);
  switch (dataType) {
    case 'decimal':
      return decimal(textOf(given), column);
    case 'float':
    case 'double':
      return real(textOf(given), dataType);
    case 'bit':
      return bits(given, column.length ?? 1);
    case 'year':
      return fullMatch(textOf(given), /^(?:19\d\d|20\d\d|21[0-4]\d|215[0-5])$/);
    case 'date':
      return isText(given) ? fullMatch(given.text, /^\d{4}-\d\d-\d\d$/) : undefined;
    case 'datetime':
      return isText(given)
        ? timed(given.text, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?$/, column)
        : undefined;
    case 'time':
      return isText(given)
        ? timed(given.text, /^-?(?:\d\d|[1-7]\d\d|8[0-2]\d|83[0-7]):[0-5]\d:[0-5]\d(\.\d+)?$/, column)
        : undefined;
    case 'enum':
      return isText(given) && members!.includes(given.text) ? given.text : undefined;
    case 'set':
      return isText(given) && isSetValue(given.text, members!) ? given.text : undefined;
    case 'binary':
    case 'varbinary':
      return bytes(given, column);
    default:
      break;
  }
  const isPlain = dataType === 'char' || TEXTS.has(dataType);
  if (!isPlain || !isText(given) || [...given.text].length > (column.length ?? Infinity)) return undefined;
  // Characters that the column's set does not have would have become others.
  if (!/^(?:utf8mb4|ucs2|utf16|utf32)$/.test(charset ?? '') && !isAscii(given.text)) return undefined;
  return dataType === 'char' ? given.text.replace(/ +$/, '') : given.text;
}

function isText(given: DefaultClause): given is { kind: 'text'; text: string } {
  return given.kind === 'text';
}

function isAscii(text: string): boolean {
  return Buffer.byteLength(text) === text.length;
}

function textOf(given: DefaultClause): string {
  return given.kind === 'text' || given.kind === 'number' ? given.text : '';
}

function fullMatch(text: string, pattern: RegExp): string | undefined {
  return pattern.test(text) ? text : undefined;
}

function integer(text: string, { dataType, unsigned }: SourceColumn): string | undefined {
  if (!/^[-+]?\d{1,20}$/.test(text)) return undefined;
  const value = BigInt(text.replace('+', ''));
  const width = INTEGER_BITS[dataType]!;
  const [least, most] = unsigned
    ? [0n, (1n << width) - 1n]
    : [-(1n << (width - 1n)), (1n << (width - 1n)) - 1n];
  return value >= least && value <= most ? String(value) : undefined;
}

function decimal(text: string, { precision, scale }: SourceColumn): string | undefined {
  const [, sign = '', digits = '', fraction = ''] = /^([-+]?)0*(\d*)\.?(\d*)$/.exec(text) ?? [];
  const places = scale ?? 0;
  const tooLong = digits.length > (precision ?? 10) - places || fraction.length > places;
  if (!/\d/.test(text) || tooLong) return undefined;
  const isZero = /^0*$/.test(digits + fraction);
  const number = `${digits || '0'}${places > 0 ? `.${fraction.padEnd(places, '0')}` : ''}`;
  return sign === '-' && !isZero ? `-${number}` : number;
}

/** Only numbers that both sizes hold exactly and that print without an exponent. */
function real(text: string, dataType: string): string | undefined {
  if (!/^[-+]?\d{1,7}(?:\.\d{1,4})?$/.test(text)) return undefined;
  const value = Number(text);
  if (Object.is(value, -0) || (dataType === 'float' && Math.fround(value) !== value)) return undefined;
  return String(value);
}

function bits(given: DefaultClause, length: number): Buffer | undefined {
  const digits =
    given.kind === 'bits'
      ? given.digits
      : given.kind === 'number' && /^[01]$/.test(given.text)
        ? given.text
        : '';
  if (!/^[01]{1,64}$/.test(digits) || digits.replace(/^0+/, '').length > length) return undefined;
  const size = (length + 7) >> 3;
  return Buffer.from(
    BigInt(`0b${digits}`)
      .toString(16)
      .padStart(2 * size, '0'),
    'hex',
  );
}

function timed(text: string, pattern: RegExp, { fractionalDigits }: SourceColumn): string | undefined {
  const match = pattern.exec(text);
  if (!match) return undefined;
  const fraction = (match[1] ?? '.').slice(1);
  if (fraction.length > fractionalDigits) return undefined;
  const whole = text.split('.')[0]!;
  return fractionalDigits > 0 ? `${whole}.${fraction.padEnd(fractionalDigits, '0')}` : whole;
}

/** Members in their order, each once, as the source would write them. */
function isSetValue(text: string, members: readonly string[]): boolean {
  if (text === '') return true;
  const places = text.split(',').map((member) => members.indexOf(member));
  return places.every((place, i) => place >= 0 && (i === 0 || place > places[i - 1]!));
}

function bytes(given: DefaultClause, { dataType, length }: SourceColumn): Buffer | undefined {
  const isHex = given.kind === 'hex' && given.digits.length % 2 === 0 && /^[\da-f]*$/i.test(given.digits);
  const value = isHex
    ? Buffer.from(given.digits, 'hex')
    : isText(given) && isAscii(given.text)
      ? Buffer.from(given.text)
      : null;
  if (value === null || value.length > (length ?? 0)) return undefined;
  return dataType === 'binary' ? Buffer.concat([value, Buffer.alloc(length! - value.length)]) : value;
}

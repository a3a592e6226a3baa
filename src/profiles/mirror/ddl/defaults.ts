/** Defaults of columns: literals in the form of the target type, the few expressions that mean the same, or a reason. */
import { quoteLiteral } from '../../../postgres/identifiers.ts';
import type { SourceDefault } from '../../../mysql/catalog-model.ts';
import type { MirrorColumn } from '../tables.ts';
import { canBeZeroDate } from '../type-map.ts';
import { currentTimeSql, isNow, isToday } from './current-time.ts';
import { tokenizeSource } from './source-tokens.ts';
import { canonicalDateTime, canonicalTime } from './temporal-literal.ts';

/** SQL for DEFAULT, or null for none; `dropped` says why a default of the source does not come along. */
export interface DefaultTranslation {
  sql: string | null;
  dropped: string | null;
}

const NONE: DefaultTranslation = { sql: null, dropped: null };

/** Never throws. Columns that count by themselves or are calculated have no default here. */
export function translateDefault(column: MirrorColumn, timeZone: string | null): DefaultTranslation {
  const { default: given, generated, autoIncrement } = column.source;
  if (given === null || generated !== null || autoIncrement) return NONE;
  const value = asValue(given, column);
  if (value !== null) return value === NULL_VALUE ? NONE : literalDefault(value, column);
  return expressionDefault(given.kind === 'expression' ? given.sql : given.value, column, timeZone);
}

const NULL_VALUE = Symbol('NULL');

/** The value that a default simply is, whichever way the catalog writes it; null for a calculated one. */
function asValue(given: SourceDefault, column: MirrorColumn): string | typeof NULL_VALUE | null {
  if (given.kind === 'literal') {
    return canBeZeroDate(column.source) && (isNow(given.value) || isToday(given.value)) ? null : given.value;
  }
  const sql = given.sql.trim().replace(/^\((.*)\)$/s, '$1');
  if (/^null$/i.test(sql)) return NULL_VALUE;
  if (/^-?\d+(\.\d+)?$/.test(sql) || /^b'[01]*'$/i.test(sql)) return sql;
  const tokens = tokenizeSource(sql);
  const [only] = tokens ?? [];
  return tokens?.length === 1 && only?.kind === 'string' ? only.value : null;
}

function expressionDefault(sql: string, column: MirrorColumn, timeZone: string | null): DefaultTranslation {
  const bare = sql
    .trim()
    .replace(/^\((.*)\)$/s, '$1')
    .trim();
  if (isNow(bare) || isToday(bare)) {
    const now = currentTimeSql(column.type, timeZone);
    if (now !== null) return { sql: now, dropped: null };
  }
  if (/^uuid\(\)$/i.test(bare)) {
    if (column.type === 'uuid') return { sql: 'gen_random_uuid()', dropped: null };
    if (/^(text|character varying)/.test(column.type))
      return { sql: '(gen_random_uuid())::text', dropped: null };
  }
  if (column.type === 'jsonb' && /^json_object\(\)$/i.test(bare))
    return { sql: "'{}'::jsonb", dropped: null };
  if (column.type === 'jsonb' && /^json_array\(\)$/i.test(bare)) return { sql: "'[]'::jsonb", dropped: null };
  return {
    sql: null,
    dropped: 'its default is an expression that has no safe translation; set one in PostgreSQL',
  };
}

function literalDefault(value: string, column: MirrorColumn): DefaultTranslation {
  if (value.includes('\0') && column.type !== 'bytea')
    return { sql: null, dropped: 'its default has the character U+0000' };
  const sql = literalOf(value, column);
  if (sql !== null) return { sql, dropped: null };
  const zeroDate = canBeZeroDate(column.source) && /-00\b|^0000/.test(value);
  return {
    sql: null,
    dropped: zeroDate
      ? 'its default is a zero or partial date, which PostgreSQL does not have'
      : `its default is no value of the type ${column.type}`,
  };
}

function literalOf(value: string, column: MirrorColumn): string | null {
  const { type } = column;
  if (/^(smallint|integer|bigint|numeric|real$|double)/.test(type)) return numberLiteral(value);
  if (type === 'boolean') return /^[01]$/.test(value) ? String(value === '1') : null;
  if (type.startsWith('bit(')) return bitLiteral(value, column.source.length ?? 1);
  if (type === 'text' || type.startsWith('character varying')) return quoteLiteral(value);
  if (type === 'text[]') {
    const members = value === '' ? [] : value.split(',');
    return members.length === 0 ? "'{}'::text[]" : `ARRAY[${members.map(quoteLiteral).join(', ')}]`;
  }
  if (type === 'bytea') return byteaLiteral(value, column);
  if (type === 'jsonb') return isJson(value) ? `${quoteLiteral(value)}::jsonb` : null;
  if (type === 'uuid')
    return /^[0-9a-f-]{32,36}$/i.test(value) ? `${quoteLiteral(value.toLowerCase())}::uuid` : null;
  if (type === 'inet') return /^[0-9a-f.:]+$/i.test(value) ? `${quoteLiteral(value)}::inet` : null;
  if (type === 'interval') return quotedAs(canonicalTime(value), 'interval');
  const moment = canonicalDateTime(value);
  if (moment === null) return null;
  if (type === 'date') return quotedAs(moment.slice(0, 10), 'date');
  if (type.endsWith('with time zone')) return quotedAs(`${moment}+00`, 'timestamp with time zone');
  return type.startsWith('timestamp') ? quotedAs(moment, 'timestamp without time zone') : null;
}

function quotedAs(text: string | null, type: string): string | null {
  return text === null ? null : `${quoteLiteral(text)}::${type}`;
}

function numberLiteral(value: string): string | null {
  const match = /^\+?(-?)0*(\d*)\.?(\d*?)(e[+-]?\d+)?$/i.exec(value.trim());
  if (match === null || !/\d/.test(value)) return null;
  const [, sign = '', whole = '', fraction = '', exponent = ''] = match;
  return `${sign}${whole || '0'}${fraction && `.${fraction}`}${exponent}`;
}

/** Binary digits, bare or as `b'101'`. */
function bitLiteral(value: string, bits: number): string | null {
  const digits = /^(?:b')?([01]*)'?$/i.exec(value)?.[1];
  if (digits === undefined || digits.replace(/^0+/, '').length > bits) return null;
  return `B'${digits.padStart(bits, '0').slice(-bits)}'`;
}

function byteaLiteral(value: string, column: MirrorColumn): string {
  // The catalog gives binary defaults as hexadecimal digits; plain text is taken for its bytes.
  const bytes = /^0x([0-9a-f]{2})*$/i.test(value) ? Buffer.from(value.slice(2), 'hex') : Buffer.from(value);
  const size =
    column.source.dataType === 'binary' ? Math.max(column.source.length ?? 0, bytes.length) : bytes.length;
  const padded = Buffer.alloc(size);
  bytes.copy(padded);
  return `${quoteLiteral(`\\x${padded.toString('hex')}`)}::bytea`;
}

function isJson(value: string): boolean {
  try {
    JSON.parse(value);
    return true;
  } catch {
    return false;
  }
}

/**
 * How one value looks on either side so that equal values have equal texts. Written against the manuals of the servers,
 * not against the program that is being checked, and shares no code with it.
 */
export interface ColumnPair {
  /** Quoted for the source, and its type as information_schema says it. */
  source: { name: string; dataType: string; columnType: string };
  /** Quoted for the target, and its type as format_type() says it. */
  target: { name: string; type: string };
}

export interface CanonicalColumn {
  sourceSql: string;
  targetSql: string;
  /** Applied to the text that each side gave. */
  normalizeSource?: (text: string) => string | null;
  normalizeTarget?: (text: string) => string | null;
}

/** null for a pair of types whose values have no common text. */
export function canonicalColumn({ source, target }: ColumnPair): CanonicalColumn | null {
  const type = target.type.replace(/\(.*?\)/, '');
  const from = source.name;
  const to = target.name;
  const asText = `CAST(${from} AS CHAR CHARACTER SET utf8mb4)`;
  switch (type) {
    case 'smallint':
    case 'integer':
    case 'bigint':
      // Neither ZEROFILL nor the year 0000 shows its zeros in a sum.
      return { sourceSql: `${from} + 0`, targetSql: to };
    case 'numeric':
      return { sourceSql: source.columnType.includes('zerofill') ? `${from} + 0` : asText, targetSql: to };
    case 'real':
      return {
        sourceSql: `CAST(${from} AS DOUBLE)`,
        targetSql: to,
        ...both((text) => String(Math.fround(Number(text)))),
      };
    case 'double precision':
      return { sourceSql: from, targetSql: to, ...both((text) => String(Number(text))) };
    case 'bit':
      return { sourceSql: `LPAD(BIN(${from} + 0), ${bitsOf(target.type)}, '0')`, targetSql: to };
    case 'boolean':
      return { sourceSql: `${from} + 0`, targetSql: `${to}::int` };
    case 'character varying':
    case 'text':
    case 'uuid':
      return { sourceSql: asText, targetSql: to };
    case 'text[]':
      return { sourceSql: asText, targetSql: `array_to_string(${to}, ',')` };
    case 'inet':
      return { sourceSql: asText, targetSql: `host(${to})` };
    case 'jsonb':
      return { sourceSql: asText, targetSql: to, ...both(sortedJson) };
    case 'bytea':
      return {
        sourceSql: `LOWER(HEX(${isSpatial(source.dataType) ? `ST_AsBinary(${from})` : from}))`,
        targetSql: `encode(${to}, 'hex')`,
      };
    case 'date':
      return {
        sourceSql: asText,
        targetSql: `to_char(${to}, 'YYYY-MM-DD')`,
        normalizeSource: zeroDateAsNull,
      };
    case 'timestamp without time zone':
    case 'timestamp with time zone':
      return {
        sourceSql: asText,
        targetSql: `to_char(${to}, 'YYYY-MM-DD HH24:MI:SS.US')`,
        normalizeSource: (text) => zeroDateAsNull(withMicroseconds(text)),
      };
    case 'interval':
      return {
        sourceSql: asText,
        targetSql: `(extract(epoch FROM ${to}) * 1000000)::bigint`,
        normalizeSource: microsecondsOfTime,
      };
    default:
      return null;
  }
}

function both(normalize: (text: string) => string) {
  return { normalizeSource: normalize, normalizeTarget: normalize };
}

function bitsOf(type: string): number {
  return Number(/\d+/.exec(type)?.[0] ?? 1);
}

function isSpatial(dataType: string): boolean {
  return /^(?:multi)?(?:point|linestring|polygon)$|^geom/.test(dataType);
}

/** A date without a year, month or day has no place in PostgreSQL's calendar. */
function zeroDateAsNull(text: string): string | null {
  return /^0000|^\d+-00|^\d+-\d+-00/.test(text) ? null : text;
}

function withMicroseconds(text: string): string {
  const [whole = '', fraction = ''] = text.split('.');
  return `${whole}.${fraction.padEnd(6, '0')}`;
}

function microsecondsOfTime(text: string): string {
  const [, sign = '', hours, minutes, seconds, fraction = ''] =
    /^(-?)(\d+):(\d+):(\d+)(?:\.(\d+))?$/.exec(text) ?? [];
  const total =
    (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1_000_000 +
    Number(fraction.padEnd(6, '0'));
  return total === 0 ? '0' : sign + String(total);
}

/** Members in one order, numbers by value, no space: what jsonb and JSON have in common. */
function sortedJson(text: string): string {
  return JSON.stringify(JSON.parse(text), (_key, value: unknown) =>
    value !== null && typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}

/** One form for a value of each type, from the text of MySQL and from the text of PostgreSQL. */
import pg from 'pg';

export interface ComparedColumn {
  name: string;
  dataType: string;
  columnType: string;
}

type Canonical<Input> = (value: Input, column: ComparedColumn) => string | null;

interface TypeForm {
  source: Canonical<Buffer>;
  target: Canonical<string>;
}

const TEXT_ARRAY_OID = 1009 as never;

const text: TypeForm = { source: String, target: String };
// Where TINYINT(1) becomes a boolean.
const BOOLEANS: Readonly<Record<string, string>> = { f: '0', t: '1' };
const integer = both((value) => BOOLEANS[value] ?? BigInt(value).toString());
const decimal = both((value) => value.replace(/^(-?)0+(?=\d)/, '$1'));
const double = both((value) => floatBits(Number(value)));
const single = both((value) => floatBits(Math.fround(Number(value))));
const bytes: TypeForm = {
  source: (value) => value.toString('hex'),
  target: (value) => value.slice('\\x'.length),
};
const bits: TypeForm = {
  source: (value, { columnType }) => {
    const length = Number(/\d+/.exec(columnType)?.[0] ?? 1);
    return BigInt(`0x${value.toString('hex')}`)
      .toString(2)
      .padStart(length, '0');
  },
  target: String,
};
const set: TypeForm = {
  source: (value) => [...new Set(String(value).split(',').filter(Boolean))].join(),
  target: (value) => (pg.types.getTypeParser(TEXT_ARRAY_OID)(value) as string[]).join(),
};
const json = both((value) => JSON.stringify(sortedKeys(JSON.parse(value))));
const date: TypeForm = { source: (value) => zeroIsNull(String(value)), target: String };
const dateTime: TypeForm = {
  source: (value) => {
    const known = zeroIsNull(String(value));
    return known && withoutTrailingZeros(known);
  },
  target: (value) => withoutTrailingZeros(value.replace(/\+00$/, '')),
};
const time = both((value) => {
  const [, days = '0', sign, hours, minutes, seconds, fraction = ''] =
    /^(?:(-?\d+) days? )?([-+]?)(\d+):(\d+):(\d+)(?:\.(\d+))?$/.exec(value) ?? fail(`the time ${value}`);
  const clock = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds);
  const microseconds = clock * 1e6 + Number(fraction.padEnd(6, '0'));
  return String(Number(days) * 86_400e6 + (sign === '-' ? -microseconds : microseconds));
});

const FORMS: Readonly<Record<string, TypeForm>> = {
  ...each(['tinyint', 'smallint', 'mediumint', 'int', 'bigint', 'year'], integer),
  ...each(['char', 'varchar', 'tinytext', 'text', 'mediumtext', 'enum', 'uuid'], text),
  ...each(['binary', 'varbinary', 'tinyblob', 'blob', 'mediumblob', 'longblob'], bytes),
  // MariaDB's JSON is a LONGTEXT: what is JSON in both is compared as such.
  longtext: { source: (value) => jsonOrText(String(value)), target: jsonOrText },
  json,
  decimal,
  double,
  float: single,
  bit: bits,
  set,
  date,
  datetime: dateTime,
  timestamp: dateTime,
  time,
};

export const canonicalValues = {
  source: (column: ComparedColumn, value: Buffer) => formOf(column).source(value, column),
  target: (column: ComparedColumn, value: string) => formOf(column).target(value, column),
};

function formOf({ name, dataType }: ComparedColumn): TypeForm {
  return FORMS[dataType] ?? fail(`the type ${dataType} of ${name}`);
}

function both(canonical: (value: string) => string): TypeForm {
  return { source: (value) => canonical(String(value)), target: canonical };
}

function each(types: string[], form: TypeForm): Record<string, TypeForm> {
  return Object.fromEntries(types.map((type) => [type, form]));
}

/** Tells -0 from 0. */
function floatBits(value: number): string {
  const buffer = Buffer.alloc(8);
  buffer.writeDoubleBE(value);
  return `${value} ${buffer.toString('hex')}`;
}

function zeroIsNull(value: string): string | null {
  return /^0000|-00/.test(value) ? null : value;
}

function withoutTrailingZeros(value: string): string {
  return value.replace(/\.(\d*?)0*$/, (_, digits: string) => (digits ? `.${digits}` : ''));
}

function jsonOrText(value: string): string {
  if (!/^\s*[[{]/.test(value)) return value;
  try {
    return json.target(value, { name: '', dataType: 'json', columnType: 'json' })!;
  } catch {
    return value;
  }
}

function sortedKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortedKeys);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sortedKeys(inner)]),
  );
}

function fail(what: string): never {
  throw new Error(`The comparison does not know ${what}`);
}

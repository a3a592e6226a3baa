/** Asks the source what its collations and character sets are, and what each of their characters is in UTF-8. */
import type { SourceConnection } from '../src/mysql/connection.ts';
import { requirePlainWord } from '../src/mysql/identifiers.ts';
import type { Charset, CharsetOfCollation } from './transcode/charset.ts';
import { tableCharset, type Character, type CharacterTables } from './transcode/table-charset.ts';
import { unicodeCharset } from './transcode/unicode-charsets.ts';

/** What is needed of a connection: a SourceConnection has it. */
export type CharsetSource = Pick<SourceConnection, 'query'>;

const UTF8 = new Set(['utf8mb4', 'utf8mb3', 'utf8', 'binary']);
/** A byte can become three bytes of UTF-8, two can become three, four can become four. */
const MAX_GROWTH = 3;
const DIGITS = `(${[...'0123456789ABCDEF'].map((digit) => `SELECT '${digit}' AS d`).join(' UNION ALL ')})`;
const BYTES = `(SELECT CONCAT(x.d, y.d) AS h FROM ${DIGITS} x, ${DIGITS} y)`;

/**
 * The character sets of all of the source's collations. The tables of those in `names` are read (those of one byte in a
 * few milliseconds, the larger ones in up to a second); the others, where they need one, are left out: a column in one of
 * them is then refused as unknown. Throws what `query` throws.
 */
export async function readCharsets(
  source: CharsetSource,
  names: Iterable<string>,
): Promise<CharsetOfCollation> {
  const maxBytes = new Map<string, number>();
  for (const { name, bytes } of await source.query<{ name: string; bytes: number | string }>(
    'SELECT CHARACTER_SET_NAME AS name, MAXLEN AS bytes FROM information_schema.CHARACTER_SETS',
  )) {
    maxBytes.set(name, Number(bytes));
  }
  const charsets = new Map<string, Charset>();
  for (const name of new Set([...UTF8, ...names])) {
    const bytes = maxBytes.get(name) ?? (name === 'binary' ? 1 : undefined);
    if (bytes !== undefined) charsets.set(name, await readCharset(source, name, bytes));
  }
  const collations = await readCollations(source);
  return (id) => charsets.get(collations.get(id) ?? '');
}

async function readCharset(source: CharsetSource, name: string, maxBytes: number): Promise<Charset> {
  if (UTF8.has(name)) return { name, maxBytes, toUtf8: null, growth: 1 };
  const toUtf8 = unicodeCharset(name) ?? tableCharset(await readTables(source, name, maxBytes));
  return { name, maxBytes, toUtf8, growth: MAX_GROWTH };
}

async function readTables(source: CharsetSource, name: string, maxBytes: number): Promise<CharacterTables> {
  const read = (...bytes: string[][]): Promise<Character[]> => readCharacters(source, name, bytes);
  const one = await read(range(0, 0xff));
  if (maxBytes === 1) return { one, two: [], three: [], four: [] };
  const alone = new Set(one.map(([bytes]) => bytes));
  const leads = range(0, 0xff).filter((_, byte) => !alone.has(byte));
  const two = await read(leads, range(0, 0xff));
  const leadsOfTwo = new Set(two.map(([bytes]) => bytes >> 8));
  const leadsOfMore = leads.filter((lead) => !leadsOfTwo.has(Number.parseInt(lead, 16)));
  const three = maxBytes === 3 ? await read(leadsOfMore, range(0xa1, 0xfe), range(0xa1, 0xfe)) : [];
  const digits = range(0x30, 0x39);
  const four = maxBytes === 4 ? await read(range(0x81, 0x84), digits, range(0x81, 0xfe), digits) : [];
  return { one, two, three, four };
}

/** Those combinations of bytes that are one character, each with what the server makes of it. */
async function readCharacters(source: CharsetSource, name: string, bytes: string[][]): Promise<Character[]> {
  if (bytes.some((choices) => choices.length === 0)) return [];
  const charset = requirePlainWord(name);
  const hex = `CONCAT(${bytes.map((_, i) => `b${i}.h`).join(', ')})`;
  const from = bytes.map(
    (choices, i) => `(SELECT h FROM ${BYTES} b WHERE h IN ('${choices.join("','")}')) b${i}`,
  );
  const text = `CONVERT(UNHEX(hex) USING ${charset})`;
  const rows = await source.query<{ hex: string; utf8: string | null }>(
    `SELECT hex, HEX(CONVERT(${text} USING utf8mb4)) AS utf8 FROM (SELECT ${hex} AS hex FROM ${from.join(', ')}) s ` +
      `WHERE HEX(${text}) = hex AND CHAR_LENGTH(${text}) = 1`,
  );
  // What vanishes is the beginning of a character, which MySQL accepts as text of eucjpms.
  return rows
    .filter(({ utf8 }) => utf8 !== '')
    .map((row) => [Number.parseInt(row.hex, 16), packUtf8(row.utf8)] as const);
}

/** What has no character in Unicode is a question mark to a client of the server. */
function packUtf8(hex: string | null): number {
  const bytes = Buffer.from(hex ?? '3F', 'hex');
  return bytes.reduceRight((packed, byte) => (packed << 8) | byte, 0);
}

function range(first: number, last: number): string[] {
  return Array.from({ length: last - first + 1 }, (_, i) =>
    (first + i).toString(16).toUpperCase().padStart(2, '0'),
  );
}

/** By id. Collations of MariaDB that exist for several character sets have their ids in a table of their own. */
async function readCollations(source: CharsetSource): Promise<Map<number, string>> {
  const [found] = await source.query<{ columns: number | string }>(
    `SELECT COUNT(*) AS columns FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = 'information_schema' ` +
      `AND TABLE_NAME = 'COLLATION_CHARACTER_SET_APPLICABILITY' AND COLUMN_NAME = 'ID'`,
  );
  const table = Number(found?.columns) > 0 ? 'COLLATION_CHARACTER_SET_APPLICABILITY' : 'COLLATIONS';
  const rows = await source.query<{ id: number | string | null; name: string }>(
    `SELECT ID AS id, CHARACTER_SET_NAME AS name FROM information_schema.${table} WHERE ID IS NOT NULL`,
  );
  return new Map(rows.map(({ id, name }) => [Number(id), name]));
}

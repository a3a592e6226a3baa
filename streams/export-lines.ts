/** Records of exported files: what each of them says, in the order of the file. Values are texts as the file has them. */
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { parse } from 'fast-csv';
import iconv from 'iconv-lite';
import { streamArray } from 'stream-json/streamers/stream-array.js';
import type { ExportFormat, ExportSettings } from '../src/config/settings.ts';

/** Fields by position for CSV, by name for JSON. */
export type ExportRecord =
  | { kind: 'fields'; line: number; fields: readonly string[] }
  | { kind: 'object'; line: number; object: Readonly<Record<string, unknown>> };

/** The bytes of files one behind the other, as if they were one; what is compressed is expanded. `onBytes`: of the files. */
export async function* bytesOf(
  files: readonly string[],
  onBytes: (bytes: number) => void,
): AsyncGenerator<Buffer> {
  for (const file of files) {
    const stream = createReadStream(file, { highWaterMark: 256 * 1024 });
    stream.on('data', (piece) => onBytes(piece.length));
    yield* (
      file.endsWith('.gz') ? stream.pipe(createGunzip()).once('close', () => stream.destroy()) : stream
    ) as AsyncIterable<Buffer>;
  }
}

/** Some at a time. Throws SyntaxError for JSON that is none, and what reading throws. */
export function recordsOf(
  format: ExportFormat,
  bytes: AsyncIterable<Buffer>,
  settings: ExportSettings,
): AsyncIterable<readonly ExportRecord[]> {
  if (format === 'csv') return csvRecords(bytes, settings);
  return format === 'ndjson' ? lineRecords(bytes) : arrayRecords(bytes);
}

async function* csvRecords(
  bytes: AsyncIterable<Buffer>,
  { csv }: ExportSettings,
): AsyncGenerator<ExportRecord[]> {
  const { delimiter, escape, charset } = csv;
  const text = Readable.from(decoded(bytes, charset), { objectMode: true });
  const parser = parse<string[], string[]>({
    headers: false,
    delimiter,
    quote: '"',
    escape,
    ignoreEmpty: false,
  });
  text.on('error', (error) => parser.destroy(error));
  let line = 0;
  for await (const fields of text.pipe(parser) as AsyncIterable<string[]>) {
    line++;
    yield [{ kind: 'fields', line, fields }];
  }
}

/** Without the mark at its beginning that says which Unicode it is. */
async function* decoded(bytes: AsyncIterable<Buffer>, charset: string): AsyncGenerator<string> {
  const decoder = iconv.getDecoder(charset, { stripBOM: true });
  for await (const piece of bytes) yield decoder.write(piece);
  const rest = decoder.end();
  if (rest) yield rest;
}

const LINE_FEED = 0x0a;

async function* lineRecords(bytes: AsyncIterable<Buffer>): AsyncGenerator<ExportRecord[]> {
  let pieces: Buffer[] = [];
  let line = 0;
  const record = (): ExportRecord | null => {
    line++;
    const text = (pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces)).toString();
    pieces = [];
    return text.trim() === ''
      ? null
      : { kind: 'object', line, object: objectOf(JSON.parse(withExactNumbers(text))) };
  };
  for await (const piece of bytes) {
    const records: ExportRecord[] = [];
    let from = 0;
    try {
      for (let end = piece.indexOf(LINE_FEED); end >= 0; end = piece.indexOf(LINE_FEED, from)) {
        pieces.push(piece.subarray(from, end));
        from = end + 1;
        const found = record();
        if (found) records.push(found);
      }
    } catch (error) {
      // What stands before it is read all the same.
      yield records;
      throw error;
    }
    if (from < piece.length) pieces.push(piece.subarray(from));
    yield records;
  }
  const last = pieces.length > 0 ? record() : null;
  if (last) yield [last];
}

/** What a double may not hold: sixteen digits and more, exponents, a negative zero. */
const PERHAPS_INEXACT = /[\d.]{16}|\d[eE]|-0\b/;
const STRING_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** Numbers as strings where parsing would change one. */
function withExactNumbers(json: string): string {
  if (!PERHAPS_INEXACT.test(json)) return json;
  return json.replace(STRING_OR_NUMBER, (token) => (token.startsWith('"') ? token : `"${token}"`));
}

async function* arrayRecords(bytes: AsyncIterable<Buffer>): AsyncGenerator<ExportRecord[]> {
  const items = streamArray.withParserAsStream({ numberAsString: true });
  const source = Readable.from(bytes);
  source.on('error', (error) => items.destroy(error));
  for await (const { key, value } of source.pipe(items) as AsyncIterable<{ key: number; value: unknown }>)
    yield [{ kind: 'object', line: key + 1, object: objectOf(value) }];
}

function objectOf(value: unknown): Record<string, unknown> {
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    throw new SyntaxError('a row that is no object');
  return value as Record<string, unknown>;
}

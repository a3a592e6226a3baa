/** Records of exported files: what each of them says, in the order of the file. Values are texts as the file has them. */
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
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

/** The rows of a piece at once: taken from the parser one by one they would cost as much again. */
async function* csvRecords(
  bytes: AsyncIterable<Buffer>,
  { csv }: ExportSettings,
): AsyncGenerator<ExportRecord[]> {
  const { delimiter, escape, charset } = csv;
  const parser = parse<string[], string[]>({
    headers: false,
    delimiter,
    quote: '"',
    escape,
    ignoreEmpty: false,
  });
  let line = 0;
  let records: ExportRecord[] = [];
  parser.on('data', (fields: string[]) => records.push({ kind: 'fields', line: ++line, fields }));
  const ended = finished(parser);
  ended.catch(() => undefined);
  const taken = (): ExportRecord[] => {
    const batch = records;
    records = [];
    return batch;
  };
  try {
    for await (const text of decoded(bytes, charset)) {
      const written = new Promise((resolve) => parser.write(text, resolve));
      await Promise.race([written, ended]);
      yield taken();
    }
    parser.end();
    await ended;
    yield taken();
  } finally {
    parser.destroy();
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

/** The lines of a piece are decoded at once. */
async function* lineRecords(bytes: AsyncIterable<Buffer>): AsyncGenerator<ExportRecord[]> {
  let rest: Buffer[] = [];
  const reader = new LineReader();
  for await (const piece of bytes) {
    const end = piece.lastIndexOf(LINE_FEED);
    if (end < 0) {
      rest.push(piece);
      continue;
    }
    const lines = piece.subarray(0, end);
    yield* reader.read(rest.length > 0 ? Buffer.concat([...rest, lines]) : lines);
    rest = end + 1 < piece.length ? [piece.subarray(end + 1)] : [];
  }
  if (rest.length > 0) yield* reader.read(Buffer.concat(rest));
}

class LineReader {
  #line = 0;

  /** The records of whole lines. What stands before a line that is none comes before its error. */
  *read(lines: Buffer): Generator<ExportRecord[]> {
    const records: ExportRecord[] = [];
    try {
      this.#read(lines, records);
    } finally {
      yield records;
    }
  }

  #read(lines: Buffer, records: ExportRecord[]): void {
    const isExact = !mayBeInexact(lines);
    for (const json of lines.toString().split('\n')) {
      const line = ++this.#line;
      if (!json.startsWith('{') && json.trim() === '') continue;
      const object = objectOf(JSON.parse(isExact ? json : withExactNumbers(json)));
      records.push({ kind: 'object', line, object });
    }
  }
}

/** Digits and points that stand together in a number that a double holds exactly. */
const SURELY_EXACT = 15;
const [ZERO, NINE, POINT, MINUS, SMALL_E, LARGE_E] = [0x30, 0x39, 0x2e, 0x2d, 0x65, 0x45];

/** Whether there is anything in it that might be a number that a double does not hold: sixteen digits and more, exponents, a negative zero. */
function mayBeInexact(json: Buffer): boolean {
  let run = 0;
  for (let at = 0; at < json.length; at++) {
    const byte = json[at]!;
    if ((byte >= ZERO && byte <= NINE) || byte === POINT) {
      if (++run > SURELY_EXACT) return true;
      continue;
    }
    if (run > 0) {
      if (byte === SMALL_E || byte === LARGE_E) return true;
      const first = at - run;
      if (json[first] === ZERO && json[first - 1] === MINUS && (run === 1 || json[first + 1] === POINT))
        return true;
      run = 0;
    }
  }
  return false;
}

/** The same of one line. */
const PERHAPS_INEXACT = /[\d.]{16}|\d[eE]|-0\b/;
const STRING_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** Numbers as strings where parsing might change one. */
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

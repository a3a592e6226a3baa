/** What reading exports costs up to the encoded rows, beside what a parser alone takes for the same file: in turn, in one process. */
import { createReadStream } from 'node:fs';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parse } from 'fast-csv';
import { BufferPool } from '../../../streams/buffer-pool.ts';
import { EncodeStage } from '../../../streams/encode.ts';
import { ExportRows } from '../../../streams/export-rows.ts';
import type { EncodedBatch } from '../../../streams/source-batch.ts';
import type { ExportSettings } from '../../../src/config/settings.ts';
import { textTable } from '../../../src/exports/text-table-model.ts';
import { makePlan } from '../../../src/mapping/plan.ts';
import { mirrorProfile } from '../../../src/profiles/mirror/mirror-profile.ts';
import { mirrorOptions } from '../../support/source-catalog.ts';
import type { ExportsBenchOptions } from '../options.ts';

export interface ExportsResult {
  rows: number;
  formats: { title: string; parser: string; runs: ExportRun[] }[];
}

/** Rows per second, of one round. */
export interface ExportRun {
  ours: number;
  parser: number;
}

const COLUMNS = ['id', 'name', 'ward', 'amount', 'born', 'note', 'phone', 'city'];
const TABLE = 'visits';
const BUFFER_BYTES = 256 * 1024;
const INPUT_BYTES = 64 * 1024;
const FREE_BUFFERS = 8;
const ROWS_PER_WRITE = 1000;

/** Throws where a contestant has not seen every row. */
export async function runExportsBench(
  { rows, rounds }: ExportsBenchOptions,
  say: (line: string) => void,
): Promise<ExportsResult> {
  const directory = await fs.mkdtemp(path.join(os.tmpdir(), 'transfuse-exports-'));
  try {
    say(`writing ${rows.toLocaleString('en-US')} rows twice`);
    const files = { csv: path.join(directory, 'visits.csv'), ndjson: path.join(directory, 'visits.ndjson') };
    await writeRows(files.csv, rows, csvLine, `${COLUMNS.join(',')}\n`);
    await writeRows(files.ndjson, rows, (row) => JSON.stringify(row), '');
    const formats: ExportsResult['formats'] = [
      { title: 'CSV', parser: 'fast-csv alone', runs: [] },
      { title: 'lines of JSON', parser: 'split and JSON.parse alone', runs: [] },
    ];
    const contestants = [
      { file: files.csv, parser: () => parseCsv(files.csv), expected: rows + 1 },
      { file: files.ndjson, parser: () => parseLines(files.ndjson), expected: rows },
    ];
    for (let round = 1; round <= rounds; round++) {
      for (const [index, { file, parser, expected }] of contestants.entries()) {
        const run = {
          parser: await rate(rows, expected, parser),
          ours: await rate(rows, rows, () => encode(file, directory)),
        };
        formats[index]!.runs.push(run);
        say(`  round ${round} of ${rounds}  ${(run.ours / run.parser).toFixed(2)}  ${formats[index]!.title}`);
      }
    }
    return { rows, formats };
  } finally {
    await fs.rm(directory, { recursive: true });
  }
}

async function rate(rows: number, expected: number, read: () => Promise<number>): Promise<number> {
  const since = performance.now();
  const seen = await read();
  if (seen !== expected) throw new Error(`${seen} rows were read instead of ${expected}`);
  return rows / ((performance.now() - since) / 1000);
}

async function encode(file: string, directory: string): Promise<number> {
  const { compiled } = makePlan(
    mirrorProfile,
    {
      database: 'bench',
      flavor: 'mysql',
      tables: [textTable(TABLE, COLUMNS, 0)],
      others: { views: [], routines: [], triggers: [], events: [], sequences: [] },
    },
    mirrorOptions(),
  ).mappings[0]!;
  const settings: ExportSettings = {
    directory,
    csv: { delimiter: ',', escape: '"', nullMarker: String.raw`\N`, charset: 'utf8', header: true },
  };
  const source = new ExportRows({
    files: [file],
    table: TABLE,
    columns: compiled.sourceColumns.map(({ name }) => ({ name, form: 'string' })),
    known: new Set(COLUMNS),
    settings,
  });
  const pool = new BufferPool(BUFFER_BYTES, FREE_BUFFERS);
  const stage = new EncodeStage({
    compiled,
    inputPool: new BufferPool(INPUT_BYTES, FREE_BUFFERS),
    pool,
    batchRows: 500,
    onRefused: () => undefined,
  });
  const sink = new Writable({
    objectMode: true,
    write: (batch: EncodedBatch, _encoding, done) => {
      pool.release(batch.buffer);
      done();
    },
  });
  await pipeline(source, stage, sink);
  return stage.rowsEncoded;
}

async function parseCsv(file: string): Promise<number> {
  let rows = 0;
  await pipeline(
    createReadStream(file),
    parse<string[], string[]>({ headers: false }),
    new Writable({
      objectMode: true,
      write: (_row, _encoding, done) => {
        rows++;
        done();
      },
    }),
  );
  return rows;
}

async function parseLines(file: string): Promise<number> {
  let rows = 0;
  let rest = '';
  for await (const text of createReadStream(file, { encoding: 'utf8', highWaterMark: BUFFER_BYTES })) {
    const lines = (rest + (text as string)).split('\n');
    rest = lines.pop()!;
    for (const line of lines) {
      JSON.parse(line);
      rows++;
    }
  }
  return rows;
}

type Row = Readonly<Record<string, string | number>>;

async function writeRows(
  file: string,
  count: number,
  line: (row: Row) => string,
  head: string,
): Promise<void> {
  const out = await fs.open(file, 'w');
  await out.write(head);
  for (let from = 0; from < count; from += ROWS_PER_WRITE) {
    const ids = Array.from({ length: Math.min(ROWS_PER_WRITE, count - from) }, (_, index) => from + index);
    await out.write(ids.map((id) => `${line(rowOf(id))}\n`).join(''));
  }
  await out.close();
}

function rowOf(id: number): Row {
  return {
    id,
    name: `Patient Number ${id}`,
    ward: `ward ${id % 7}`,
    amount: (id / 7).toFixed(2),
    born: '1970-01-02',
    note: `a note that is "quoted", and long enough to be one ${id}`,
    phone: '+1 555 0100',
    city: 'Springfield',
  };
}

function csvLine(row: Row): string {
  return Object.values(row)
    .map((value) => (/[",]/.test(String(value)) ? `"${String(value).replaceAll('"', '""')}"` : value))
    .join(',');
}

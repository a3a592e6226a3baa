/**
 * The first stage of the row path for exports: the records of files as batches of protocol bytes, as if a server had sent them.
 *
 * Promises: each record is a row or a ragged one, with its line; values are texts as the file has them, and bytes where its columns say base64. What
 * is no number of a column's is refused by the encoder, as from a server. Holds a few batches, and ragged rows up to `MAX_RAGGED_BYTES`.
 */
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import type { ExportSettings } from '../src/config/settings.ts';
import { TransfuseError } from '../src/core/errors.ts';
import { exportFormatOf } from './export-format.ts';
import { bytesOf, recordsOf, type ExportRecord } from './export-lines.ts';
import type { JsonForm } from './ndjson-encoder.ts';
import { RowPacker, type FieldValue } from './row-packer.ts';
import type { Rows } from './rows.ts';
import type { SourceBatch } from './source-batch.ts';

export interface ExportColumn {
  name: string;
  form: JsonForm;
}

/** A record with other fields than its table has. */
export interface RaggedRow {
  line: number;
  fields: readonly string[];
}

export interface ExportRowsOptions {
  /** One behind the other they are one file; absolute. */
  files: readonly string[];
  /** For messages. */
  table: string;
  /** What is read, in order. */
  columns: readonly ExportColumn[];
  /** All that the table has: any other field makes a row ragged. */
  known: ReadonlySet<string>;
  settings: ExportSettings;
}

const MAX_RAGGED_BYTES = 2 * 1024 * 1024;
const BATCHES_AHEAD = 8;

export class ExportRows extends Readable implements Rows {
  readonly #options: ExportRowsOptions;
  readonly #batches: AsyncGenerator<SourceBatch>;
  readonly ragged: RaggedRow[] = [];
  #raggedBytes = 0;
  #isPulling = false;
  bytesRead = 0;
  rowsRead = 0;
  waitMs = 0;
  /** A file is there or it is not: it is not waited for. */
  readonly isWaiting = false;

  constructor(options: ExportRowsOptions) {
    super({ objectMode: true, highWaterMark: BATCHES_AHEAD });
    this.#options = options;
    this.#batches = this.#read();
    // Files that were not read to their end are let go of.
    this.once('close', () => void this.#batches.return(undefined).catch(() => undefined));
  }

  override _read(): void {
    if (!this.#isPulling) void this.#pull();
  }

  async #pull(): Promise<void> {
    this.#isPulling = true;
    try {
      for (let wanted = true; wanted;) {
        const since = performance.now();
        const { value, done } = await this.#batches.next();
        this.waitMs += performance.now() - since;
        wanted = this.push(done === true ? null : value) && done !== true;
      }
    } catch (error) {
      this.destroy(this.#explain(error));
    } finally {
      this.#isPulling = false;
    }
  }

  async *#read(): AsyncGenerator<SourceBatch> {
    const { files, settings } = this.#options;
    const ready: SourceBatch[] = [];
    const packer = new RowPacker((batch) => ready.push(batch));
    const bytes = bytesOf(files, (count) => (this.bytesRead += count));
    const take = this.#reader();
    for await (const records of recordsOf(exportFormatOf(files[0]!)!, bytes, settings)) {
      for (const record of records) {
        const values = take(record);
        if (values === 'no row') continue;
        this.rowsRead++;
        if (values === 'ragged') this.#keepRagged(record);
        else packer.add(values);
      }
      if (ready.length > 0) yield* ready.splice(0);
    }
    packer.flush();
    yield* ready;
  }

  /** What a record says of the columns; the next one takes its place. */
  #reader(): (record: ExportRecord) => FieldValue[] | 'ragged' | 'no row' {
    const { columns, known, settings } = this.#options;
    const { nullMarker, header } = settings.csv;
    let positions: (number | null)[] | null = null;
    let width = 0;
    const placesIn = (names: readonly string[]): (number | null)[] => {
      width = names.length;
      if (new Set(names).size < names.length) throw this.#malformed('its header names a column twice');
      const unknown = names.filter((name) => !known.has(name));
      if (unknown.length > 0)
        throw this.#malformed(`its header names ${unknown.length} columns that the table does not have`);
      return columns.map(({ name }) => {
        const at = names.indexOf(name);
        return at < 0 ? null : at;
      });
    };
    const values: FieldValue[] = columns.map(() => null);
    const indexOf = new Map(columns.map(({ name }, index) => [name, index]));
    return (record) => {
      if (record.kind === 'object') {
        values.fill(null);
        const { object } = record;
        for (const name in object) {
          const index = indexOf.get(name);
          if (index !== undefined) values[index] = jsonValue(object[name], columns[index]!.form);
          else if (!known.has(name)) return 'ragged';
        }
        return values;
      }
      const { fields } = record;
      if (!positions) {
        positions = placesIn(header ? fields : [...known]);
        if (header) return 'no row';
      }
      // In a table of one column an empty line is a row.
      if (width > 1 && fields.length < 2 && fields.join('') === '') return 'no row';
      if (fields.length !== width && !(width === 1 && fields.length === 0)) return 'ragged';
      for (let index = 0; index < columns.length; index++) {
        const at = positions[index];
        const field = at == null ? null : (fields[at] ?? '');
        if (field === null || field === nullMarker) values[index] = null;
        else values[index] = columns[index]!.form === 'base64' ? Buffer.from(field, 'base64') : field;
      }
      return values;
    };
  }

  #keepRagged(record: ExportRecord): void {
    const fields = record.kind === 'fields' ? record.fields : Object.values(record.object).map(textOf);
    this.ragged.push({ line: record.line, fields });
    this.#raggedBytes += fields.reduce((sum, field) => sum + 2 * field.length, 0);
    if (this.#raggedBytes > MAX_RAGGED_BYTES)
      throw this.#malformed(
        `more than ${this.ragged.length - 1} of its rows have other fields than the table`,
      );
  }

  /** What was read up to there is undone with its chunk. */
  #explain(error: unknown): Error {
    if (error instanceof TransfuseError) return error;
    const { code } = error as NodeJS.ErrnoException;
    return this.#malformed(
      code === undefined
        ? `it is not the ${exportFormatOf(this.#options.files[0]!)} that it should be, behind row ${this.rowsRead}`
        : `it cannot be read (${code})`,
    );
  }

  #malformed(why: string): TransfuseError {
    const { files, table } = this.#options;
    const file = basename(files[0]!);
    return new TransfuseError(
      'EXPORT_MALFORMED',
      `The export ${file} of ${table} cannot be loaded: ${why}.`,
      {
        where: { table, file },
      },
    );
  }
}

function jsonValue(value: unknown, form: JsonForm): FieldValue {
  if (value === null || value === undefined) return null;
  const text = textOf(value);
  return form === 'base64' ? Buffer.from(text, 'base64') : text;
}

function textOf(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return value;
    case 'boolean':
      return value ? '1' : '0';
    case 'number':
      return String(value);
    default:
      return JSON.stringify(value);
  }
}

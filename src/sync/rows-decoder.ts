/**
 * From row images of the binlog to the changes of a batch. Each image is read by code that was compiled for its table's
 * description and the columns that the mapping wants, into the bytes that the encoder of bulk reads (invariants 1, 11).
 * Holds one buffer as large as the rows event at hand asks for.
 */
import type { RowsEvent, TableMap } from '../../cdc/model.ts';
import type { CharsetOfCollation } from '../../cdc/transcode/charset.ts';
import { compileRowReader, type RowReader } from '../../cdc/transcode/row-reader.ts';
import { TransfuseError } from '../core/errors.ts';
import type { ChangeBatch } from './change-batch.ts';
import type { RowImage } from './row-image.ts';
import type { SyncMapping } from './sync-mapping.ts';

interface MappingReaders {
  mapping: SyncMapping;
  /** What tells the row, and what its foreign keys refer to. */
  before: RowReader;
  /** What the mapping reads. */
  after: RowReader;
}

export interface RowsDecoderOptions {
  /** The source's database: rows of others are not wanted. */
  database: string;
  mappings: readonly SyncMapping[];
  /** The source takes names of tables and databases without regard to case. */
  foldsNames: boolean;
  charsetOf: CharsetOfCollation;
}

const FIRST_SCRATCH_BYTES = 64 * 1024;
const MAX_KEPT_SCRATCH_BYTES = 1 << 20;

export class RowsDecoder {
  readonly #options: RowsDecoderOptions;
  readonly #mappingsOf = new Map<string, SyncMapping[]>();
  readonly #readers = new WeakMap<TableMap, MappingReaders[]>();
  readonly #before: RowImage;
  readonly #after: RowImage;

  constructor(options: RowsDecoderOptions) {
    this.#options = options;
    for (const mapping of options.mappings) {
      const { name } = mapping.planned.table;
      const key = this.#fold(name);
      this.#mappingsOf.set(key, [...(this.#mappingsOf.get(key) ?? []), mapping]);
    }
    const buffer = Buffer.allocUnsafeSlow(FIRST_SCRATCH_BYTES);
    this.#before = { buffer, start: 0, end: 0 };
    this.#after = { buffer, start: 0, end: 0 };
  }

  /** Names as the binlog writes them, in rows or in statements. */
  wants(database: string, table: string): boolean {
    return this.mappingsOf(database, table).length > 0;
  }

  /** The mappings that read a table; none for one that nobody wants. */
  mappingsOf(database: string, table: string): readonly SyncMapping[] {
    return this.isDatabase(database) ? (this.#mappingsOf.get(this.#fold(table)) ?? []) : [];
  }

  /** The table's name as the plan has it; null for one that nobody wants. */
  nameOf(database: string, table: string): string | null {
    return this.mappingsOf(database, table)[0]?.planned.table.name ?? null;
  }

  /** Whether it is the source's. */
  isDatabase(name: string): boolean {
    return this.#fold(name) === this.#fold(this.#options.database);
  }

  #fold(name: string): string {
    return this.#options.foldsNames ? name.toLowerCase() : name;
  }

  /**
   * Adds the event's rows to the batch, once for each mapping that reads their table; returns how many rows there are.
   * Throws CDC_TABLE_CHANGED, CDC_TYPE_UNKNOWN, CDC_EVENT_MALFORMED.
   */
  decode(rows: RowsEvent, batch: ChangeBatch): number {
    let count = 0;
    for (const readers of this.#readersOf(rows.table)) count = this.#decodeFor(readers, rows, batch);
    if (this.#after.buffer.length > MAX_KEPT_SCRATCH_BYTES) this.#replaceScratch(FIRST_SCRATCH_BYTES);
    return count;
  }

  #decodeFor({ mapping, before, after }: MappingReaders, rows: RowsEvent, batch: ChangeBatch): number {
    const { body, kind } = rows;
    this.#makeRoom(before.maxTextBytes(body.length) + after.maxTextBytes(body.length));
    let count = 0;
    for (let at = 0; at < body.length; count++) {
      let end = 0;
      if (kind !== 'insert') {
        end = this.#before.end = before.read(body, at, this.#before.buffer, 0);
        at = before.nextAt;
      }
      if (kind === 'delete') {
        batch.delete(mapping, this.#before);
        continue;
      }
      this.#after.start = end;
      this.#after.end = after.read(body, at, this.#after.buffer, end);
      at = after.nextAt;
      batch.upsert(mapping, kind === 'insert' ? null : this.#before, this.#after);
    }
    return count;
  }

  #readersOf(map: TableMap): MappingReaders[] {
    let readers = this.#readers.get(map);
    if (!readers) {
      const { charsetOf } = this.#options;
      requireKnownColumns(map, this.mappingsOf(map.database, map.table));
      readers = this.mappingsOf(map.database, map.table).map((mapping) => ({
        mapping,
        before: compileRowReader(map, mapping.beforeColumns, charsetOf),
        after: compileRowReader(map, mapping.planned.compiled.sourceColumns, charsetOf),
      }));
      this.#readers.set(map, readers);
    }
    return readers;
  }

  #makeRoom(bytes: number): void {
    if (this.#after.buffer.length >= bytes) return;
    this.#replaceScratch(bytes);
  }

  #replaceScratch(bytes: number): void {
    this.#before.buffer = this.#after.buffer = Buffer.allocUnsafeSlow(bytes);
  }
}

/** What the servers add for functional indexes, long unique keys and versions of rows, and show to nobody. */
const HIDDEN = /^(?:!hidden!.*|DB_ROW_HASH_\d+|row_start|row_end)$/;

/** A column that nobody has told of means that a change of the table was missed: its values would be lost silently. */
function requireKnownColumns(map: TableMap, mappings: readonly SyncMapping[]): void {
  const known = new Set(
    mappings.flatMap(({ planned }) => planned.table.columns.map(({ name }) => name.toLowerCase())),
  );
  const added = map.columns.find(({ name }) => !known.has(name.toLowerCase()) && !HIDDEN.test(name));
  if (!added) return;
  const table = `${map.database}.${map.table}`;
  throw new TransfuseError(
    'CDC_TABLE_CHANGED',
    `Table ${table} has a column ${added.name} in the binlog that it did not have when it was loaded.`,
    {
      where: { table, column: added.name },
      fix: `Run bin/schema for what the target lacks, then bin/bulk --tables ${map.table} --replace, then bin/sync again.`,
    },
  );
}

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
import type { PlannedWatch } from './refresh/watch-plan.ts';
import type { RowImage } from './row-image.ts';
import type { SyncMapping } from './sync-mapping.ts';

interface WatchReaders {
  watch: PlannedWatch;
  inputs: RowReader;
  /** What tells the row, where it is one of the query's own table. */
  before: RowReader;
}

interface TableReaders {
  mappings: MappingReaders[];
  watches: WatchReaders[];
}

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
  watches: readonly PlannedWatch[];
  /** The source takes names of tables and databases without regard to case. */
  foldsNames: boolean;
  charsetOf: CharsetOfCollation;
}

const FIRST_SCRATCH_BYTES = 64 * 1024;
const MAX_KEPT_SCRATCH_BYTES = 1 << 20;

export class RowsDecoder {
  readonly #options: RowsDecoderOptions;
  readonly #mappingsOf = new Map<string, SyncMapping[]>();
  readonly #watchesOf = new Map<string, PlannedWatch[]>();
  readonly #readers = new WeakMap<TableMap, TableReaders>();
  readonly #before: RowImage;
  readonly #after: RowImage;

  constructor(options: RowsDecoderOptions) {
    this.#options = options;
    for (const mapping of options.mappings) {
      // What a query gives is not in the row: its table is watched instead.
      if (mapping.planned.mapping.shape !== 'row') continue;
      const key = this.#fold(mapping.planned.table.name);
      this.#mappingsOf.set(key, [...(this.#mappingsOf.get(key) ?? []), mapping]);
    }
    for (const watch of options.watches) {
      const key = this.#fold(watch.table);
      this.#watchesOf.set(key, [...(this.#watchesOf.get(key) ?? []), watch]);
    }
    const buffer = Buffer.allocUnsafeSlow(FIRST_SCRATCH_BYTES);
    this.#before = { buffer, start: 0, end: 0 };
    this.#after = { buffer, start: 0, end: 0 };
  }

  /** Names as the binlog writes them, in rows or in statements. */
  wants(database: string, table: string): boolean {
    return this.mappingsOf(database, table).length > 0 || this.isWatched(database, table);
  }

  /** Whether a change of the table touches rows that have to be selected again. */
  isWatched(database: string, table: string): boolean {
    return this.#watchersOf(database, table).length > 0;
  }

  /** Whether rows of the table are selected again themselves, and not only by what others have. */
  isOwn(database: string, table: string): boolean {
    return this.#watchersOf(database, table).some(({ isOwn }) => isOwn);
  }

  #watchersOf(database: string, table: string): readonly PlannedWatch[] {
    return this.isDatabase(database) ? (this.#watchesOf.get(this.#fold(table)) ?? []) : [];
  }

  /** The mappings that take rows of a table as they are logged; none for one that nobody wants. */
  mappingsOf(database: string, table: string): readonly SyncMapping[] {
    return this.isDatabase(database) ? (this.#mappingsOf.get(this.#fold(table)) ?? []) : [];
  }

  /** The table's name as the plan has it; null for one that nobody wants. */
  nameOf(database: string, table: string): string | null {
    const [mapping] = this.mappingsOf(database, table);
    return mapping?.planned.table.name ?? this.#watchersOf(database, table)[0]?.table ?? null;
  }

  /** Whether it is the source's. */
  isDatabase(name: string): boolean {
    return this.#fold(name) === this.#fold(this.#options.database);
  }

  #fold(name: string): string {
    return this.#options.foldsNames ? name.toLowerCase() : name;
  }

  /**
   * Adds the event's rows to the batch, once for each mapping that reads their table, and what they touch; returns how many rows there are.
   * Throws CDC_TABLE_CHANGED, CDC_TYPE_UNKNOWN, CDC_EVENT_MALFORMED.
   */
  decode(rows: RowsEvent, batch: ChangeBatch): number {
    let count = 0;
    const { mappings, watches } = this.#readersOf(rows.table);
    for (const readers of mappings) count = this.#decodeFor(readers, rows, batch);
    for (const readers of watches) {
      const passes = readers.watch.leavesOnly && rows.kind === 'insert';
      if (!passes) count = this.#touchFor(readers, rows, batch);
    }
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

  /**
   * Of both versions of each row, since it may have left what it touched before. A row of the query's own table that is gone, or has
   * another key, is taken away in its place: what it refers to may go next.
   */
  #touchFor({ watch, inputs, before }: WatchReaders, rows: RowsEvent, batch: ChangeBatch): number {
    const { body, kind } = rows;
    this.#makeRoom(inputs.maxTextBytes(body.length) + before.maxTextBytes(body.length));
    const readInputs = (at: number): number => {
      this.#after.start = 0;
      return (this.#after.end = inputs.read(body, at, this.#after.buffer, 0));
    };
    const touch = (at: number): string => {
      readInputs(at);
      return batch.touches.add(watch, this.#after);
    };
    let count = 0;
    if ((watch.keysOnly || watch.leavesOnly) && kind === 'update') {
      for (let at = 0; at < body.length; count++) {
        const from = at;
        const before = Buffer.from(this.#after.buffer.subarray(0, readInputs(from)));
        const now = (at = inputs.nextAt);
        const isSame = before.equals(this.#after.buffer.subarray(0, readInputs(now)));
        at = inputs.nextAt;
        if (isSame) continue;
        touch(from);
        if (!watch.leavesOnly) touch(now);
      }
      return count;
    }
    for (let at = 0; at < body.length; count++) {
      const from = at;
      const key = touch(from);
      at = inputs.nextAt;
      const keyNow = kind === 'update' ? touch(at) : null;
      if (kind === 'update') at = inputs.nextAt;
      if (!watch.isOwn || kind === 'insert' || key === keyNow) continue;
      this.#before.end = before.read(body, from, this.#before.buffer, 0);
      batch.delete(watch.mapping, this.#before);
    }
    return count;
  }

  #readersOf(map: TableMap): TableReaders {
    let readers = this.#readers.get(map);
    if (!readers) {
      const { charsetOf } = this.#options;
      const watches = this.#watchersOf(map.database, map.table);
      // Of a table that is watched for another one's sake, only the columns that tell of touched rows are known.
      const own = watches.filter(({ isOwn }) => isOwn);
      const mappings = this.mappingsOf(map.database, map.table);
      const known = [...mappings, ...own.map(({ mapping }) => mapping)];
      if (known.length > 0) requireKnownColumns(map, known);
      readers = {
        mappings: mappings.map((mapping) => ({
          mapping,
          before: compileRowReader(map, mapping.beforeColumns, charsetOf),
          after: compileRowReader(map, mapping.planned.compiled.sourceColumns, charsetOf),
        })),
        watches: watches.map((watch) => ({
          watch,
          inputs: compileRowReader(map, watch.inputs, charsetOf),
          before: compileRowReader(map, watch.isOwn ? watch.mapping.beforeColumns : watch.inputs, charsetOf),
        })),
      };
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

/**
 * The row changes of any number of source transactions, encoded for the target, in source order (invariant 4).
 *
 * Holds each encoded row, its key, and its source payload (which a reject is recorded from), in memory that is used again after
 * clear(). `bytes` is all of it: the caller bounds it by when it applies the batch (invariant 7). What belongs to one row
 * change stays together: a batch may be cut between any two calls.
 */
import type { BufferPool } from '../../streams/buffer-pool.ts';
import { ValueRefused, type RejectReason } from '../core/reject-reasons.ts';
import { FILTERED } from '../mapping/compiled-mapping.ts';
import type { EncodedSet, RowSetEncoder } from '../mapping/compiled-mapping.ts';
import { CHANGE, ChangeLog, type ChangeKind } from './change-log.ts';
import { ChangeMemory } from './change-memory.ts';
import { selectFromRow, type RowImage } from './row-image.ts';
import type { SyncMapping } from './sync-mapping.ts';
import { TouchLog } from './refresh/touch-log.ts';
import { findFields, hashBytes, sameBytes, writeFields, type FieldPlaces } from './tuple-fields.ts';

const MAX_KEY_COLUMNS = 64;
const FIRST_KEY_BYTES = 4096;
/** What a transaction's end is taken to weigh. */
const TRANSACTION_BYTES = 256;

/** A place in the binlog, to be told to people. */
type Place = { file: string; offset: string | number };

export class ChangeBatch {
  readonly mappings: readonly SyncMapping[];
  readonly memory: ChangeMemory;
  readonly log = new ChangeLog();
  /** Rows of query mappings that have to be selected again. */
  readonly touches = new TouchLog();
  /** Rows that others refer to go as well: those that did so have been made anew before. */
  clearsAway = false;
  /** Ends of source transactions: how many changes had come by then, and the place behind it. */
  readonly transactions: { changes: number; end: Place }[] = [];
  readonly #indexes: Map<SyncMapping, number>;
  readonly #found: FieldPlaces = { places: new Int32Array(2 * MAX_KEY_COLUMNS), bytes: 0 };
  /** The key of a before image, while it is compared with that of its after image. */
  #keyBytes = Buffer.allocUnsafeSlow(FIRST_KEY_BYTES);

  constructor(mappings: readonly SyncMapping[], pool: BufferPool) {
    this.mappings = mappings;
    this.memory = new ChangeMemory(pool);
    this.#indexes = new Map(mappings.map((mapping, index) => [mapping, index]));
  }

  get bytes(): number {
    const ends = this.transactions.length * TRANSACTION_BYTES;
    return this.memory.bytes + this.log.bytes + this.touches.bytes + ends;
  }

  get isEmpty(): boolean {
    return this.log.length === 0 && this.touches.isEmpty;
  }

  /**
   * A row as it is now. `before` is its before image (values of mapping.beforeColumns) or null where it was inserted; `after` has
   * the values of the compiled mapping's sourceColumns. Throws nothing for a value that the target cannot hold: that is a reject.
   */
  upsert(mapping: SyncMapping, before: RowImage | null, after: RowImage): void {
    const { compiled } = mapping.planned;
    if (compiled.set) {
      this.#upsertSet(mapping, compiled.set, after);
      return;
    }
    const { memory } = this;
    const length = after.end - after.start;
    const rowBound = compiled.maxRowBytes(length);
    const chunkIndex = memory.reserve(rowBound, length + mapping.key.maxRowBytes(length));
    const chunk = memory.chunk(chunkIndex);
    const rowStart = memory.front;
    const payloadEnd = memory.takeBack(0);
    const payloadStart = memory.takeBack(length);
    after.buffer.copy(chunk, payloadStart, after.start, after.end);
    let rowEnd: number;
    try {
      rowEnd = compiled.encode(chunk, payloadStart, payloadEnd, chunk, rowStart);
    } catch (error) {
      if (!(error instanceof ValueRefused)) throw error;
      this.#refuse(mapping, before, after, error.reason);
      return;
    }
    if (rowEnd === FILTERED) {
      this.#takeAway(CHANGE.withdraw, mapping, before ?? this.#beforeImageOf(mapping, after));
      return;
    }
    memory.keepFront(rowEnd);
    const found = findFields(chunk, rowStart, mapping.keyPositions, this.#found);
    const keyStart = memory.takeBack(found.bytes);
    writeFields(chunk, found, mapping.keyPositions.length, chunk, keyStart);
    if (before !== null) {
      const keyBytes = this.#encodeKey(mapping, before);
      if (keyBytes < 0) this.#pushKey(CHANGE.delete, mapping, before, keyBytes);
      else if (
        !sameBytes(this.#keyBytes, 0, keyBytes, chunk, keyStart, payloadStart) ||
        this.#referencedColumnsChanged(mapping, before, after)
      ) {
        this.#pushKey(CHANGE.moveFrom, mapping, before, keyBytes);
      }
    }
    this.log.push({
      kind: CHANGE.upsert,
      mapping: this.#indexOf(mapping),
      chunk: chunkIndex,
      rowStart,
      rowEnd,
      keyStart,
      keyEnd: payloadStart,
      payloadEnd,
      keyHash: hashBytes(chunk, keyStart, payloadStart),
    });
  }

  /** The set of a row as it is now, under the key that tells whose it is. Sets are selected again, and never logged. */
  #upsertSet(mapping: SyncMapping, encoder: RowSetEncoder, after: RowImage): void {
    let set: EncodedSet | null;
    try {
      set = encoder.encode(after.buffer, after.start, after.end);
    } catch (error) {
      if (!(error instanceof ValueRefused)) throw error;
      this.#refuse(mapping, null, after, error.reason);
      return;
    }
    const owner = this.#beforeImageOf(mapping, after);
    if (set === null) {
      this.#takeAway(CHANGE.withdraw, mapping, owner);
      return;
    }
    const keyBytes = this.#encodeKey(mapping, owner);
    if (keyBytes < 0) throw new RangeError('a set of rows whose owner cannot be encoded');
    const { memory } = this;
    const length = after.end - after.start;
    const chunkIndex = memory.reserve(set.length, length + keyBytes);
    const chunk = memory.chunk(chunkIndex);
    const rowStart = memory.front;
    set.buffer.copy(chunk, rowStart, 0, set.length);
    memory.keepFront(rowStart + set.length);
    const keyStart = memory.takeBack(length + keyBytes);
    const keyEnd = keyStart + keyBytes;
    this.#keyBytes.copy(chunk, keyStart, 0, keyBytes);
    after.buffer.copy(chunk, keyEnd, after.start, after.end);
    this.log.push({
      kind: CHANGE.upsert,
      mapping: this.#indexOf(mapping),
      chunk: chunkIndex,
      rowStart,
      rowEnd: rowStart + set.length,
      keyStart,
      keyEnd,
      payloadEnd: keyEnd + length,
      keyHash: hashBytes(chunk, keyStart, keyEnd),
    });
  }

  /** A row that is gone. `before` has the values of mapping.beforeColumns. */
  delete(mapping: SyncMapping, before: RowImage): void {
    this.#takeAway(CHANGE.delete, mapping, before);
  }

  /** The whole table was emptied. */
  truncate(mapping: SyncMapping): void {
    const nothing = { buffer: Buffer.alloc(0), start: 0, end: 0 };
    this.#pushKey(CHANGE.truncate, mapping, nothing, -1);
  }

  /** A source transaction is complete, and the next one begins at `end`. */
  endTransaction(end: Place): void {
    this.transactions.push({ changes: this.log.length, end });
  }

  /** Forgets all changes and keeps the memory for the next ones. */
  clear(): void {
    this.memory.clear();
    this.log.length = 0;
    this.transactions.length = 0;
    this.touches.clear();
    this.clearsAway = false;
  }

  #takeAway(kind: ChangeKind, mapping: SyncMapping, before: RowImage): void {
    this.#pushKey(kind, mapping, before, this.#encodeKey(mapping, before));
  }

  /** Its older version stays, unless what it belongs to is gone. */
  #refuse(mapping: SyncMapping, before: RowImage | null, after: RowImage, reason: RejectReason): void {
    const image = this.#beforeImageOf(mapping, after);
    if (reason === 'orphan') this.#takeAway(CHANGE.withdraw, mapping, image);
    const keyBytes = this.#encodeKey(mapping, image);
    const key = Buffer.from(this.#keyBytes.subarray(0, Math.max(keyBytes, 0)));
    if (before !== null) {
      const beforeBytes = this.#encodeKey(mapping, before);
      if (!sameBytes(this.#keyBytes, 0, Math.max(beforeBytes, 0), key, 0, key.length)) {
        this.#pushKey(CHANGE.abandon, mapping, before, beforeBytes);
      }
    }
    key.copy(this.#keyBytes);
    this.#pushKey(CHANGE.refused, mapping, after, keyBytes);
  }

  /** Writes the key to #keyBytes, and returns its size; -1 for a key that cannot be encoded, which no target row has. */
  #encodeKey(mapping: SyncMapping, before: RowImage): number {
    const bound = mapping.key.maxRowBytes(before.end - before.start);
    if (this.#keyBytes.length < bound) this.#keyBytes = Buffer.allocUnsafeSlow(bound);
    try {
      return mapping.key.encode(before.buffer, before.start, before.end, this.#keyBytes, 0);
    } catch (error) {
      if (error instanceof ValueRefused) return -1;
      throw error;
    }
  }

  /** Records a change that has no row, whose key is in #keyBytes. */
  #pushKey(kind: ChangeKind, mapping: SyncMapping, payload: RowImage, keyBytes: number): void {
    const { memory } = this;
    const length = payload.end - payload.start;
    const size = Math.max(keyBytes, 0);
    const chunkIndex = memory.reserve(0, length + size);
    const chunk = memory.chunk(chunkIndex);
    const keyStart = memory.takeBack(length + size);
    const keyEnd = keyStart + size;
    this.#keyBytes.copy(chunk, keyStart, 0, size);
    payload.buffer.copy(chunk, keyEnd, payload.start, payload.end);
    this.log.push({
      kind,
      mapping: this.#indexOf(mapping),
      chunk: chunkIndex,
      rowStart: 0,
      rowEnd: 0,
      keyStart,
      keyEnd,
      payloadEnd: keyEnd + length,
      keyHash: hashBytes(chunk, keyStart, keyEnd),
    });
  }

  /** Columns beyond the key that cascading foreign keys reference: another value there moves the rows that refer to it. */
  #referencedColumnsChanged(mapping: SyncMapping, before: RowImage, after: RowImage): boolean {
    if (mapping.beforeColumns.length === mapping.sourceKey.length) return false;
    const now = this.#beforeImageOf(mapping, after);
    return !sameBytes(before.buffer, before.start, before.end, now.buffer, now.start, now.end);
  }

  #beforeImageOf(mapping: SyncMapping, after: RowImage): RowImage {
    return selectFromRow(after, mapping.planned.compiled.sourceColumns, mapping.beforeColumns);
  }

  #indexOf(mapping: SyncMapping): number {
    const index = this.#indexes.get(mapping);
    if (index === undefined) throw new RangeError('a change of a mapping that the batch does not know');
    return index;
  }
}

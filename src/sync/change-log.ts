/** The changes of a batch in source order, as numbers in one array: a batch of 5,000 rows makes no 5,000 objects. */

export const CHANGE = {
  /** A row to be written. */
  upsert: 0,
  /** A row to be taken away. */
  delete: 1,
  /**
   * A row that changed its key (or a column that a cascading foreign key references), under its old one; the entry behind it
   * is the row as it is now.
   */
  moveFrom: 2,
  truncate: 3,
  /** A row that cannot be encoded: a reject, unless a later version of it follows. */
  refused: 4,
  /** A row that the filter of its mapping no longer lets through: goes as a deleted one does, but the source still has it. */
  withdraw: 5,
  /** A row that changed its key and cannot be encoded under the new one, under its old one. */
  abandon: 6,
} as const;

export type ChangeKind = (typeof CHANGE)[keyof typeof CHANGE];

const FIELDS = 9;
const KIND = 0;
const MAPPING = 1;
const CHUNK = 2;
const ROW_START = 3;
const ROW_END = 4;
const KEY_START = 5;
const KEY_END = 6;
const PAYLOAD_END = 7;
const KEY_HASH = 8;
const FIRST_CAPACITY = 1024;

export interface ChangeFields {
  kind: ChangeKind;
  mapping: number;
  chunk: number;
  rowStart: number;
  rowEnd: number;
  /** The key's tuple; empty where the key itself cannot be encoded. The source's payload lies right behind it. */
  keyStart: number;
  keyEnd: number;
  payloadEnd: number;
  keyHash: number;
}

export class ChangeLog {
  #fields = new Int32Array(FIRST_CAPACITY * FIELDS);
  length = 0;

  get bytes(): number {
    return this.length * FIELDS * Int32Array.BYTES_PER_ELEMENT;
  }

  push(change: ChangeFields): void {
    const at = this.length * FIELDS;
    if (at === this.#fields.length) {
      const larger = new Int32Array(this.#fields.length * 2);
      larger.set(this.#fields);
      this.#fields = larger;
    }
    const fields = this.#fields;
    fields[at + KIND] = change.kind;
    fields[at + MAPPING] = change.mapping;
    fields[at + CHUNK] = change.chunk;
    fields[at + ROW_START] = change.rowStart;
    fields[at + ROW_END] = change.rowEnd;
    fields[at + KEY_START] = change.keyStart;
    fields[at + KEY_END] = change.keyEnd;
    fields[at + PAYLOAD_END] = change.payloadEnd;
    fields[at + KEY_HASH] = change.keyHash;
    this.length++;
  }

  /** What goes comes before what is written, and else the order stays. Of no use where rows are there more than once. */
  takingAwayFirst(): void {
    const goes = new Set<ChangeKind>([CHANGE.delete, CHANGE.withdraw, CHANGE.abandon]);
    const all = Array.from({ length: this.length }, (_, index) => index);
    const order = [
      ...all.filter((index) => goes.has(this.kind(index))),
      ...all.filter((index) => !goes.has(this.kind(index))),
    ];
    const fields = new Int32Array(this.#fields.length);
    for (const [to, from] of order.entries())
      fields.set(this.#fields.subarray(from * FIELDS, (from + 1) * FIELDS), to * FIELDS);
    this.#fields = fields;
  }

  kind(index: number): ChangeKind {
    return this.#fields[index * FIELDS + KIND] as ChangeKind;
  }
  mapping(index: number): number {
    return this.#fields[index * FIELDS + MAPPING]!;
  }
  chunk(index: number): number {
    return this.#fields[index * FIELDS + CHUNK]!;
  }
  rowStart(index: number): number {
    return this.#fields[index * FIELDS + ROW_START]!;
  }
  rowEnd(index: number): number {
    return this.#fields[index * FIELDS + ROW_END]!;
  }
  keyStart(index: number): number {
    return this.#fields[index * FIELDS + KEY_START]!;
  }
  keyEnd(index: number): number {
    return this.#fields[index * FIELDS + KEY_END]!;
  }
  payloadEnd(index: number): number {
    return this.#fields[index * FIELDS + PAYLOAD_END]!;
  }
  keyHash(index: number): number {
    return this.#fields[index * FIELDS + KEY_HASH]!;
  }
}

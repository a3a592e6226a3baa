/**
 * A set of MySQL's transaction numbers: `uuid:1-5:7,uuid:tag:1-3`. Exact over the whole range of 63 bits. The text form is
 * the server's own (@@gtid_executed): sources sorted, tags after the untagged numbers, intervals merged.
 */
import { TransfuseError } from './errors.ts';

type Interval = [first: bigint, last: bigint];

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;
const TAG = /^[a-z_][a-z0-9_]{0,31}$/;
const MAX_NUMBER = 2n ** 63n - 1n;

export class MysqlGtidSet {
  readonly dialect = 'mysql';
  /** By `uuid` or `uuid:tag`; intervals sorted, apart by at least one number. */
  readonly #sources = new Map<string, Interval[]>();
  /** `uuid:` of what was added last, and the interval it lies in: nearly every transaction is the next one of its source. */
  #lastPrefix = '';
  #lastInterval: Interval | null = null;

  /** Any text that MySQL itself takes for a set; '' is the empty one. Throws CDC_POSITION_INVALID. */
  static parse(text: string): MysqlGtidSet {
    const set = new MysqlGtidSet();
    for (const block of text.replaceAll(/\s/g, '').toLowerCase().split(',')) {
      if (block !== '') set.#addBlock(block);
    }
    return set;
  }

  get isEmpty(): boolean {
    return this.#sources.size === 0;
  }

  /** `gtid` is one transaction: `uuid:7` or `uuid:tag:7`. Throws CDC_POSITION_INVALID. */
  add(gtid: string): void {
    const at = gtid.lastIndexOf(':') + 1;
    if (this.#lastInterval && at === this.#lastPrefix.length && gtid.startsWith(this.#lastPrefix)) {
      const number = parseNumber(gtid.slice(at));
      if (number === this.#lastInterval[1] + 1n) {
        this.#lastInterval[1] = number;
        return;
      }
    }
    const [source, number] = splitGtid(gtid);
    const last = this.#sources.get(source)?.at(-1);
    if (last && number === last[1] + 1n) last[1] = number;
    else this.#addInterval(source, number, number);
    this.#lastPrefix = gtid.slice(0, at);
    this.#lastInterval = this.#sources.get(source)!.at(-1)!;
  }

  contains(gtid: string): boolean {
    const [source, number] = splitGtid(gtid);
    return this.#covers(source, [number, number]);
  }

  isSubsetOf(other: MysqlGtidSet): boolean {
    return [...this.#sources].every(([source, intervals]) =>
      intervals.every((interval) => other.#covers(source, interval)),
    );
  }

  equals(other: MysqlGtidSet): boolean {
    return this.toString() === other.toString();
  }

  /** A new set; neither operand changes. */
  union(other: MysqlGtidSet): MysqlGtidSet {
    const both = new MysqlGtidSet();
    for (const set of [this, other]) {
      for (const [source, intervals] of set.#sources) {
        for (const [first, last] of intervals) both.#addInterval(source, first, last);
      }
    }
    return both;
  }

  toString(): string {
    let text = '';
    let uuidBefore = '';
    // A `:` sorts before every character of a tag, and the untagged source is a prefix of its tagged ones.
    for (const source of [...this.#sources.keys()].sort()) {
      const uuid = source.slice(0, 36);
      const numbers = (this.#sources.get(source) ?? []).map(intervalText).join(':');
      if (uuid === uuidBefore) text += `${source.slice(36)}:${numbers}`;
      else text += `${text && ','}${source}:${numbers}`;
      uuidBefore = uuid;
    }
    return text;
  }

  #covers(source: string, [first, last]: Interval): boolean {
    return (this.#sources.get(source) ?? []).some(([from, to]) => from <= first && last <= to);
  }

  #addBlock(block: string): void {
    const [uuid = '', ...items] = block.split(':');
    if (!UUID.test(uuid)) throw invalid();
    let source = uuid;
    let isSectionEmpty = true;
    for (const item of items) {
      if (TAG.test(item)) {
        if (isSectionEmpty && source !== uuid) throw invalid();
        source = `${uuid}:${item}`;
        isSectionEmpty = true;
        continue;
      }
      const [first = '', last = first, ...more] = item.split('-');
      if (more.length > 0) throw invalid();
      this.#addInterval(source, parseNumber(first), parseNumber(last));
      isSectionEmpty = false;
    }
    if (isSectionEmpty) throw invalid();
  }

  #addInterval(source: string, first: bigint, last: bigint): void {
    if (last < first) throw invalid();
    const apart: Interval[] = [];
    const merged: Interval = [first, last];
    for (const interval of this.#sources.get(source) ?? []) {
      if (interval[1] + 1n < first || last + 1n < interval[0]) {
        apart.push(interval);
        continue;
      }
      if (interval[0] < merged[0]) merged[0] = interval[0];
      if (interval[1] > merged[1]) merged[1] = interval[1];
    }
    const at = apart.findIndex((interval) => interval[0] > merged[0]);
    apart.splice(at === -1 ? apart.length : at, 0, merged);
    this.#sources.set(source, apart);
  }
}

function splitGtid(gtid: string): [source: string, number: bigint] {
  const at = gtid.lastIndexOf(':');
  const source = gtid.slice(0, at).toLowerCase();
  const [uuid = '', tag, ...more] = source.split(':');
  if (at < 0 || !UUID.test(uuid) || more.length > 0 || (tag !== undefined && !TAG.test(tag))) throw invalid();
  return [source, parseNumber(gtid.slice(at + 1))];
}

function parseNumber(digits: string): bigint {
  if (!/^\d{1,19}$/.test(digits)) throw invalid();
  const number = BigInt(digits);
  if (number < 1n || number > MAX_NUMBER) throw invalid();
  return number;
}

function intervalText([first, last]: Interval): string {
  return first === last ? String(first) : `${first}-${last}`;
}

function invalid(): TransfuseError {
  return new TransfuseError('CDC_POSITION_INVALID', 'A text that should be a MySQL GTID set is none.');
}

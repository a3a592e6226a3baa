/**
 * The events that announce a transaction: MySQL's GTID and ANONYMOUS_GTID, and MariaDB's GTID.
 * https://dev.mysql.com/doc/dev/mysql-server/latest/classmysql_1_1binlog_1_1event_1_1Gtid__event.html,
 * https://mariadb.com/kb/en/gtid_event/
 */
import { EventBytes, malformedEvent } from './event-bytes.ts';
import type { BinlogEvent } from './model.ts';

export interface TransactionHead {
  /** null for an anonymous transaction. */
  gtid: string | null;
  commitTimestampMs: number | null;
  /** MariaDB: what follows is one statement that commits by itself; null where only what follows tells. */
  isStandalone: boolean | null;
  /** MariaDB: an ALTER TABLE that is written when it begins and again when it ends (binlog_alter_two_phase). */
  isTwoPhaseAlter: boolean;
}

const NAME = 'The head of a transaction';
const TIMESTAMP_BYTES = 7;
/** Flags, the source's UUID, the number. */
const FIRST_PART_BYTES = 1 + 16 + 8;
/** Behind the kind of logical clock and its two numbers. */
const TIMESTAMP_AT = FIRST_PART_BYTES + 1 + 16;
const LOGICAL_CLOCK = 2;

/** GTID (33) and ANONYMOUS_GTID (34). MySQL before 8.0 ends it before the timestamps. Throws CDC_EVENT_MALFORMED. */
export function readMysqlGtid({ body, timestamp }: BinlogEvent, isAnonymous: boolean): TransactionHead {
  if (body.length < FIRST_PART_BYTES) throw malformedEvent(NAME);
  const gtid = isAnonymous ? null : `${uuidText(body, 1)}:${body.readBigInt64LE(17)}`;
  const head = mysqlHead(gtid, timestamp);
  if (body.length === FIRST_PART_BYTES || body[FIRST_PART_BYTES] !== LOGICAL_CLOCK) return head;
  if (body.length < TIMESTAMP_AT) throw malformedEvent(NAME);
  if (body.length === TIMESTAMP_AT) return head;
  if (body.length < TIMESTAMP_AT + TIMESTAMP_BYTES) throw malformedEvent(NAME);
  const low = body.readUIntLE(TIMESTAMP_AT, 6);
  // Its highest bit only says that the time on the first server follows.
  const high = body[TIMESTAMP_AT + 6]! & 0x7f;
  const micros = high * 2 ** 48 + low;
  if (micros > 0) head.commitTimestampMs = micros / 1000;
  return head;
}

/** GTID_TAGGED (42): fields with numbers in ascending order, each left out where it has its default. */
export function readTaggedGtid({ body, timestamp }: BinlogEvent): TransactionHead {
  const message = new SerializedMessage(body);
  const uuid = Buffer.alloc(16);
  let number = 0n;
  let tag = '';
  let micros = 0n;
  for (let field = message.nextField(); field !== null; field = message.nextField()) {
    if (field === 1) for (let at = 0; at < 16; at++) uuid[at] = Number(message.uint());
    else if (field === 3) tag = message.text(Number(message.uint()));
    else {
      const value = message.uint();
      // Signed numbers keep their sign in the lowest bit.
      if (field === 2) number = value >> 1n;
      if (field === 6) micros = value;
    }
  }
  if (number < 1n) throw malformedEvent(NAME);
  const head = mysqlHead(`${uuidText(uuid)}:${tag === '' ? '' : `${tag}:`}${number}`, timestamp);
  return { ...head, commitTimestampMs: micros > 0n ? Number(micros) / 1000 : head.commitTimestampMs };
}

/** MariaDB's GTID (162). Throws CDC_EVENT_MALFORMED. */
export function readMariadbGtid({ body, serverId, timestamp }: BinlogEvent): TransactionHead {
  const bytes = new EventBytes(body, NAME);
  const sequence = bytes.bytes(8).readBigUInt64LE();
  const domain = bytes.uint(4);
  const flags = bytes.uint(1);
  if ((flags & MARIADB_FLAG.groupCommitId) !== 0) bytes.bytes(8);
  if ((flags & (MARIADB_FLAG.preparedXa | MARIADB_FLAG.completedXa)) !== 0) {
    bytes.bytes(4);
    const xidBytes = bytes.uint(1) + bytes.uint(1);
    bytes.bytes(xidBytes);
  }
  const moreFlags = bytes.isAtEnd ? 0 : bytes.uint(1);
  return {
    gtid: `${domain}-${serverId}-${sequence}`,
    commitTimestampMs: secondsToMs(timestamp),
    isStandalone: (flags & MARIADB_FLAG.standalone) !== 0,
    isTwoPhaseAlter: (moreFlags & TWO_PHASE_ALTER) !== 0,
  };
}

const MARIADB_FLAG = { standalone: 1, groupCommitId: 2, preparedXa: 64, completedXa: 128 } as const;
/** Start, commit, rollback. */
const TWO_PHASE_ALTER = 2 | 4 | 8;

function mysqlHead(gtid: string | null, timestamp: number): TransactionHead {
  return { gtid, commitTimestampMs: secondsToMs(timestamp), isStandalone: null, isTwoPhaseAlter: false };
}

export function secondsToMs(timestamp: number): number | null {
  return timestamp > 0 ? timestamp * 1000 : null;
}

/** Nearly always that of the transaction before. */
let lastUuid = { hex: '', text: '' };

function uuidText(bytes: Buffer, at = 0): string {
  const hex = bytes.toString('hex', at, at + 16);
  if (hex !== lastUuid.hex) lastUuid = { hex, text: withDashes(hex) };
  return lastUuid.text;
}

function withDashes(hex: string): string {
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** MySQL's serialization library: https://dev.mysql.com/doc/dev/mysql-server/latest/PageLibsMysqlSerialization.html */
class SerializedMessage {
  readonly #body: Buffer;
  readonly #end: number;
  #at = 0;
  static readonly #LAST_KNOWN_FIELD = 11;

  constructor(body: Buffer) {
    this.#body = body;
    this.#end = body.length;
    if (this.uint() !== 1n) throw malformedEvent(NAME);
    const size = Number(this.uint());
    if (size > body.length) throw malformedEvent(NAME);
    this.#end = size;
    // Fields that a reader must know end before this one.
    if (this.uint() > BigInt(SerializedMessage.#LAST_KNOWN_FIELD + 1)) throw malformedEvent(NAME);
  }

  /** null behind the last field, and before one that is newer than this program and may be passed over. */
  nextField(): number | null {
    if (this.#at >= this.#end) return null;
    const field = Number(this.uint());
    return field > SerializedMessage.#LAST_KNOWN_FIELD ? null : field;
  }

  /** Of one to nine bytes: as many as the first has ones at its low end, and one. */
  uint(): bigint {
    const first = this.#byte(this.#at);
    let ones = 0;
    while (ones < 8 && (first & (1 << ones)) !== 0) ones += 1;
    let value = ones === 8 ? 0n : BigInt(first >> (ones + 1));
    const shift = ones === 8 ? 0 : 7 - ones;
    for (let at = 1; at <= ones; at++) {
      value |= BigInt(this.#byte(this.#at + at)) << BigInt(shift + 8 * (at - 1));
    }
    this.#at += ones + 1;
    return value;
  }

  text(length: number): string {
    const from = this.#at;
    if (!(length <= this.#end - from)) throw malformedEvent(NAME);
    this.#at += length;
    return this.#body.toString('latin1', from, this.#at);
  }

  #byte(at: number): number {
    if (at >= this.#end) throw malformedEvent(NAME);
    return this.#body[at] ?? 0;
  }
}

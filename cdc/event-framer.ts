/**
 * From the bytes of one event, as the server sent them, to a BinlogEvent: header, checksum, place, and the events inside
 * a compressed transaction. Works synchronously. While the consumer wants no more, a compressed transaction is left where it is,
 * and what comes behind it is kept until `goOn`: the caller sees to it that little comes.
 */
import zlib from 'node:zlib';
import { TransfuseError } from '../src/core/errors.ts';
import { BinlogPlace } from './binlog-place.ts';
import { malformedEvent } from './event-bytes.ts';
import { EVENT } from './event-type.ts';
import type { EventSink } from './placed-event.ts';
import { eventsOfTransaction, type PayloadEvent } from './transaction-payload.ts';

const HEADER_BYTES = 19;
const CHECKSUM_BYTES = 4;
const MAX_FILE_NAME_BYTES = 512;

interface FramerOptions {
  /** Whether events have checksums until the first format description tells. */
  hasChecksums: boolean;
  /** Of one event in a compressed transaction. */
  maxExpandedBytes: number;
  /** Whether the consumer wants no more for now. */
  isPaused?: () => boolean;
  sink: EventSink;
}

/** More came in several packets, which were put together in memory of their own. */
const MAX_SHARED_BYTES = 16 << 20;

export class EventFramer {
  readonly place = new BinlogPlace();
  #hasChecksums: boolean;
  readonly #maxExpandedBytes: number;
  readonly #isPaused: () => boolean;
  readonly #sink: EventSink;
  /** The rest of a compressed transaction that begins at `startOffset`. */
  #open: { events: Iterator<PayloadEvent>; startOffset: number } | null = null;
  #kept: Buffer[] = [];

  constructor(options: FramerOptions) {
    this.#hasChecksums = options.hasChecksums;
    this.#maxExpandedBytes = options.maxExpandedBytes;
    this.#isPaused = options.isPaused ?? (() => false);
    this.#sink = options.sink;
  }

  /** `bytes` begins with the event's header. Throws CDC_BINLOG_CORRUPT, CDC_EVENT_MALFORMED, CDC_EVENT_TOO_LARGE, and what the sink throws. */
  push(bytes: Buffer): void {
    if (this.#open) this.#kept.push(Buffer.from(bytes));
    else this.#take(bytes);
  }

  /** The consumer wants more. Throws as `push` does. */
  goOn(): void {
    this.#unwrap();
    while (!this.#open && this.#kept.length > 0) this.#take(this.#kept.shift()!);
  }

  #take(bytes: Buffer): void {
    if (eventBytes(bytes) !== bytes.length) throw malformedEvent('An event header');
    const type = bytes[4]!;
    if (type === EVENT.formatDescription) this.#hasChecksums = saysChecksums(bytes);
    if (this.#hasChecksums) this.#verify(bytes);
    const end = bytes.length - (this.#hasChecksums ? CHECKSUM_BYTES : 0);
    if (end < HEADER_BYTES) throw malformedEvent('An event header');
    const { place } = this;
    const startOffset = place.offset;
    if (type === EVENT.rotate) this.#rotate(bytes.subarray(HEADER_BYTES, end));
    else place.pass(type, bytes.readUInt16LE(17), bytes.length, bytes.readUInt32LE(13));
    if (type === EVENT.transactionPayload) {
      const body = bytes.subarray(HEADER_BYTES, end);
      // The bytes are the driver's, and it may take a while.
      const own = body.length > MAX_SHARED_BYTES ? body : Buffer.from(body);
      this.#open = { events: eventsOfTransaction(own, this.#maxExpandedBytes), startOffset };
      this.#unwrap();
    } else this.#hand(bytes, end, place.offset);
  }

  #verify(bytes: Buffer): void {
    const at = bytes.length - CHECKSUM_BYTES;
    if (at >= HEADER_BYTES && zlib.crc32(bytes.subarray(0, at)) === bytes.readUInt32LE(at)) return;
    throw new TransfuseError(
      'CDC_BINLOG_CORRUPT',
      `An event behind ${this.place.file}:${this.place.offset} does not have the checksum that it was written with.`,
    );
  }

  #rotate(body: Buffer): void {
    if (body.length < 9 || body.length > 8 + MAX_FILE_NAME_BYTES) throw malformedEvent('A rotation');
    this.place.moveTo(body.toString('utf8', 8), Number(body.readBigUInt64LE(0)));
  }

  #unwrap(): void {
    while (this.#open && !this.#isPaused()) {
      const { events, startOffset } = this.#open;
      const { value, done } = events.next();
      if (done) {
        this.#open = null;
        return;
      }
      const { bytes, isLast } = value;
      if (bytes[4] === EVENT.transactionPayload) throw malformedEvent('A compressed transaction');
      this.#hand(bytes, bytes.length, isLast ? this.place.offset : startOffset);
    }
  }

  /** The event of `bytes`, its header first; its checksum, if any, begins at `end`. */
  #hand(bytes: Buffer, end: number, endOffset: number): void {
    this.#sink({
      type: bytes[4]!,
      timestamp: bytes.readUInt32LE(0),
      serverId: bytes.readUInt32LE(5),
      flags: bytes.readUInt16LE(17),
      nextOffset: bytes.readUInt32LE(13),
      body: bytes.subarray(HEADER_BYTES, end),
      file: this.place.file,
      endOffset,
    });
  }
}

/** The size of a whole event, as its header says. */
function eventBytes(bytes: Buffer): number {
  if (bytes.length < HEADER_BYTES) throw malformedEvent('An event header');
  const size = bytes.readUInt32LE(9);
  if (size < HEADER_BYTES) throw malformedEvent('An event header');
  return size;
}

/** A format description ends with the algorithm of its file's checksums and, in any case, room for one. */
function saysChecksums(bytes: Buffer): boolean {
  const algorithm = bytes[bytes.length - CHECKSUM_BYTES - 1];
  if (algorithm === 0 || algorithm === 1) return algorithm === 1;
  throw new TransfuseError('CDC_BINLOG_CORRUPT', 'The binlog has checksums of an unknown kind.');
}

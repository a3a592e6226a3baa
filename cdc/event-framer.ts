/**
 * From the bytes of one event, as the server sent them, to a BinlogEvent: header, checksum, place, and the events inside
 * a compressed transaction. Works synchronously and keeps nothing but the place; an expanded transaction is in memory as
 * long as its events are being handed on.
 */
import zlib from 'node:zlib';
import { TransfuseError } from '../src/core/errors.ts';
import { BinlogPlace } from './binlog-place.ts';
import { malformedEvent } from './event-bytes.ts';
import { EVENT } from './event-type.ts';
import type { EventSink } from './placed-event.ts';
import { expandTransaction } from './transaction-payload.ts';

const HEADER_BYTES = 19;
const CHECKSUM_BYTES = 4;
const MAX_FILE_NAME_BYTES = 512;

interface FramerOptions {
  /** Whether events have checksums until the first format description tells. */
  hasChecksums: boolean;
  /** Of one compressed transaction. */
  maxExpandedBytes: number;
  sink: EventSink;
}

export class EventFramer {
  readonly place = new BinlogPlace();
  #hasChecksums: boolean;
  readonly #maxExpandedBytes: number;
  readonly #sink: EventSink;

  constructor(options: FramerOptions) {
    this.#hasChecksums = options.hasChecksums;
    this.#maxExpandedBytes = options.maxExpandedBytes;
    this.#sink = options.sink;
  }

  /** `bytes` begins with the event's header. Throws CDC_BINLOG_CORRUPT, CDC_EVENT_MALFORMED, CDC_EVENT_TOO_LARGE, and what the sink throws. */
  push(bytes: Buffer): void {
    if (eventBytes(bytes, 0) !== bytes.length) throw malformedEvent('An event header');
    const type = bytes[4]!;
    if (type === EVENT.formatDescription) this.#hasChecksums = saysChecksums(bytes);
    if (this.#hasChecksums) this.#verify(bytes);
    const end = bytes.length - (this.#hasChecksums ? CHECKSUM_BYTES : 0);
    if (end < HEADER_BYTES) throw malformedEvent('An event header');
    const { place } = this;
    const startOffset = place.offset;
    if (type === EVENT.rotate) this.#rotate(bytes.subarray(HEADER_BYTES, end));
    else place.pass(type, bytes.readUInt16LE(17), bytes.length, bytes.readUInt32LE(13));
    if (type === EVENT.transactionPayload) this.#unwrap(bytes.subarray(HEADER_BYTES, end), startOffset);
    else this.#hand(bytes, 0, end, place.offset);
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

  #unwrap(body: Buffer, startOffset: number): void {
    const events = expandTransaction(body, this.#maxExpandedBytes);
    for (let at = 0; at < events.length;) {
      const end = at + eventBytes(events, at);
      if (end > events.length || events[at + 4] === EVENT.transactionPayload) {
        throw malformedEvent('A compressed transaction');
      }
      const isLast = end === events.length;
      this.#hand(events, at, end, isLast ? this.place.offset : startOffset);
      at = end;
    }
  }

  /** The event of `bytes` from `at` to `end`, its header first and no checksum behind. */
  #hand(bytes: Buffer, at: number, end: number, endOffset: number): void {
    this.#sink({
      type: bytes[at + 4]!,
      timestamp: bytes.readUInt32LE(at),
      serverId: bytes.readUInt32LE(at + 5),
      flags: bytes.readUInt16LE(at + 17),
      nextOffset: bytes.readUInt32LE(at + 13),
      body: bytes.subarray(at + HEADER_BYTES, end),
      file: this.place.file,
      endOffset,
    });
  }
}

/** The size of a whole event, as its header says. */
function eventBytes(bytes: Buffer, at: number): number {
  if (bytes.length - at < HEADER_BYTES) throw malformedEvent('An event header');
  const size = bytes.readUInt32LE(at + 9);
  if (size < HEADER_BYTES) throw malformedEvent('An event header');
  return size;
}

/** A format description ends with the algorithm of its file's checksums and, in any case, room for one. */
function saysChecksums(bytes: Buffer): boolean {
  const algorithm = bytes[bytes.length - CHECKSUM_BYTES - 1];
  if (algorithm === 0 || algorithm === 1) return algorithm === 1;
  throw new TransfuseError('CDC_BINLOG_CORRUPT', 'The binlog has checksums of an unknown kind.');
}

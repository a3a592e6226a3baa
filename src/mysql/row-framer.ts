/**
 * Takes rows off a mysql2 connection as bytes, before the driver turns them into objects.
 *
 * mysql2 connects, authenticates, encrypts, sends the statement and reads the column definitions. While a result
 * set is under way, this framer stands in for the connection's packet parser and hands whole runs of row packets to
 * its sink without copying them. Everything else goes to the driver's own parser, one packet at a time.
 * It holds at most one incomplete packet of `LARGE_PACKET_BYTES`; a row larger than that is passed on in pieces.
 *
 * Rests on internals of mysql2 (`packetParser`, `sequenceId`), hence the exact version in package.json and the check in
 * `attachRowFramer`. Format: https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_basic_packets.html
 */
import type { Connection } from 'mysql2';
import { TransfuseError } from '../core/errors.ts';

/** Receives the rows of one result set. The buffers are valid during the call only. */
export interface RowSink {
  /** `count` complete row packets, each with its four-byte header, in `data`. */
  rows(data: Buffer, count: number): void;
  /** The next bytes of one large row, without headers; `last` ends the row. */
  piece(data: Buffer, last: boolean): void;
}

interface PacketParser {
  execute(chunk: Buffer): void;
}

interface ConnectionInternals {
  packetParser: PacketParser;
  sequenceId: number;
  stream: NodeJS.ReadStream;
}

const HEADER_BYTES = 4;
/** A packet of this length says that the payload goes on in the next packet. */
const CONTINUED_LENGTH = 0xffffff;
/** Rows from this size on are passed on in pieces as they arrive. */
export const LARGE_PACKET_BYTES = 1 << 20;
const NO_BYTES = Buffer.alloc(0);
const EOF_MARKER = 0xfe;
const ERROR_MARKER = 0xff;

export class RowFramer implements PacketParser {
  readonly #connection: ConnectionInternals;
  readonly #driverParser: PacketParser;
  #sink: RowSink | null = null;
  /** Packets that still belong to the driver before the rows begin; -1 while no result set is expected. */
  #packetsBeforeRows = -1;
  #inRows = false;
  #carry = Buffer.allocUnsafe(1 << 16);
  #carryLength = 0;
  #inLargeRow = false;
  #largeRemaining = 0;
  #largeContinues = false;

  constructor(connection: ConnectionInternals) {
    this.#connection = connection;
    this.#driverParser = connection.packetParser;
  }

  /** To be called while the driver handles the last column definition: the packet after it ends the head of the result set. */
  expectRows(sink: RowSink): void {
    this.#sink = sink;
    this.#packetsBeforeRows = 2;
  }

  execute(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#inLargeRow && this.#largeRemaining > 0) at = this.#takePiece(chunk, at);
      else if (this.#carryLength > 0) at = this.#completeCarry(chunk, at);
      else {
        const stopped = this.#takeWholePackets(chunk, at);
        if (stopped === at) at = this.#completeCarry(chunk, at);
        else at = stopped;
      }
    }
  }

  /** Handles the packets that lie whole in `chunk`; returns where the first one begins that does not. */
  #takeWholePackets(chunk: Buffer, from: number): number {
    let at = from;
    let count = 0;
    let rowsFrom = at;
    while (chunk.length - at >= HEADER_BYTES) {
      const length = chunk[at]! | (chunk[at + 1]! << 8) | (chunk[at + 2]! << 16);
      const next = at + HEADER_BYTES + length;
      if (this.#inRows) {
        if (this.#inLargeRow || length >= LARGE_PACKET_BYTES) break;
        if (next > chunk.length) break;
        const marker = chunk[at + HEADER_BYTES]!;
        if ((marker !== EOF_MARKER || length >= 9) && marker !== ERROR_MARKER) {
          count++;
          at = next;
          continue;
        }
      } else if (next > chunk.length) break;
      if (count > 0) this.#sink!.rows(chunk.subarray(rowsFrom, at), count);
      count = 0;
      this.#toDriver(chunk.subarray(at, next));
      at = rowsFrom = next;
    }
    if (count > 0) this.#sink!.rows(chunk.subarray(rowsFrom, at), count);
    return at;
  }

  /** Adds to the packet that began in an earlier chunk (or begins here and does not end here). */
  #completeCarry(chunk: Buffer, from: number): number {
    let at = this.#fillCarry(chunk, from, HEADER_BYTES);
    if (this.#carryLength < HEADER_BYTES) return at;
    const carry = this.#carry;
    const length = carry[0]! | (carry[1]! << 8) | (carry[2]! << 16);
    if (this.#inRows && (this.#inLargeRow || length >= LARGE_PACKET_BYTES)) {
      this.#carryLength = 0;
      this.#inLargeRow = true;
      this.#largeContinues = length === CONTINUED_LENGTH;
      this.#largeRemaining = length;
      if (length === 0) this.#emitPiece(NO_BYTES);
      return at;
    }
    const total = HEADER_BYTES + length;
    at = this.#fillCarry(chunk, at, total);
    if (this.#carryLength < total) return at;
    this.#carryLength = 0;
    this.#takeWholePackets(this.#carry.subarray(0, total), 0);
    return at;
  }

  #fillCarry(chunk: Buffer, from: number, total: number): number {
    if (this.#carry.length < total) {
      const larger = Buffer.allocUnsafe(total);
      this.#carry.copy(larger, 0, 0, this.#carryLength);
      this.#carry = larger;
    }
    const take = Math.min(Math.max(total - this.#carryLength, 0), chunk.length - from);
    chunk.copy(this.#carry, this.#carryLength, from, from + take);
    this.#carryLength += take;
    return from + take;
  }

  #takePiece(chunk: Buffer, from: number): number {
    const end = Math.min(from + this.#largeRemaining, chunk.length);
    this.#emitPiece(chunk.subarray(from, end));
    return end;
  }

  #emitPiece(data: Buffer): void {
    this.#largeRemaining -= data.length;
    const last = this.#largeRemaining === 0 && !this.#largeContinues;
    if (last) this.#inLargeRow = false;
    this.#sink!.piece(data, last);
  }

  #toDriver(packet: Buffer): void {
    if (this.#inRows) {
      this.#inRows = false;
      this.#sink = null;
      this.#connection.sequenceId = packet[3]!; // the driver has not seen the rows' packets
    }
    // `expectRows` may be called in here, and then counts this packet too. The driver keeps parts of packets: a copy is its own.
    this.#driverParser.execute(Buffer.from(packet));
    if (this.#packetsBeforeRows > 0 && --this.#packetsBeforeRows === 0) {
      this.#packetsBeforeRows = -1;
      this.#inRows = true;
    }
  }
}

const framers = new WeakMap<object, RowFramer>();

/**
 * The framer of a connection, attached at the first call. The connection works as before for other statements.
 * Throws SOURCE_DRIVER_CHANGED when the driver has not the inner parts that this relies on.
 */
export function attachRowFramer(connection: Connection): RowFramer {
  let framer = framers.get(connection);
  if (!framer) {
    const internals = connection as unknown as ConnectionInternals;
    if (typeof internals.packetParser?.execute !== 'function' || typeof internals.sequenceId !== 'number') {
      throw new TransfuseError(
        'SOURCE_DRIVER_CHANGED',
        'The MySQL driver has no packet parser that can be replaced.',
      );
    }
    framer = new RowFramer(internals);
    internals.packetParser = framer;
    framers.set(connection, framer);
  }
  return framer;
}

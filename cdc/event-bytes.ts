import { TransfuseError } from '../src/core/errors.ts';

/** Reads an event's parts one behind the other. Reading beyond the end throws CDC_EVENT_MALFORMED. */
export class EventBytes {
  readonly #body: Buffer;
  readonly #event: string;
  at: number;

  /** `event` names the kind of event in messages. */
  constructor(body: Buffer, event: string, at = 0) {
    this.#body = body;
    this.#event = event;
    this.at = at;
  }

  get isAtEnd(): boolean {
    return this.at === this.#body.length;
  }

  /** A little-endian unsigned number of one to six bytes. */
  uint(bytes: number): number {
    return this.#body.readUIntLE(this.#take(bytes), bytes);
  }

  /** A length-encoded number: https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_basic_dt_integers.html */
  packed(): number {
    const first = this.uint(1);
    if (first < 251) return first;
    if (first === 252) return this.uint(2);
    if (first === 253) return this.uint(3);
    if (first !== 254) throw malformedEvent(this.#event);
    const low = this.uint(4);
    const high = this.uint(4);
    if (high > 0x1fffff) throw malformedEvent(this.#event);
    return high * 2 ** 32 + low;
  }

  /** Not a copy. */
  bytes(length: number): Buffer {
    const from = this.#take(length);
    return this.#body.subarray(from, from + length);
  }

  /** Bytes behind their length-encoded length; not a copy. */
  packedBytes(): Buffer {
    return this.bytes(this.packed());
  }

  rest(): Buffer {
    return this.bytes(this.#body.length - this.at);
  }

  #take(bytes: number): number {
    const from = this.at;
    if (bytes > this.#body.length - from) throw malformedEvent(this.#event);
    this.at = from + bytes;
    return from;
  }
}

/** The error for bytes that are not as their type prescribes. It never quotes them. */
export function malformedEvent(event: string, where: Record<string, string> = {}): TransfuseError {
  return new TransfuseError('CDC_EVENT_MALFORMED', `${event} in the binlog is not well-formed.`, { where });
}

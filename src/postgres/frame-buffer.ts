/** Messages of PostgreSQL's frontend protocol, put together in blocks; large rows and COPY data are passed on without a copy. */
/** A COPY tuple in somebody's memory, which must stay as it is until run() has settled. */
export interface TupleBytes {
  buffer: Buffer;
  start: number;
  end: number;
}

/** Small enough for the runtime's own pool: most pipelines are short. */
const FIRST_BLOCK_BYTES = 2048;
const BLOCK_BYTES = 64 * 1024;
/** Pieces of COPY data up to this are gathered into common messages. */
const MAX_GATHERED_BYTES = 8 * 1024;
/** The server reads a message whole into memory. */
const MAX_MESSAGE_BYTES = 1024 * 1024;

const TYPE_AND_LENGTH_BYTES = 5;
const LENGTH_BYTES = 4;
/** No result formats; then Execute of the unnamed portal, all rows. */
const EXECUTE = Buffer.from([0, 0, 0x45, 0, 0, 0, 9, 0, 0, 0, 0, 0]);
const SYNC = Buffer.from([0x53, 0, 0, 0, 4]);
const COPY_DONE = Buffer.from([0x63, 0, 0, 0, 4]);
const COPY_DATA_TYPE = 0x64;
const BIND_TYPE = 0x42;

export class FrameBuffer {
  readonly #done: Buffer[] = [];
  readonly #bindHeads = new Map<string, Buffer>();
  #block = Buffer.allocUnsafe(FIRST_BLOCK_BYTES);
  #from = 0;
  #at = 0;
  /** Where the message of gathered COPY data began; -1 outside of one. */
  #gatheredFrom = -1;

  /** Closes what has this name, and prepares it anew. */
  parse(name: string, sql: string): void {
    const close = Buffer.from(`S${name}\0`);
    this.#message(0x43, close);
    this.#message(0x50, Buffer.from(`${name}\0${sql}\0\0\0`));
  }

  bindAndExecute(name: string, tuple?: TupleBytes): void {
    let head = this.#bindHeads.get(name);
    if (!head) this.#bindHeads.set(name, (head = Buffer.from(`\0${name}\0\0\u0001\0\u0001`)));
    const size = tuple ? tuple.end - tuple.start : 2;
    const isLarge = size > MAX_GATHERED_BYTES;
    this.#reserve(TYPE_AND_LENGTH_BYTES + head.length + (isLarge ? 0 : size) + EXECUTE.length);
    this.#block[this.#at] = BIND_TYPE;
    this.#block.writeInt32BE(LENGTH_BYTES + head.length + size + 2, this.#at + 1);
    this.#at += TYPE_AND_LENGTH_BYTES;
    this.#at += head.copy(this.#block, this.#at);
    if (!tuple) this.#at = this.#block.writeInt16BE(0, this.#at);
    else if (isLarge) this.#passOn(tuple.buffer.subarray(tuple.start, tuple.end));
    else this.#at += tuple.buffer.copy(this.#block, this.#at, tuple.start, tuple.end);
    this.#at += EXECUTE.copy(this.#block, this.#at);
  }

  copyData(piece: Buffer): void {
    if (piece.length > MAX_GATHERED_BYTES) {
      this.#endGathering();
      for (let from = 0; from < piece.length; from += MAX_MESSAGE_BYTES) {
        const part = piece.subarray(from, from + MAX_MESSAGE_BYTES);
        this.#head(COPY_DATA_TYPE, part.length);
        this.#passOn(part);
      }
      return;
    }
    if (this.#block.length - this.#at < piece.length + TYPE_AND_LENGTH_BYTES) this.#endGathering();
    if (this.#gatheredFrom < 0) {
      this.#reserve(TYPE_AND_LENGTH_BYTES + piece.length);
      this.#gatheredFrom = this.#at;
      this.#at += TYPE_AND_LENGTH_BYTES;
    }
    this.#at += piece.copy(this.#block, this.#at);
  }

  copyDone(): void {
    this.#endGathering();
    this.#append(COPY_DONE);
  }

  /** Everything, with a Sync behind it. */
  finish(): Buffer[] {
    this.#append(SYNC);
    this.#closeBlock();
    return this.#done;
  }

  #endGathering(): void {
    if (this.#gatheredFrom < 0) return;
    this.#block[this.#gatheredFrom] = COPY_DATA_TYPE;
    this.#block.writeInt32BE(this.#at - this.#gatheredFrom - 1, this.#gatheredFrom + 1);
    this.#gatheredFrom = -1;
  }

  #message(type: number, body: Buffer): void {
    this.#head(type, body.length);
    this.#append(body);
  }

  #head(type: number, bodyBytes: number): void {
    this.#reserve(TYPE_AND_LENGTH_BYTES);
    this.#block[this.#at] = type;
    this.#block.writeInt32BE(bodyBytes + LENGTH_BYTES, this.#at + 1);
    this.#at += TYPE_AND_LENGTH_BYTES;
  }

  #append(bytes: Buffer): void {
    this.#reserve(bytes.length);
    this.#at += bytes.copy(this.#block, this.#at);
  }

  /** Without a copy. */
  #passOn(part: Buffer): void {
    this.#closeBlock();
    this.#done.push(part);
  }

  #reserve(bytes: number): void {
    if (this.#block.length - this.#at >= bytes) return;
    this.#closeBlock();
    this.#block = Buffer.allocUnsafe(Math.max(BLOCK_BYTES, bytes));
    this.#from = this.#at = 0;
  }

  #closeBlock(): void {
    if (this.#at > this.#from) this.#done.push(this.#block.subarray(this.#from, this.#at));
    this.#from = this.#at;
  }
}

/**
 * Several statements in one round trip, by PostgreSQL's extended protocol: prepared statements whose parameters are already
 * encoded, and COPY with its data, behind one Sync. When one fails the server skips all that follow it.
 *
 * A tuple of binary COPY (int16 count, then int32 length and bytes for each field) is, byte for byte, how Bind wants its
 * parameters: https://www.postgresql.org/docs/current/protocol-message-formats.html. So a row is encoded once for both ways.
 */
import type { Client } from 'pg';
import { FrameBuffer, type TupleBytes } from './frame-buffer.ts';

export type { TupleBytes } from './frame-buffer.ts';

interface DriverConnection {
  stream: { cork(): void; uncork(): void; write(bytes: Buffer): boolean };
}

interface Statement {
  name: string;
  isPrepared: boolean;
}

/** What each session has prepared, by its text. */
const preparedBy = new WeakMap<Client, Map<string, Statement>>();

export class StatementPipeline {
  readonly #client: Client;
  readonly #frames = new FrameBuffer();
  readonly #steps: Statement[] = [];
  readonly #counts: number[] = [];
  #settle: { resolve(counts: number[]): void; reject(error: unknown): void } | null = null;

  constructor(client: Client) {
    this.#client = client;
  }

  /** Adds a statement, with its parameters in binary form where it has some. */
  execute(sql: string, tuple?: TupleBytes): void {
    const { name } = this.#prepare(sql);
    this.#frames.bindAndExecute(name, tuple);
  }

  /** Adds a COPY … FROM STDIN. `data` is the whole of it, header and trailer too, in pieces of any size. */
  copy(sql: string, data: Iterable<Buffer>): void {
    const { name } = this.#prepare(sql);
    this.#frames.bindAndExecute(name);
    for (const piece of data) this.#frames.copyData(piece);
    this.#frames.copyDone();
  }

  /**
   * Sends all of it and waits for the answers: the number of rows of each statement, in order. Throws the driver's error of the
   * first that fails, unclassified; a transaction that was open is then to be rolled back. A pipeline runs once.
   */
  run(): Promise<number[]> {
    if (this.#steps.length === 0) return Promise.resolve([]);
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
      // The driver takes any object with these methods for a query: it submits it and passes the answers on.
      this.#client.query(this as never);
    });
  }

  #prepare(sql: string): Statement {
    let statements = preparedBy.get(this.#client);
    if (!statements) preparedBy.set(this.#client, (statements = new Map()));
    let statement = statements.get(sql);
    if (!statement) {
      statement = { name: `transfuse_${statements.size}`, isPrepared: false };
      statements.set(sql, statement);
    }
    // One that failed may have been prepared or not: Close makes both the same.
    if (!statement.isPrepared && !this.#steps.includes(statement)) this.#frames.parse(statement.name, sql);
    this.#steps.push(statement);
    return statement;
  }

  submit(connection: DriverConnection): void {
    const { stream } = connection;
    stream.cork();
    for (const bytes of this.#frames.finish()) stream.write(bytes);
    stream.uncork();
  }

  handleCommandComplete(message: { text: string }): void {
    this.#steps[this.#counts.length]!.isPrepared = true;
    this.#counts.push(Number(/\d+$/.exec(message.text)?.[0] ?? 0));
  }

  handleReadyForQuery(): void {
    this.#settle?.resolve(this.#counts);
  }

  handleError(error: unknown): void {
    this.#settle?.reject(error);
  }

  handleCopyInResponse(): void {
    // The data has been sent already.
  }

  handleDataRow(): void {
    // Only how many there were is asked for.
  }
}

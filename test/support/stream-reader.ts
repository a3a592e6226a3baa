/** Reads a binlog stream as a consumer does that applies transactions, and remembers what it read. */
import { BinlogStream, type BinlogStreamOptions } from '../../cdc/binlog-stream.ts';
import { PositionTracker } from '../../cdc/position-tracker.ts';
import { replicaIdentity } from '../../cdc/replica-identity.ts';
import type { StreamItem } from '../../cdc/transaction-model.ts';
import type { TransfuseError } from '../../src/core/errors.ts';
import type { BinlogPosition } from '../../src/core/position.ts';
import type { DatabaseSettings } from '../../src/config/settings.ts';

/** One committed transaction or statement, as short text: `insert notes` for each rows event, or the statement. */
export interface ReadTransaction {
  gtid: string | null;
  text: string;
  /** Bytes of the row images. */
  bytes: number;
  end: BinlogPosition;
}

export class StreamReader implements AsyncDisposable {
  readonly stream: BinlogStream;
  readonly transactions: ReadTransaction[] = [];
  readonly reconnects: TransfuseError[] = [];
  readonly tracker: PositionTracker;
  rollbacks = 0;
  /** Runs before each further take; what it waits for, the stream waits for. */
  beforeTake: () => Promise<void> = () => Promise.resolve();
  /** Why the stream ended. */
  readonly ended: Promise<TransfuseError>;
  #open: ReadTransaction | null = null;

  constructor(settings: DatabaseSettings, from: BinlogPosition, changes: Partial<BinlogStreamOptions> = {}) {
    this.tracker = new PositionTracker(from);
    this.stream = new BinlogStream({
      settings,
      identity: replicaIdentity(`${process.pid} ${settings.port}`),
      from,
      wants: (_, table) => table.startsWith('notes'),
      maxQueuedBytes: 4_000_000,
      maxExpandedBytes: 64_000_000,
      silenceMs: 5_000,
      retryTimeoutMs: Infinity,
      onReconnect: (error) => this.reconnects.push(error),
      ...changes,
    });
    this.ended = this.#read();
  }

  /** What was read, one line for each transaction. */
  get lines(): string[] {
    return this.transactions.map(({ text }) => text);
  }

  /** Waits until so many transactions have been committed; throws what ended the stream before. */
  async untilCount(count: number, timeoutMs = 30_000): Promise<void> {
    await this.until(() => this.transactions.length >= count, `${count} transactions`, timeoutMs);
  }

  async until(condition: () => boolean, what = 'the condition', timeoutMs = 30_000): Promise<void> {
    let end: TransfuseError | null = null;
    void this.ended.then((error) => (end = error));
    for (const startedAt = Date.now(); !condition();) {
      if (end) throw end as TransfuseError;
      if (Date.now() - startedAt > timeoutMs)
        throw new Error(`no ${what} after ${timeoutMs} ms: ${this.lines.length} read`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stream.stop();
    await this.ended;
  }

  async #read(): Promise<TransfuseError> {
    try {
      for (;;) {
        await this.beforeTake();
        for (const item of await this.stream.take()) this.#takeIn(item);
      }
    } catch (error) {
      return error as TransfuseError;
    }
  }

  #takeIn(item: StreamItem): void {
    this.tracker.advance(item);
    switch (item.kind) {
      case 'begin':
        if (this.#open) throw new Error('begin within a transaction');
        this.#open = { gtid: item.gtid, text: '', bytes: 0, end: this.tracker.position() };
        return;
      case 'rows': {
        if (!this.#open) throw new Error('rows outside of a transaction');
        const { kind, table, body } = item.rows;
        this.#open.text += `${this.#open.text && ', '}${kind} ${table.table}`;
        this.#open.bytes += body.length;
        return;
      }
      case 'rollback':
        this.rollbacks += 1;
        this.#open = null;
        return;
      case 'statement': {
        const tables = item.statement.tables.map(({ database, table }) => `${database}.${table}`);
        const text = [item.statement.kind, ...tables].join(' ');
        if (this.#open) this.#open.text += `${this.#open.text && ', '}${text}`;
        else this.#finish({ gtid: item.gtid, text, bytes: 0, end: this.tracker.position() });
        return;
      }
      case 'commit':
        if (!this.#open) throw new Error('commit outside of a transaction');
        this.#finish(this.#open);
        this.#open = null;
        return;
      case 'position':
      case 'server':
        if (this.#open) throw new Error(`a ${item.kind} within a transaction`);
    }
  }

  #finish(transaction: ReadTransaction): void {
    this.transactions.push({ ...transaction, end: this.tracker.position() });
  }
}

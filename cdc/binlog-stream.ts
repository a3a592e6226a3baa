/**
 * The source's transactions as one stream that outlives its connections. Promises: after a fault that may pass it goes on,
 * for as long as it is told to, behind the last whole transaction; none is left out, none comes twice; a transaction that a fault has cut
 * off is rolled back and comes again. Ends only by `stop` and by an error that waiting does not mend. Holds up to
 * `maxQueuedBytes`, one packet, and one event of a compressed transaction.
 */
import { collectGarbage } from '../src/core/collect-garbage.ts';
import { TransfuseError } from '../src/core/errors.ts';
import type { BinlogPosition, TransactionPlace } from '../src/core/position.ts';
import { retry } from '../src/core/retry.ts';
import { openSource, type DatabaseSettings } from '../src/mysql/connection.ts';
import { TransactionAssembler } from './assembler.ts';
import { BinlogConnection } from './binlog-connection.ts';
import { ItemQueue } from './item-queue.ts';
import type { ReplicaIdentity } from './replica-identity.ts';
import { checkResume } from './resume-check.ts';
import type { StreamItem } from './transaction-model.ts';

export interface BinlogStreamOptions {
  settings: DatabaseSettings;
  identity: ReplicaIdentity;
  /** The first transaction is the one behind it. */
  from: BinlogPosition;
  /** Whether anybody wants the rows of a table in a transaction; names as the binlog writes them. */
  wants: (database: string, table: string, transaction: TransactionPlace) => boolean;
  maxQueuedBytes: number;
  /** Of one event that was compressed. */
  maxExpandedBytes: number;
  /** How long the source may say nothing before it is taken for dead. It sends a heartbeat each second. */
  silenceMs: number;
  /** How long a source that is lost is waited for. */
  retryTimeoutMs: number;
  /** Told of each fault after which the stream connects again. */
  onReconnect?: (error: TransfuseError) => void;
}

/** It has come in pieces, and been put together once or twice: several times its size are garbage by now. */
const LARGE_ITEM_BYTES = 4 << 20;
const MAX_TAKEN_PART = 1 / 4;
const LOW_WATER_PART = 1 / 2;
/** Of the check before a dump, which may read through a whole binlog file. */
const ANSWER_TIMEOUT_MS = 120_000;

export class BinlogStream {
  readonly #options: BinlogStreamOptions;
  readonly #stopping = new AbortController();
  readonly #queue: ItemQueue;
  #assembler: TransactionAssembler | null = null;
  #connection: BinlogConnection | null = null;
  readonly #done: Promise<void>;

  /** Begins to read at once. */
  constructor(options: BinlogStreamOptions) {
    this.#options = options;
    const { maxQueuedBytes } = options;
    this.#queue = new ItemQueue({
      highWaterBytes: maxQueuedBytes,
      lowWaterBytes: maxQueuedBytes * LOW_WATER_PART,
      maxTakenBytes: maxQueuedBytes * MAX_TAKEN_PART,
      onFull: () => this.#connection?.pause(),
      onDrained: () => this.#connection?.resume(),
    });
    this.#done = this.#follow();
  }

  get queuedBytes(): number {
    return this.#queue.bytes;
  }

  /**
   * The next items, at least one; waits for them. Rejects, after the last item, with why the stream has ended: INTERRUPTED
   * after `stop`, else what an operator has to see to.
   */
  take(): Promise<StreamItem[]> {
    return this.#queue.take();
  }

  /** Resolves when nothing is connected any more. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#connection?.stop();
    await this.#done;
  }

  async #follow(): Promise<void> {
    const { onReconnect } = this.#options;
    const { signal } = this.#stopping;
    try {
      // Once events have come, the next fault is a new one: its retries begin anew.
      for (;;) {
        const attempt = async (): Promise<void> => {
          try {
            await this.#connectAndRead();
          } catch (error) {
            const isTold = error instanceof TransfuseError && error.transient && !signal.aborted;
            if (isTold) onReconnect?.(error);
            throw error;
          }
        };
        await retry(attempt, { timeoutMs: this.#options.retryTimeoutMs, signal, onRetry: () => undefined });
      }
    } catch (error) {
      const unforeseen = (): TransfuseError =>
        new TransfuseError('UNEXPECTED', 'An unforeseen fault in the reader of the binlog.');
      this.#queue.fail(error instanceof TransfuseError ? error : unforeseen());
    }
  }

  /** Resolves after a connection that brought the stream forward and then broke; rejects in all other cases. */
  async #connectAndRead(): Promise<void> {
    const { settings, from, identity, maxExpandedBytes, silenceMs } = this.#options;
    const position = this.#assembler?.position ?? from;
    const source = await openSource(settings, {
      purpose: 'binlog check',
      signal: this.#stopping.signal,
      answerTimeoutMs: ANSWER_TIMEOUT_MS,
    });
    let server: BinlogPosition;
    try {
      server = await checkResume(source, position);
      this.#assembler ??= this.#createAssembler(source.server);
    } finally {
      await source.close();
    }
    const assembler = this.#assembler;
    assembler.reconnected(server);
    const sink = assembler.push.bind(assembler);
    const connection = new BinlogConnection({
      settings,
      identity,
      from: position,
      maxExpandedBytes,
      silenceMs,
      sink,
    });
    this.#connection = connection;
    if (this.#stopping.signal.aborted) connection.stop();
    if (this.#queue.isFull) connection.pause();
    const reason = await connection.run();
    this.#connection = null;
    const reached = assembler.position;
    const hasMoved = reached.file !== position.file || reached.offset !== position.offset;
    if (!reason.transient || !hasMoved) throw reason;
    this.#options.onReconnect?.(reason);
  }

  #createAssembler(
    server: ConstructorParameters<typeof TransactionAssembler>[0]['server'],
  ): TransactionAssembler {
    const { from, wants, maxExpandedBytes } = this.#options;
    const emit = (item: StreamItem, bytes: number): void => {
      this.#queue.push(item, bytes);
      // Once the driver has let go of the pieces that the packet came in.
      if (bytes >= LARGE_ITEM_BYTES) setImmediate(collectGarbage);
    };
    return new TransactionAssembler({ from, server, wants, maxExpandedBytes, emit });
  }
}

/**
 * Runs changes on the source, on several connections at once and at a steady pace. Each connection has a script of its own: which
 * transactions it makes, and in which order, does not depend on the others or on the clock. Holds one transaction for each.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import mysql, { type ResultSetHeader } from 'mysql2/promise';

export interface Transaction {
  statements: readonly string[];
  /** Taken back at its end: none of it may arrive. */
  isRolledBack?: boolean;
}

/** Gives one transaction after the other, without end. Holds no more the longer it runs. */
export interface Script {
  next(): Transaction;
}

export interface WorkloadOptions {
  connection: mysql.ConnectionOptions;
  /** Run first on each connection. */
  session: string;
  /** One for each connection. */
  scripts: readonly Script[];
  /** From the begin of a connection's transaction to the begin of its next. */
  intervalMs: number;
  signal: AbortSignal;
}

export interface WorkloadCounts {
  /** That were committed. */
  transactions: number;
  /** Rows that their statements changed. What triggers and foreign keys changed besides is not in it. */
  rows: number;
  rolledBack: number;
  elapsedMs: number;
}

/** The server refused a statement, or was lost. The message has its error's code alone: the statement holds data. */
export class WorkloadFailure extends Error {}

/** A row is held by another connection, or, as MariaDB says it with 1020, was changed meanwhile. */
const CONTENDED = new Set([1020, 1205, 1213]);
const MAX_TRIES = 50;

/** Whether the same transaction may well succeed when it is tried again. */
export function isContended(error: unknown): boolean {
  return CONTENDED.has((error as { errno?: number }).errno ?? 0);
}

export class Workload implements AsyncDisposable {
  readonly #options: WorkloadOptions;
  readonly #connections: mysql.Connection[];
  readonly #startedAt = performance.now();
  readonly #done: Promise<void>;
  readonly #counts = { transactions: 0, rows: 0, rolledBack: 0 };
  #isStopping = false;
  #failure: WorkloadFailure | null = null;

  private constructor(options: WorkloadOptions, connections: mysql.Connection[]) {
    this.#options = options;
    this.#connections = connections;
    const running = options.scripts.map((script, index) => this.#work(connections[index]!, script));
    this.#done = Promise.all(running).then(() => undefined);
  }

  /** Begins at once. */
  static async start(options: WorkloadOptions): Promise<Workload> {
    const connections: mysql.Connection[] = [];
    try {
      for (const _ of options.scripts) {
        // Without FOUND_ROWS a server counts the rows that an UPDATE has changed, and not those that it has looked at.
        const flags = ['-FOUND_ROWS'];
        const connection = await mysql.createConnection({ ...options.connection, charset: 'utf8mb4', flags });
        connections.push(connection);
        await connection.query(options.session);
      }
      return new Workload(options, connections);
    } catch (error) {
      for (const connection of connections) connection.destroy();
      throw error;
    }
  }

  get counts(): WorkloadCounts {
    return { ...this.#counts, elapsedMs: performance.now() - this.#startedAt };
  }

  /** Throws WorkloadFailure where it has ended before it was told to. */
  throwIfFailed(): void {
    if (this.#failure) throw this.#failure;
  }

  /** Ends at whole transactions. Throws WorkloadFailure where one of them went wrong. */
  async stop(): Promise<WorkloadCounts> {
    this.#isStopping = true;
    const { elapsedMs } = this.counts;
    await this.#done;
    this.throwIfFailed();
    return { ...this.counts, elapsedMs };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isStopping = true;
    for (const connection of this.#connections) connection.destroy();
    await this.#done;
  }

  async #work(connection: mysql.Connection, script: Script): Promise<void> {
    const { intervalMs, signal } = this.#options;
    connection.on('error', () => {});
    let dueAt = performance.now();
    try {
      while (this.#goesOn()) {
        await this.#perform(connection, script.next());
        // What a slow moment has cost is not made up for by a burst.
        dueAt = Math.max(dueAt + intervalMs, performance.now());
        if (this.#goesOn()) await sleep(dueAt - performance.now());
      }
    } catch (error) {
      if (this.#isStopping || signal.aborted) return;
      const { code = 'unknown' } = error as { code?: string };
      this.#failure ??= new WorkloadFailure(`The changes at the source ended early: ${code}.`);
      this.#isStopping = true;
    }
  }

  #goesOn(): boolean {
    return !this.#isStopping && !this.#options.signal.aborted;
  }

  async #perform(connection: mysql.Connection, { statements, isRolledBack }: Transaction): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        let rows = 0;
        await connection.query('START TRANSACTION');
        for (const statement of statements) {
          const [result] = await connection.query<ResultSetHeader>(statement);
          rows += result.affectedRows;
        }
        await connection.query(isRolledBack ? 'ROLLBACK' : 'COMMIT');
        if (isRolledBack) this.#counts.rolledBack++;
        else if (rows > 0) {
          this.#counts.transactions++;
          this.#counts.rows += rows;
        }
        return;
      } catch (error) {
        if (!isContended(error) || tries === MAX_TRIES) throw error;
        await connection.query('ROLLBACK');
      }
    }
  }
}

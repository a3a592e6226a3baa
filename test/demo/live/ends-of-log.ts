/** Where the source's binlog ends, and how far the target has come: each asked of its own server. */
import mysql, { type RowDataPacket } from 'mysql2/promise';
import pg from 'pg';
import { compareFilePlaces } from '../../../src/core/position.ts';
import { driverOptions, type DatabaseAddress } from '../../support/database-address.ts';

export interface LogPlace {
  file: string;
  offset: string;
}

/** Whether everything before `goal` has been reached. */
export function isBehind(reached: LogPlace | null, goal: LogPlace): boolean {
  return reached === null || (compareFilePlaces(reached, goal) ?? -1) < 0;
}

export class EndsOfLog implements AsyncDisposable {
  readonly #source: mysql.Connection;
  readonly #target: pg.Client;
  readonly #statement: string;

  private constructor(source: mysql.Connection, target: pg.Client, statement: string) {
    this.#source = source;
    this.#target = target;
    this.#statement = statement;
  }

  static async open(ends: { source: DatabaseAddress; target: DatabaseAddress }): Promise<EndsOfLog> {
    const source = await mysql.createConnection(driverOptions(ends.source));
    source.on('error', () => {});
    const [[server]] = await source.query<RowDataPacket[]>('SELECT VERSION() AS version');
    // MySQL has renamed it; MariaDB has not.
    const isMariadb = /mariadb/i.test(String(server?.['version']));
    const target = new pg.Client(driverOptions(ends.target));
    target.on('error', () => {});
    try {
      await target.connect();
    } catch (error) {
      source.destroy();
      throw error;
    }
    return new EndsOfLog(source, target, isMariadb ? 'SHOW MASTER STATUS' : 'SHOW BINARY LOG STATUS');
  }

  /** Every transaction that the source has committed is before it. */
  async ofSource(): Promise<LogPlace> {
    const [[row]] = await this.#source.query<RowDataPacket[]>(this.#statement);
    return { file: String(row?.['File']), offset: String(row?.['Position']) };
  }

  /** The checkpoint, which is committed with the rows; null where sync has not begun. */
  async ofTarget(): Promise<LogPlace | null> {
    const { rows } = await this.#target.query<{ position: LogPlace }>(
      'SELECT position FROM transfuse.checkpoints ORDER BY updated_at DESC LIMIT 1',
    );
    return rows[0]?.position ?? null;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#source.destroy();
    await this.#target.end().catch(() => {});
  }
}

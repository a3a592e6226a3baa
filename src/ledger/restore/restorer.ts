import { TransfuseError } from '../../core/errors.ts';
import { failpoint } from '../../core/failpoints.ts';
import { throwIfInterrupted } from '../../core/retry.ts';
import type { TargetConnection } from '../../postgres/connection.ts';
import { inTransaction } from '../../postgres/transaction.ts';
import { openWatchedTarget } from '../../postgres/watched-target.ts';
import { markFailed, markRestored, type SavedObject } from '../saved-objects.ts';
import { buildConcurrently } from './build-concurrently.ts';
import type { RestoreFailure, RestoreOptions } from './restore-options.ts';
import { explainFailure, runDefinition } from './run-definition.ts';

type Statement = (object: SavedObject) => string;

/** Puts objects back on as many connections as it may, and keeps count. */
export class Restorer {
  restored = 0;
  readonly failures: RestoreFailure[] = [];
  readonly #options: RestoreOptions;
  readonly #connections: TargetConnection[] = [];
  /** An index may take hours: whoever interrupts does not wait for it, and the server rolls it back. */
  readonly #abandon = (): void => {
    for (const connection of this.#connections) connection.abandon();
  };

  constructor(options: RestoreOptions) {
    this.#options = options;
    options.signal.addEventListener('abort', this.#abandon, { once: true });
  }

  /** On up to `jobs` connections; on one where writers go on. */
  async atOnce(objects: SavedObject[], statement: Statement): Promise<void> {
    const queue = objects.values();
    const { jobs, writersGoOn } = this.#options;
    const workers = Math.min(writersGoOn ? 1 : jobs, objects.length);
    await Promise.all(
      Array.from({ length: workers }, async (_, index) => {
        const connection = await this.#connection(index);
        for (const object of queue) await this.#restore(connection, object, statement(object), 'restored');
      }),
    );
  }

  /** One after the other, on the caller's connection. */
  async inOrder(
    objects: SavedObject[],
    statement: Statement,
    state: 'restored' | 'added' = 'restored',
  ): Promise<void> {
    for (const object of objects) await this.#restore(this.#options.target, object, statement(object), state);
  }

  /** An index, without keeping anybody from writing; it is marked afterwards, since it cannot be built in a transaction. */
  async buildBesideWriters(index: SavedObject): Promise<void> {
    const connection = await this.#connection(0);
    await this.#attempt(connection, index, 'restored', async () => {
      await buildConcurrently(connection, index);
      failpoint('restore.before-concurrent-mark');
      await markRestored(connection, index.id, 'restored');
    });
  }

  async close(): Promise<void> {
    this.#options.signal.removeEventListener('abort', this.#abandon);
    await Promise.all(this.#connections.map((connection) => connection.close()));
  }

  async #connection(index: number): Promise<TargetConnection> {
    const { settings, signal } = this.#options;
    const known = this.#connections[index];
    if (known) return known;
    const { target } = await openWatchedTarget(settings, { applicationName: 'transfuse restore', signal });
    return (this.#connections[index] = target);
  }

  async #restore(
    connection: TargetConnection,
    object: SavedObject,
    sql: string,
    state: 'restored' | 'added',
  ): Promise<void> {
    await this.#attempt(connection, object, state, () =>
      inTransaction(connection, async () => {
        await runDefinition(connection, object, sql);
        await markRestored(connection, object.id, state);
      }),
    );
  }

  async #attempt(
    connection: TargetConnection,
    object: SavedObject,
    state: 'restored' | 'added',
    work: () => Promise<void>,
  ): Promise<void> {
    throwIfInterrupted(this.#options.signal);
    failpoint('restore.before-object');
    try {
      await work();
      if (state === 'restored') this.restored++;
    } catch (error) {
      if (connection.isLost || !(error instanceof TransfuseError) || error.transient) throw error;
      const { kind, schema, table, name } = object;
      const why = await explainFailure(connection, object, error);
      await markFailed(connection, object.id, why);
      this.failures.push({ kind, table: `${schema}.${table}`, name, why });
    }
    failpoint('restore.after-object');
  }
}

/**
 * Puts back what a load took away: indexes in parallel, then the keys on them, then foreign keys (added at once,
 * validated in parallel), then triggers. Each object and its mark in the ledger commit together, so a restore that was killed goes on where
 * it stopped. An object that cannot be put back is marked with the reason and the rest goes on.
 */
import type { DatabaseSettings } from '../config/settings.ts';
import { TransfuseError } from '../core/errors.ts';
import { failpoint } from '../core/failpoints.ts';
import type { RejectReason } from '../core/reject-reasons.ts';
import { throwIfInterrupted } from '../core/retry.ts';
import { openTarget, type TargetConnection } from '../postgres/connection.ts';
import { classifyTargetError, rejectReasonOf, sqlStateOf } from '../postgres/errors.ts';
import { quoteIdentifier, qualified } from '../postgres/identifiers.ts';
import type { SavedKind } from './saved-objects.ts';

interface SavedObject {
  id: string;
  kind: SavedKind;
  schema: string;
  table: string;
  name: string;
  definition: string;
  state: 'dropped' | 'added' | 'failed';
}

export interface RestoreFailure {
  kind: SavedKind;
  table: string;
  name: string;
  why: string;
}

export interface RestoreReport {
  restored: number;
  failures: RestoreFailure[];
  indexMs: number;
  constraintMs: number;
}

interface RestoreOptions {
  settings: DatabaseSettings;
  /** How many connections at once. */
  jobs: number;
  target: TargetConnection;
  runId: string;
  signal: AbortSignal;
}

/**
 * Restores every saved object of the run whose table is loaded; a foreign key only when both its tables are. Throws only when
 * the target is lost or the command is interrupted.
 */
export async function restoreObjects(options: RestoreOptions): Promise<RestoreReport> {
  const report: RestoreReport = { restored: 0, failures: [], indexMs: 0, constraintMs: 0 };
  const restorer = new Restorer(options, report);
  // An index may take hours: whoever interrupts does not wait for it, and the server rolls it back.
  const abandon = (): void => restorer.abandon();
  options.signal.addEventListener('abort', abandon, { once: true });
  try {
    const startedAt = performance.now();
    await restorer.each(await savedObjects(options, ['index', 'exclusion']), (object) => object.definition);
    report.indexMs = performance.now() - startedAt;
    await restorer.inOrder(await savedObjects(options, ['key']), (object) => object.definition);
    const foreignKeys = await savedObjects(options, ['foreign-key']);
    // Adding takes strong locks on two tables: one after the other, and short. Validating takes long, and weak locks.
    await restorer.inOrder(
      foreignKeys.filter((object) => object.state !== 'added'),
      addNotValid,
      'added',
    );
    await restorer.each(await savedObjects(options, ['foreign-key'], 'added'), validate);
    await restorer.inOrder(await savedObjects(options, ['trigger']), (object) => object.definition);
    report.constraintMs = performance.now() - startedAt - report.indexMs;
  } finally {
    options.signal.removeEventListener('abort', abandon);
    await restorer.close();
  }
  return report;
}

async function savedObjects(
  { target, runId }: RestoreOptions,
  kinds: SavedKind[],
  state?: 'added',
): Promise<SavedObject[]> {
  const { rows } = await target.query<SavedObject>(
    `SELECT s.id, s.kind, s.schema_name AS schema, s.table_name AS "table", s.object_name AS name, s.definition, s.state
     FROM transfuse.saved_objects s
     WHERE s.run_id = $1 AND s.kind = ANY ($2) AND s.state <> 'restored' AND ($3::text IS NULL OR s.state = $3)
       AND NOT EXISTS (SELECT FROM transfuse.loads l WHERE l.run_id = s.run_id AND l.state = 'loading'
         AND (l.target_schema, l.target_table) = (s.schema_name, s.table_name))
       AND NOT EXISTS (SELECT FROM transfuse.loads l WHERE l.run_id = s.run_id AND l.state = 'loading'
         AND format('%I.%I', l.target_schema, l.target_table) = s.referenced_table)
     ORDER BY s.id`,
    [runId, kinds, state ?? null],
  );
  return rows;
}

const NOT_VALID = / NOT VALID(?=$|;)/;

function addNotValid(object: SavedObject): string {
  const [statement, ...comments] = object.definition.split('; COMMENT ON CONSTRAINT');
  const added = NOT_VALID.test(statement!) ? statement! : `${statement} NOT VALID`;
  return [added, ...comments].join('; COMMENT ON CONSTRAINT');
}

function validate(object: SavedObject): string {
  // One that was not valid before the load is put back as it was.
  if (NOT_VALID.test(object.definition)) return 'SELECT';
  return `ALTER TABLE ${qualified(object.schema, object.table)} VALIDATE CONSTRAINT ${quoteIdentifier(object.name)}`;
}

const REASONS: Partial<Record<RejectReason, string>> = {
  foreign_key_violation: 'rows refer to rows that are not there',
  unique_violation: 'two or more rows have the same key',
  not_null: 'rows have NULL in a key column',
  exclusion_violation: 'rows exclude one another',
};

async function applyDefinition(
  connection: TargetConnection,
  object: SavedObject,
  sql: string,
): Promise<void> {
  try {
    await connection.client.query(sql);
  } catch (error) {
    const action = `restore ${object.kind} ${object.name} of ${object.schema}.${object.table}`;
    const classified = classifyTargetError(error, { action });
    const reason = REASONS[rejectReasonOf(error) ?? 'target_refused'];
    if (connection.isLost || reason === undefined) throw classified;
    throw new TransfuseError(
      classified.code,
      `${capitalized(reason)} (SQLSTATE ${sqlStateOf(error)}).`,
      classified,
    );
  }
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

class Restorer {
  readonly #options: RestoreOptions;
  readonly #report: RestoreReport;
  readonly #connections: TargetConnection[] = [];

  constructor(options: RestoreOptions, report: RestoreReport) {
    this.#options = options;
    this.#report = report;
  }

  /** On up to JOBS connections at once. */
  async each(objects: SavedObject[], statement: (object: SavedObject) => string): Promise<void> {
    const queue = objects.values();
    const workers = Math.min(this.#options.jobs, objects.length);
    await Promise.all(
      Array.from({ length: workers }, async (_, index) => {
        const connection = await this.#connection(index);
        for (const object of queue) await this.#restore(connection, object, statement(object), 'restored');
      }),
    );
  }

  async inOrder(
    objects: SavedObject[],
    statement: (object: SavedObject) => string,
    state: 'restored' | 'added' = 'restored',
  ): Promise<void> {
    for (const object of objects) await this.#restore(this.#options.target, object, statement(object), state);
  }

  abandon(): void {
    for (const connection of this.#connections) connection.abandon();
  }

  async close(): Promise<void> {
    await Promise.all(this.#connections.map((connection) => connection.close()));
  }

  async #connection(index: number): Promise<TargetConnection> {
    const { settings, signal } = this.#options;
    return (this.#connections[index] ??= await openTarget(settings, {
      applicationName: 'transfuse bulk restore',
      signal,
    }));
  }

  async #restore(
    connection: TargetConnection,
    object: SavedObject,
    sql: string,
    state: 'restored' | 'added',
  ): Promise<void> {
    throwIfInterrupted(this.#options.signal);
    failpoint('bulk.before-object-restored');
    try {
      await connection.query('BEGIN');
      await applyDefinition(connection, object, sql);
      await connection.query(
        `UPDATE transfuse.saved_objects SET state = $2, failure = NULL, restored_at = CASE $2 WHEN 'restored' THEN now() END WHERE id = $1`,
        [object.id, state],
      );
      await connection.query('COMMIT');
      if (state === 'restored') this.#report.restored++;
    } catch (error) {
      if (connection.isLost || !(error instanceof TransfuseError) || error.transient) throw error;
      await connection.query('ROLLBACK');
      await connection.query(
        `UPDATE transfuse.saved_objects SET state = CASE state WHEN 'added' THEN 'added' ELSE 'failed' END, failure = $2 WHERE id = $1`,
        [object.id, error.message],
      );
      this.#report.failures.push({
        kind: object.kind,
        table: `${object.schema}.${object.table}`,
        name: object.name,
        why: error.message,
      });
    }
    failpoint('bulk.after-object-restored');
  }
}

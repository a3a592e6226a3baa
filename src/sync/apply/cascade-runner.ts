/**
 * Carries the source's foreign keys out in the target where the binlog does not tell what they did: from each row that was
 * deleted or got another key to the rows that refer to it, and on to those that refer to them, until none are left.
 * The values that are looked for lie in a temporary table for each foreign key; one statement makes one step.
 */
import { TransfuseError } from '../../core/errors.ts';
import { ValueRefused } from '../../core/reject-reasons.ts';
import { COPY_HEADER, COPY_TRAILER } from '../../../streams/copy-format.ts';
import { splitRow } from '../../mapping/careful-encoder.ts';
import { codecFor } from '../../mapping/types/index.ts';
import type { ValuePolicies } from '../../mapping/types/codec.ts';
import type { SourceColumn } from '../../mysql/catalog-model.ts';
import { quoteIdentifier, qualified } from '../../postgres/identifiers.ts';
import { StatementPipeline } from '../../postgres/statement-pipeline.ts';
import type { ChangeBatch } from '../change-batch.ts';
import type { SyncPlan } from '../plan-sync.ts';
import type { Cascade, CascadeAction } from './cascade-plan.ts';
import type { RawTarget } from './raw-target.ts';
import { payloadOf } from './tuple-copy.ts';

type Event = 'delete' | 'update';

interface Step {
  cascade: Cascade;
  event: Event;
  /** Tells the rows of this step from others in the same temporary table. */
  level: number;
}

/** InnoDB follows 15 levels of one table; beyond this something goes round. */
const MAX_STEPS = 10_000;

export class CascadeRunner {
  readonly #target: RawTarget;
  readonly #plan: SyncPlan;
  #levels = 0;

  constructor(target: RawTarget, plan: SyncPlan) {
    this.#target = target;
    this.#plan = plan;
  }

  /** What makes the temporary tables of the cascades that begin in these mappings, or are reached from them. */
  createStatements(mappings: ReadonlySet<number>): { name: string; sql: string }[] {
    const reached = new Set(mappings);
    for (const mapping of reached) {
      for (const { parent, child } of this.#plan.cascades) if (parent === mapping) reached.add(child);
    }
    return this.#plan.cascades
      .filter(({ parent }) => reached.has(parent))
      .map((cascade) => {
        const { target } = this.#plan.mappings[cascade.child]!.planned.mapping;
        const columns = cascade.childColumns.map(({ name }) => quoteIdentifier(name));
        const olds = columns.map((column, i) => `${column} AS old_${i}`);
        const news = columns.map((column, i) => `${column} AS new_${i}`);
        const name = tableOf(cascade);
        return {
          name,
          sql: `CREATE TEMPORARY TABLE ${name} ON COMMIT DELETE ROWS AS SELECT 0 AS level, ${[...olds, ...news].join(', ')} FROM ${qualified(target.schema, target.table)} WITH NO DATA`,
        };
      });
  }

  /** Follows the deletes of these changes of the log. */
  async afterDeletes(batch: ChangeBatch, changes: readonly number[]): Promise<void> {
    const mappings = new Set(changes.map((change) => batch.log.mapping(change)));
    const steps = this.#stepsOf(mappings, 'delete');
    await this.#seed(steps, (step) =>
      changes
        .filter((change) => batch.log.mapping(change) === step.cascade.parent)
        .map((change) => this.#values(batch, change, step.cascade)),
    );
    await this.#run(steps);
  }

  /** Follows a row whose key or referenced columns changed: log[change] is the old, log[change + 1] the new. */
  async afterMove(batch: ChangeBatch, change: number): Promise<void> {
    const steps = this.#stepsOf(new Set([batch.log.mapping(change)]), 'update');
    const moved = steps.filter(({ cascade }) => {
      const before = this.#values(batch, change, cascade);
      const after = this.#values(batch, change + 1, cascade);
      return before.some((value, i) => !equal(value, after[i]!));
    });
    await this.#seed(moved, ({ cascade }) => [
      [...this.#values(batch, change, cascade), ...this.#values(batch, change + 1, cascade)],
    ]);
    await this.#run(moved);
  }

  #stepsOf(parents: ReadonlySet<number>, event: Event): Step[] {
    return this.#plan.cascades
      .filter((cascade) => parents.has(cascade.parent) && actionOf(cascade, event) !== null)
      .map((cascade) => ({ cascade, event, level: ++this.#levels }));
  }

  /** The values of the columns that the foreign key references, as the source has them. */
  #values(batch: ChangeBatch, change: number, cascade: Cascade): (Buffer | null)[] {
    const { planned, beforeColumns } = this.#plan.mappings[cascade.parent]!;
    const isRow = batch.log.rowEnd(change) > batch.log.rowStart(change);
    const columns: readonly SourceColumn[] = isRow ? planned.compiled.sourceColumns : beforeColumns;
    const payload = payloadOf(batch, change);
    const values = splitRow(payload.buffer, payload.start, columns.length);
    return cascade.referenced.map(({ name }) => values[columns.findIndex((column) => column.name === name)]!);
  }

  async #seed(steps: readonly Step[], rowsOf: (step: Step) => (Buffer | null)[][]): Promise<void> {
    if (steps.length === 0) return;
    const pipeline = new StatementPipeline(this.#target.client);
    for (const step of steps) {
      const rows = rowsOf(step).flatMap((values) => encodeSeed(step, values, this.#plan.policies) ?? []);
      pipeline.copy(copyStatement(step), [COPY_HEADER, ...rows, COPY_TRAILER]);
    }
    await pipeline.run();
  }

  async #run(first: readonly Step[]): Promise<void> {
    let steps = first;
    let done = 0;
    while (steps.length > 0) {
      const next = new Map<string, Step>();
      const isMet = new Set<string>();
      for (const step of steps) {
        if (++done > MAX_STEPS) throw endless(step.cascade, this.#plan);
        for (const { id, event } of await this.#take(step, next)) isMet.add(`${id} ${event}`);
      }
      steps = [...next.entries()].flatMap(([name, step]) => (isMet.has(name) ? [step] : []));
    }
  }

  /** One step: changes the children, and lays down what those that refer to them have to look for. Tells which have to. */
  async #take(step: Step, next: Map<string, Step>): Promise<{ id: number; event: Event }[]> {
    const { cascade, event, level } = step;
    const action = actionOf(cascade, event)!;
    const then: Event = event === 'delete' && action === 'CASCADE' ? 'delete' : 'update';
    const changed = new Set(cascade.childColumns.map(({ name }) => name));
    const followers = this.#plan.cascades.filter(
      (other) =>
        other.parent === cascade.child &&
        actionOf(other, then) !== null &&
        (then === 'delete' || other.referencedTarget.some((column) => changed.has(column))),
    );
    const parts = followers.map((other) => {
      const name = `${other.id} ${then}`;
      const follower = next.get(name) ?? { cascade: other, event: then, level: ++this.#levels };
      next.set(name, follower);
      return follower;
    });
    const { target } = this.#plan.mappings[cascade.child]!.planned.mapping;
    const sql = stepStatement(cascade, action, then, level, qualified(target.schema, target.table), parts);
    const rows = Number((await this.#target.query<{ n: string }>(sql)).rows[0]!.n);
    return rows === 0 ? [] : parts.map(({ cascade: { id }, event: e }) => ({ id, event: e }));
  }
}

function stepStatement(
  cascade: Cascade,
  action: CascadeAction,
  then: Event,
  level: number,
  table: string,
  followers: readonly Step[],
): string {
  const columns = cascade.childColumns.map(({ name }) => name);
  const match = columns.map((column, i) => `t.${quoteIdentifier(column)} = e.old_${i}`).join(' AND ');
  const where = `e.level = ${level} AND ${match}`;
  const wanted = [...new Set(followers.flatMap((follower) => follower.cascade.referencedTarget))];
  const old = (column: string): string => {
    const at = then === 'update' ? columns.indexOf(column) : -1;
    return at >= 0 ? `e.old_${at}` : `t.${quoteIdentifier(column)}`;
  };
  const returning = wanted.flatMap((column, i) => [
    `${old(column)} AS was_${i}`,
    `${then === 'delete' ? 'NULL::integer' : `t.${quoteIdentifier(column)}`} AS is_${i}`,
  ]);
  const change =
    then === 'delete'
      ? `DELETE FROM ${table} AS t USING ${tableOf(cascade)} AS e WHERE ${where}`
      : `UPDATE ${table} AS t SET ${columns
          .map((column, i) => `${quoteIdentifier(column)} = ${action === 'CASCADE' ? `e.new_${i}` : 'NULL'}`)
          .join(', ')} FROM ${tableOf(cascade)} AS e WHERE ${where}`;
  const laid = followers.map((follower, n) => {
    const at = follower.cascade.referencedTarget.map((column) => wanted.indexOf(column));
    const olds = at.map((_, i) => `old_${i}`);
    const news = then === 'update' ? at.map((_, i) => `new_${i}`) : [];
    const values = [...at.map((i) => `was_${i}`), ...(then === 'update' ? at.map((i) => `is_${i}`) : [])];
    return `, laid_${n} AS (INSERT INTO ${tableOf(follower.cascade)} (level, ${[...olds, ...news].join(', ')}) SELECT ${follower.level}, ${values.join(', ')} FROM met)`;
  });
  return `WITH met AS (${change} RETURNING ${['1 AS one', ...returning].join(', ')})${laid.join('')} SELECT count(*) AS n FROM met`;
}

function tableOf(cascade: Cascade): string {
  return `pg_temp.transfuse_cascade_${cascade.id}`;
}

function actionOf(cascade: Cascade, event: Event): CascadeAction | null {
  return event === 'delete' ? cascade.onDelete : cascade.onUpdate;
}

function copyStatement({ cascade, event }: Step): string {
  const olds = cascade.childColumns.map((_, i) => `old_${i}`);
  const news = event === 'update' ? cascade.childColumns.map((_, i) => `new_${i}`) : [];
  return `COPY ${tableOf(cascade)} (level, ${[...olds, ...news].join(', ')}) FROM STDIN (FORMAT binary)`;
}

/** Null for a row that nothing can refer to: one with a NULL, or with a value that the child's columns cannot hold. */
function encodeSeed(
  { cascade, level }: Step,
  values: (Buffer | null)[],
  policies: ValuePolicies,
): Buffer | null {
  const count = cascade.referenced.length;
  const fields: Buffer[] = [];
  for (const [i, value] of values.entries()) {
    if (value === null && i < count) return null;
    const field = value === null ? NULL_FIELD : encodeValue(cascade, i % count, value, policies);
    if (field === null) return null;
    fields.push(field);
  }
  const head = Buffer.alloc(10);
  head.writeInt16BE(1 + values.length);
  head.writeInt32BE(4, 2);
  head.writeInt32BE(level, 6);
  return Buffer.concat([head, ...fields]);
}

const NULL_FIELD = Buffer.from([255, 255, 255, 255]);

function encodeValue(
  cascade: Cascade,
  column: number,
  value: Buffer,
  policies: ValuePolicies,
): Buffer | null {
  const codec = codecFor(cascade.referenced[column]!, cascade.childColumns[column]!.type, policies);
  const field = Buffer.alloc(codec.maxBytes(value.length));
  try {
    return field.subarray(0, codec.write(value, 0, value.length, field, 0));
  } catch (error) {
    if (error instanceof ValueRefused) return null;
    throw error;
  }
}

function equal(a: Buffer | null, b: Buffer | null): boolean {
  return a === null || b === null ? a === b : a.equals(b);
}

function endless(cascade: Cascade, plan: SyncPlan): TransfuseError {
  const { table } = plan.mappings[cascade.child]!.planned;
  return new TransfuseError(
    'SYNC_CONFLICT',
    `The foreign keys of the table ${table.name} lead round and round: their actions did not come to an end. Nothing of this batch was kept.`,
    { where: { table: table.name } },
  );
}

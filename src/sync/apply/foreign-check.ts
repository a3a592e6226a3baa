/**
 * Whether a batch has written over rows that others had written. Asked behind the batch, in its transaction: whoever wrote
 * a row before we locked it has committed by then, so that none is missed, and with `stop` nothing of the batch is kept. Costs one
 * short question for each batch; while others' rows stand in the batch's tables, a look into the ledger for each key too.
 * A row that both have made the same is none: its note is taken away.
 */
import type { ForeignWritePolicy } from '../../config/settings.ts';
import { TransfuseError } from '../../core/errors.ts';
import { quantity } from '../../core/quantity.ts';
import { keyHash } from '../../ledger/foreign-writes.ts';
import { quoteIdentifier, quoteLiteral, qualified } from '../../postgres/identifiers.ts';
import { StatementPipeline } from '../../postgres/statement-pipeline.ts';
import type { ChangeBatch } from '../change-batch.ts';
import { CHANGE } from '../change-log.ts';
import type { ApplyTable } from './apply-table.ts';
import type { RawTarget } from './raw-target.ts';
import type { SegmentRules } from './segments.ts';
import { copyData, keyOf } from './tuple-copy.ts';

export interface Overwritten {
  /** `schema.table`. */
  table: string;
  rows: number;
}

const ANY_STANDING = 'SELECT FROM transfuse.foreign_writes WHERE overwritten_at IS NULL LIMIT 1';
const KEYS = 'pg_temp.transfuse_foreign_keys';

interface Touched {
  table: ApplyTable;
  changes: number[];
  isEmptied: boolean;
}

export class ForeignCheck {
  readonly #target: RawTarget;
  readonly #tables: readonly ApplyTable[];
  readonly #rules: Pick<SegmentRules, 'movesAlone'>;
  readonly #policy: ForeignWritePolicy;

  constructor(
    target: RawTarget,
    tables: readonly ApplyTable[],
    rules: Pick<SegmentRules, 'movesAlone'>,
    policy: ForeignWritePolicy,
  ) {
    this.#target = target;
    this.#tables = tables;
    this.#rules = rules;
    this.#policy = policy;
  }

  /** To be called behind each part, in the open transaction. Throws SYNC_FOREIGN_WRITE where the policy is to stop. */
  async overwrittenBy(batch: ChangeBatch): Promise<Overwritten[]> {
    if (batch.isEmpty) return [];
    const pipeline = new StatementPipeline(this.#target.client);
    pipeline.execute(ANY_STANDING);
    const [standing] = await pipeline.run();
    if (standing === 0) return [];
    const found = await this.#look(batch);
    if (found.length > 0 && this.#policy === 'stop') throw foreignWrite(batch, found);
    return found;
  }

  async #look(batch: ChangeBatch): Promise<Overwritten[]> {
    // As the trigger sees the values.
    await this.#target.query("SET LOCAL bytea_output = 'hex'; SET LOCAL enable_hashjoin = on");
    const touched = touchedTables(batch, this.#tables);
    const mayTakeAlong = this.#takesAlong(batch);
    const found: Overwritten[] = [];
    for (const table of await this.#withStanding()) {
      const own = touched.get(table);
      let rows = 0;
      if (own?.isEmptied) rows += await this.#count(emptied(table));
      else if (own) rows += await this.#overwritten(batch, own);
      // What goes along with a deleted row that it refers to is not in the batch.
      if (mayTakeAlong) rows += await this.#count(vanished(table));
      if (rows > 0) found.push({ table: table.name, rows });
    }
    await this.#target.query('SET LOCAL enable_hashjoin = off');
    return found;
  }

  /** Whether a row has gone that others refer to. */
  #takesAlong({ log }: ChangeBatch): boolean {
    for (let change = 0; change < log.length; change++) {
      if (log.kind(change) !== CHANGE.upsert && this.#rules.movesAlone(log.mapping(change))) return true;
    }
    return false;
  }

  async #withStanding(): Promise<ApplyTable[]> {
    const { rows } = await this.#target.query<{ n: number }>(
      `SELECT n::integer - 1 AS n FROM jsonb_array_elements($1::jsonb) WITH ORDINALITY AS e(t, n) WHERE EXISTS (
         SELECT FROM transfuse.foreign_writes f WHERE f.target_schema = t->>'schema' AND f.target_table = t->>'table'
           AND f.overwritten_at IS NULL) ORDER BY n`,
      [JSON.stringify(this.#tables.map(({ mapping }) => mapping.planned.mapping.target))],
    );
    return rows.map(({ n }) => this.#tables[n]!);
  }

  async #overwritten(batch: ChangeBatch, { table, changes }: Touched): Promise<number> {
    await this.#target.query(`DROP TABLE IF EXISTS ${KEYS}`);
    const { targetKey } = table.mapping;
    const columns = targetKey.map((column) => `${quoteIdentifier(column)} ${table.facts.types[column]}`);
    await this.#target.query(`CREATE TEMPORARY TABLE ${KEYS} (${columns.join(', ')}) ON COMMIT DROP`);
    const pipeline = new StatementPipeline(this.#target.client);
    pipeline.copy(`COPY ${KEYS} FROM STDIN (FORMAT binary)`, copyData(batch, changes, keyOf));
    await pipeline.run();
    return this.#count(overwritten(table));
  }

  async #count(sql: string): Promise<number> {
    return Number((await this.#target.query<{ rows: string }>(sql)).rows[0]!.rows);
  }
}

/** The tables that the batch changes, with those changes that have a key and took place. */
function touchedTables(batch: ChangeBatch, tables: readonly ApplyTable[]): Map<ApplyTable, Touched> {
  const { log } = batch;
  const touched = new Map<ApplyTable, Touched>();
  for (let change = 0; change < log.length; change++) {
    const kind = log.kind(change);
    const table = tables[log.mapping(change)]!;
    let entry = touched.get(table);
    if (!entry) touched.set(table, (entry = { table, changes: [], isEmptied: false }));
    if (kind === CHANGE.truncate) entry.isEmptied = true;
    else if (kind !== CHANGE.refused && log.keyEnd(change) > log.keyStart(change)) entry.changes.push(change);
  }
  return touched;
}

function standingOf({ mapping }: ApplyTable): string {
  const { schema, table } = mapping.planned.mapping.target;
  return `f.target_schema = ${quoteLiteral(schema)} AND f.target_table = ${quoteLiteral(table)} AND f.overwritten_at IS NULL`;
}

/** Of rows that both have made the same the notes go; the others are marked, and counted. */
function settle(table: ApplyTable, met: string): string {
  const ofMet = `USING met WHERE ${standingOf(table)} AND f.key_hash = met.key_hash`;
  return `WITH met AS (${met}),
    agreed AS (DELETE FROM transfuse.foreign_writes f ${ofMet} AND met.agrees),
    lost AS (UPDATE transfuse.foreign_writes f SET overwritten_at = now(), overwrites = f.overwrites + 1
      FROM met WHERE ${ofMet.slice('USING met WHERE '.length)} AND NOT met.agrees RETURNING 1)
    SELECT count(*) AS rows FROM lost`;
}

/** The batch's keys; and with any change what others have emptied, or written under a key that could not be read. */
function overwritten(table: ApplyTable): string {
  if (table.mapping.isSet) return overwrittenInSets(table);
  const { schema, table: name } = table.mapping.planned.mapping.target;
  const keys = table.mapping.targetKey.map(quoteIdentifier);
  const isRow = keys.map((column) => `t.${column} = s.${column}`).join(' AND ');
  const hash = keyHash(keys.map((column) => `s.${column}`));
  return settle(
    table,
    `SELECT f.key_hash, coalesce(to_jsonb(t) = f.row_data, t IS NULL AND f.operation = 'DELETE') AS agrees
     FROM (SELECT DISTINCT * FROM ${KEYS}) AS s
     -- One look into the index for each key, however many notes stand, and whatever the planner thinks of tables without statistics.
     CROSS JOIN LATERAL (SELECT f.* FROM transfuse.foreign_writes f WHERE ${standingOf(table)} AND f.key_hash = ${hash} OFFSET 0) AS f
     LEFT JOIN ${qualified(schema, name)} AS t ON ${isRow}
     UNION ALL
     SELECT f.key_hash, false FROM transfuse.foreign_writes f WHERE ${standingOf(table)} AND f.row_key IS NULL`,
  );
}

/** Of sets of rows the batch's keys tell whose they are, not which. */
function overwrittenInSets(table: ApplyTable): string {
  const { schema, table: name } = table.mapping.planned.mapping.target;
  const isOwner = table.mapping.targetKey
    .map((column) => `f.row_data->>${quoteLiteral(column)} = s.${quoteIdentifier(column)}::text`)
    .join(' AND ');
  return settle(
    table,
    `SELECT f.key_hash, coalesce(to_jsonb(t) = f.row_data, t IS NULL AND f.operation = 'DELETE') AS agrees
     FROM (SELECT DISTINCT * FROM ${KEYS}) AS s JOIN transfuse.foreign_writes f ON ${standingOf(table)} AND ${isOwner}
     LEFT JOIN ${qualified(schema, name)} AS t ON ${isRowOf(table)}`,
  );
}

/** Of the note `f` in the table `t`. */
function isRowOf({ mapping, facts }: ApplyTable): string {
  return mapping.rowKey
    .map((column, i) => `t.${quoteIdentifier(column)} = (f.row_key->>${i})::${facts.types[column]}`)
    .join(' AND ');
}

function emptied(table: ApplyTable): string {
  return settle(
    table,
    `SELECT f.key_hash, f.operation IN ('DELETE', 'TRUNCATE') AS agrees FROM transfuse.foreign_writes f WHERE ${standingOf(table)}`,
  );
}

/** Rows of others that are gone, and not by their own hand. */
function vanished(table: ApplyTable): string {
  const { schema, table: name } = table.mapping.planned.mapping.target;
  return settle(
    table,
    `SELECT f.key_hash, false AS agrees FROM transfuse.foreign_writes f WHERE ${standingOf(table)}
       AND f.row_key IS NOT NULL AND f.operation IN ('INSERT', 'UPDATE')
       AND NOT EXISTS (SELECT FROM ${qualified(schema, name)} AS t WHERE ${isRowOf(table)})`,
  );
}

function foreignWrite(batch: ChangeBatch, found: readonly Overwritten[]): TransfuseError {
  const tables = found.map(({ table }) => table).join(', ');
  const rows = found.reduce((sum, table) => sum + table.rows, 0);
  const end = batch.transactions.at(-1)?.end;
  return new TransfuseError(
    'SYNC_FOREIGN_WRITE',
    `The next changes of the source would overwrite ${quantity(rows, 'row')} of ${tables} that others have written to the target since the load. FOREIGN_WRITES=stop: nothing was overwritten, the target is as it was at its checkpoint.`,
    { where: { tables, rows, ...(end && { file: end.file, offset: String(end.offset) }) } },
  );
}

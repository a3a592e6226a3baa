/**
 * Reads the catalog of one schema of the target. A fixed number of queries for any number of tables, plus one for
 * every hundred tables to see which hold rows. Each query sees its own snapshot: a schema that changes meanwhile may
 * be seen half changed.
 */
import {
  COLUMNS_SQL,
  CONSTRAINTS_SQL,
  EXTENSIONS_SQL,
  FACTS_SQL,
  FUNCTIONS_SQL,
  INDEXES_SQL,
  SEQUENCES_SQL,
  TABLES_SQL,
  TRIGGERS_SQL,
  type ConstraintRow,
  type ColumnRow,
  type FactsRow,
  type IndexRow,
  type TableRow,
  type TriggerRow,
} from './catalog-queries.ts';
import type {
  TargetCatalog,
  TargetConstraint,
  TargetExtension,
  TargetFacts,
  TargetFunction,
  TargetTable,
  TargetTableColumn,
} from './catalog-model.ts';
import type { TargetConnection } from './connection.ts';
import { qualified } from './identifiers.ts';

const TABLES_PER_ROWS_QUERY = 100;

const CONSTRAINT_KINDS: Readonly<Record<string, TargetConstraint['kind']>> = {
  p: 'primary-key',
  u: 'unique',
  f: 'foreign-key',
  c: 'check',
};

/** Encoding, version and extensions of the database. Throws what TargetConnection.query throws. */
export async function readTargetFacts(connection: TargetConnection): Promise<TargetFacts> {
  const facts = (await connection.query<FactsRow>(FACTS_SQL)).rows[0]!;
  const extensions = (await connection.query<TargetExtension>(EXTENSIONS_SQL)).rows;
  return { ...facts, extensions };
}

/**
 * Everything in a schema that a plan can be compared with. A schema that does not exist gives an empty catalog.
 * `withRows: false` leaves hasRows null and the tables themselves untouched. Throws what TargetConnection.query throws.
 */
export async function readTargetCatalog(
  connection: TargetConnection,
  schema: string,
  options: { withRows?: boolean } = {},
): Promise<TargetCatalog> {
  const facts = await readTargetFacts(connection);
  const rows = async <Row>(sql: string): Promise<Row[]> => (await connection.query<Row>(sql, [schema])).rows;
  const exists = await rows(`SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = $1`);
  const tables = new Map<string, TargetTable>();
  const readable: string[] = [];
  for (const row of await rows<TableRow>(TABLES_SQL)) {
    tables.set(row.name, {
      ...emptyTable(row.name),
      comment: row.comment,
      rowEstimate: Number(row.rowEstimate),
    });
    if (row.readable) readable.push(row.name);
  }
  for (const row of await rows<ColumnRow>(COLUMNS_SQL)) tables.get(row.table)?.columns.push(columnOf(row));
  for (const row of await rows<ConstraintRow>(CONSTRAINTS_SQL)) {
    const { table, type, ...rest } = row;
    tables.get(table)?.constraints.push({ ...rest, kind: CONSTRAINT_KINDS[type] ?? 'other' });
  }
  for (const { table, ...index } of await rows<IndexRow>(INDEXES_SQL)) tables.get(table)?.indexes.push(index);
  for (const { table, ...trigger } of await rows<TriggerRow>(TRIGGERS_SQL))
    tables.get(table)?.triggers.push(trigger);
  if (options.withRows !== false) await readHasRows(connection, schema, tables, readable);
  return {
    ...facts,
    schema,
    schemaExists: exists.length > 0,
    tables: [...tables.values()],
    sequences: (await rows<{ name: string }>(SEQUENCES_SQL)).map((row) => row.name),
    functions: await rows<TargetFunction>(FUNCTIONS_SQL),
  };
}

function emptyTable(name: string): TargetTable {
  return {
    name,
    comment: null,
    rowEstimate: 0,
    hasRows: null,
    columns: [],
    constraints: [],
    indexes: [],
    triggers: [],
  };
}

const GENERATED = { s: 'stored', v: 'virtual' } as const;

function columnOf({ table: _table, identity, generated, ...column }: ColumnRow): TargetTableColumn {
  return {
    ...column,
    identity: identity === 'a' ? 'always' : identity === 'd' ? 'by default' : null,
    generated: generated && GENERATED[generated],
  };
}

async function readHasRows(
  connection: TargetConnection,
  schema: string,
  tables: Map<string, TargetTable>,
  names: readonly string[],
): Promise<void> {
  for (let at = 0; at < names.length; at += TABLES_PER_ROWS_QUERY) {
    const batch = names.slice(at, at + TABLES_PER_ROWS_QUERY);
    const parts = batch.map(
      (name, i) => `SELECT ${i} AS i, EXISTS (SELECT FROM ${qualified(schema, name)}) AS "hasRows"`,
    );
    const answer = await connection.query<{ i: number; hasRows: boolean }>(parts.join(' UNION ALL '));
    for (const row of answer.rows) tables.get(batch[row.i]!)!.hasRows = row.hasRows;
  }
}

/** Whether what a trap expects is so in the service databases. */
import { expect } from 'vitest';
import { entityNamespace, uuidV5Text } from '../../../src/mapping/types/index.ts';
import { SERVICE_SCHEMAS, type OpenemrCase, type ServiceSchema } from './openemr-case.ts';
import type { Expectation, ExpectedValue } from './traps/trap.ts';

type Rows = Record<string, unknown>[];

export async function checkTrap(databases: OpenemrCase, expected: Expectation): Promise<void> {
  if ('reject' in expected) {
    const reasons = await rejectsOf(databases, expected.source, expected.key);
    expect(reasons).toEqual([expected.reject]);
  } else if ('filtered' in expected) {
    expect(await rejectsOf(databases, expected.source, expected.key)).toEqual([]);
    expect(await rowsFrom(databases, expected.source, Object.values(expected.key).join(':'))).toEqual([]);
  } else if ('rows' in expected) {
    expect(await rowsOf(databases, expected.table, expected.key)).toHaveLength(expected.rows);
  } else {
    const rows = await rowsOf(databases, expected.table, expected.key, Object.keys(expected.columns));
    expect(rows).toHaveLength(1);
    const { extra, ...row } = rows[0]!;
    expect(row).toEqual(
      Object.fromEntries(Object.entries(expected.columns).map(([name, value]) => [name, valueOf(value)])),
    );
    if (expected.extra) expect(extra).toMatchObject(expected.extra);
  }
}

async function rowsOf(
  databases: OpenemrCase,
  table: string,
  key: Readonly<Record<string, string>>,
  columns: readonly string[] = [],
): Promise<Rows> {
  const schema = table.split('.')[0] as ServiceSchema;
  const where = Object.keys(key).map((name, i) => `"${name}"::text = $${i + 1}`);
  const types = new Map(
    (
      await databases.query<{ name: string; type: string }>(
        schema,
        `SELECT attname AS name, atttypid::regtype::text AS type FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0`,
        [table],
      )
    ).map(({ name, type }) => [name, type]),
  );
  const selected = columns.map((name) => `${comparable(`"${name}"`, types.get(name))} AS "${name}"`);
  const rows = await databases.query<{ row: Rows[number] }>(
    schema,
    `SELECT to_jsonb(s) AS row FROM (SELECT ${[...selected, 'extra'].join(', ')} FROM ${table} WHERE ${where.join(' AND ')}) s`,
    Object.values(key),
  );
  return rows.map(({ row }) => row);
}

/** Instants in UTC, and numerics with all their digits, as traps have them. */
function comparable(column: string, type: string | undefined): string {
  if (type === 'timestamp with time zone')
    return `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`;
  return type === 'numeric' ? `${column}::text` : column;
}

/** In whatever table of whatever service. */
async function rowsFrom(databases: OpenemrCase, legacyTable: string, legacyId: string): Promise<Rows> {
  const found: Rows = [];
  for (const schema of SERVICE_SCHEMAS) {
    const tables = await databases.query<{ name: string }>(
      schema,
      `SELECT attrelid::regclass::text AS name FROM pg_attribute JOIN pg_class c ON c.oid = attrelid
       WHERE relnamespace = $1::regnamespace AND relkind = 'r' AND attname = 'legacy_table'`,
      [schema],
    );
    for (const { name } of tables)
      found.push(
        ...(await databases.query(
          schema,
          `SELECT id FROM ${name} WHERE legacy_table = $1 AND (legacy_id = $2 OR legacy_id LIKE $2 || ':%')`,
          [legacyTable, legacyId],
        )),
      );
  }
  return found;
}

async function rejectsOf(
  databases: OpenemrCase,
  sourceTable: string,
  key: Readonly<Record<string, string | number>>,
): Promise<string[]> {
  const wanted = JSON.stringify(
    Object.fromEntries(Object.entries(key).map(([name, value]) => [name, String(value)])),
  );
  const reasons: string[] = [];
  for (const schema of SERVICE_SCHEMAS) {
    const rows = await databases.query<{ reason: string }>(
      schema,
      `SELECT r.reason FROM transfuse.rejects r JOIN transfuse.loads l USING (run_id, mapping)
       WHERE l.source_table = $1 AND r.row_key @> $2::jsonb AND r.resolved_at IS NULL`,
      [sourceTable, wanted],
    );
    reasons.push(...rows.map(({ reason }) => reason));
  }
  return [...new Set(reasons)];
}

function valueOf(value: ExpectedValue): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value) || !('idOf' in value)) return value;
  const { idOf } = value as { idOf: string };
  const colon = idOf.indexOf(':');
  return uuidV5Text(entityNamespace(idOf.slice(0, colon)), idOf.slice(colon + 1));
}

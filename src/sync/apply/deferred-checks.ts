/**
 * Foreign keys that are checked when a batch is complete. A source may log a child's change before its parent's, within one
 * statement (MySQL does where ON UPDATE CASCADE acts), so that no order of single changes satisfies a check after each. Only for
 * a batch that has met a constraint: the tables are locked for it, and are as they were when the transaction ends.
 */
import { qualified, quoteIdentifier } from '../../postgres/identifiers.ts';
import type { SyncMapping } from '../sync-mapping.ts';
import type { RawTarget } from './raw-target.ts';

const FIND_SQL = `
SELECT n.nspname AS schema, c.relname AS "table", k.conname AS name
FROM jsonb_array_elements($1::jsonb) e
JOIN pg_catalog.pg_namespace n ON n.nspname = e->>'schema'
JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = e->>'table'
JOIN pg_catalog.pg_constraint k ON k.conrelid = c.oid
WHERE k.contype = 'f' AND NOT k.condeferrable AND k.conparentid = 0 ORDER BY 1, 2, 3`;

interface ForeignKey {
  schema: string;
  table: string;
  name: string;
}

/**
 * Makes the foreign keys of the mappings' tables deferrable in the open transaction. The result makes the checks and the
 * foreign keys what they were; it throws the server's error for a row that breaks one.
 */
export async function deferForeignKeys(
  target: RawTarget,
  mappings: readonly SyncMapping[],
): Promise<() => Promise<void>> {
  const tables = mappings.map(({ planned }) => planned.mapping.target);
  const { rows } = await target.query<ForeignKey>(FIND_SQL, [JSON.stringify(tables)]);
  const alter = (key: ForeignKey, how: string): string =>
    `ALTER TABLE ${qualified(key.schema, key.table)} ALTER CONSTRAINT ${quoteIdentifier(key.name)} ${how}`;
  const statements = rows.map((key) => alter(key, 'DEFERRABLE'));
  await target.query([...statements, 'SET CONSTRAINTS ALL DEFERRED'].join('; '));
  return async () => {
    const back = rows.map((key) => alter(key, 'NOT DEFERRABLE'));
    await target.query(['SET CONSTRAINTS ALL IMMEDIATE', ...back].join('; '));
  };
}

/** Foreign keys of a database: those that hold, and those of which that is not known. */
import { readObjectsAway } from '../ledger/saved-objects.ts';
import type { TargetConnection } from '../postgres/connection.ts';

export interface ForeignKeys {
  /** There, and validated by PostgreSQL. */
  valid: number;
  /** There and not validated, or taken away by a load and not back: `schema.table name`. */
  open: string[];
}

/** Of the schemas. Throws TARGET_*. */
export async function readForeignKeys(
  target: TargetConnection,
  runId: string,
  schemas: readonly string[],
): Promise<ForeignKeys> {
  const { rows } = await target.query<{ name: string; valid: boolean }>(
    `SELECT n.nspname || '.' || r.relname || ' ' || c.conname AS name, c.convalidated AS valid
     FROM pg_catalog.pg_constraint c JOIN pg_catalog.pg_class r ON r.oid = c.conrelid JOIN pg_catalog.pg_namespace n ON n.oid = r.relnamespace
     WHERE c.contype = 'f' AND c.conparentid = 0 AND n.nspname = ANY ($1) ORDER BY 1`,
    [schemas],
  );
  const away = (await readObjectsAway(target, runId)).filter(({ kind }) => kind === 'foreign-key');
  const open = [
    ...rows.filter(({ valid }) => !valid).map(({ name }) => name),
    ...away.map(({ table, name }) => `${table} ${name}`),
  ];
  return { valid: rows.filter(({ valid }) => valid).length, open: [...new Set(open)] };
}

/** What must hold after a load, whatever happened to it on the way. Each check returns what does not hold, in words. */
import type { BulkCase } from './bulk-case.ts';

/** Definitions of everything in the schema that a load may take away, as PostgreSQL prints them, one a line. */
export async function objectDefinitions({ targetQuery }: Pick<BulkCase, 'targetQuery'>): Promise<string[]> {
  const rows = await targetQuery<{ line: string }>(`
    SELECT 'index ' || pg_get_indexdef(i.indexrelid) || ' valid ' || i.indisvalid || coalesce(' ' || obj_description(i.indexrelid), '') AS line
    FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid WHERE c.relnamespace = 'public'::regnamespace
    UNION ALL
    SELECT 'constraint ' || conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(k.oid) || ' ' || contype::text
      || ' validated ' || convalidated || coalesce(' ' || obj_description(k.oid), '')
    FROM pg_constraint k WHERE connamespace = 'public'::regnamespace
    UNION ALL
    SELECT 'trigger ' || pg_get_triggerdef(g.oid) || ' ' || tgenabled::text FROM pg_trigger g JOIN pg_class c ON c.oid = tgrelid
    WHERE NOT tgisinternal AND tgname NOT LIKE 'transfuse\\_foreign%' AND c.relnamespace = 'public'::regnamespace
    UNION ALL
    SELECT 'column ' || attrelid::regclass || ' ' || attname || ' ' || format_type(atttypid, atttypmod) || ' ' || attnotnull || ' ' || attidentity::text
    FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid
    WHERE attnum > 0 AND NOT attisdropped AND c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
    ORDER BY 1`);
  return rows.map((row) => row.line);
}

/** What is wrong in the ledger of a finished load: counts that do not add up, or anything that is still open (invariants 3, 5). */
export async function ledgerFaults({ targetQuery }: Pick<BulkCase, 'targetQuery'>): Promise<string[]> {
  const faults: string[] = [];
  const chunks = await targetQuery(`
    SELECT c.mapping || ' ' || c.chunk AS name FROM transfuse.chunks c
    WHERE c.state <> 'done' OR c.rows_read <> c.rows_loaded + c.rows_filtered + c.rows_rejected
      OR c.rows_rejected <> (SELECT count(*) FROM transfuse.rejects r WHERE (r.run_id, r.mapping, r.chunk) = (c.run_id, c.mapping, c.chunk))`);
  for (const { name } of chunks) faults.push(`chunk ${String(name)} is not done, or does not add up`);
  const loads = await targetQuery<{ mapping: string; state: string; target: string; loaded: string }>(`
    SELECT mapping, l.state, format('%I.%I', target_schema, target_table) AS target,
      (SELECT coalesce(sum(rows_loaded), 0) FROM transfuse.chunks c WHERE (c.run_id, c.mapping) = (l.run_id, l.mapping)) AS loaded
    FROM transfuse.loads l`);
  for (const { mapping, state, target, loaded } of loads) {
    if (state !== 'complete') faults.push(`the load of ${mapping} is ${state}`);
    const [counted] = await targetQuery<{ rows: string }>(`SELECT count(*) AS rows FROM ${target}`);
    if (counted!.rows !== loaded)
      faults.push(`${mapping}: the ledger says ${loaded} rows, the table has ${counted!.rows}`);
  }
  const away = await targetQuery(
    `SELECT kind || ' ' || object_name AS name FROM transfuse.saved_objects WHERE state <> 'restored'`,
  );
  for (const { name } of away) faults.push(`${String(name)} was not put back`);
  const [runs] = await targetQuery<{ runs: string }>('SELECT count(*) AS runs FROM transfuse.runs');
  if (runs!.runs !== '1') faults.push(`there are ${runs!.runs} runs`);
  return faults;
}

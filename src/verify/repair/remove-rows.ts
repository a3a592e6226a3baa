/** Takes rows away that the source does not have: each as it was seen, and only if nobody has written to it since. */
import { recordRepairs } from '../../ledger/repairs.ts';
import { WE_ARE_APPLYING } from '../../ledger/foreign-writes.ts';
import type { PlannedMapping } from '../../mapping/plan.ts';
import { classifyTargetError, rejectReasonOf } from '../../postgres/errors.ts';
import { qualified, quoteIdentifier, quoteLiteral } from '../../postgres/identifiers.ts';
import { rowsOfShare } from '../../postgres/rows-of-share.ts';
import { inTransaction } from '../../postgres/transaction.ts';
import type { Difference } from '../differences.ts';
import { TupleLayout } from '../tuple-layout.ts';
import type { RepairContext } from './repair-context.ts';

const ROWS_AT_ONCE = 500;

/** Returns how many went; those stay that others refer to, and those that are others by now. Throws TARGET_*. */
export async function removeRows(
  context: RepairContext,
  planned: PlannedMapping,
  extra: readonly Difference[],
): Promise<number> {
  const { target } = context;
  let removed = 0;
  await target.query(WE_ARE_APPLYING);
  for (let from = 0; from < extra.length; from += ROWS_AT_ONCE)
    removed += await removeSome(context, planned, extra.slice(from, from + ROWS_AT_ONCE));
  return removed;
}

async function removeSome(
  context: RepairContext,
  planned: PlannedMapping,
  rows: readonly Difference[],
): Promise<number> {
  try {
    return await inTransaction(context.target, () => remove(context, planned, rows));
  } catch (error) {
    if (rejectReasonOf(error) === null) throw classifyTargetError(error, { action: 'remove rows' });
    if (rows.length === 1) return 0;
    const middle = rows.length >> 1;
    return (
      (await removeSome(context, planned, rows.slice(0, middle))) +
      (await removeSome(context, planned, rows.slice(middle)))
    );
  }
}

async function remove(
  { target, verification, by, digestOf }: RepairContext,
  planned: PlannedMapping,
  rows: readonly Difference[],
): Promise<number> {
  const { mapping, share } = planned;
  const layout = TupleLayout.of(planned);
  const isSame = layout.key.map((column) => {
    const { name, type } = layout.columns[column]!;
    return `t.${quoteIdentifier(name)} = (e.key->>${quoteLiteral(name)})::${type}`;
  });
  const isOurs = share ? ` AND ${rowsOfShare(share.constants)}` : '';
  // Whatever a foreign key does when its row goes: nothing else is to go, or to change, with it.
  const isFree = (await referencesTo(target, mapping.target)).map(
    ({ child, columns }) => ` AND NOT EXISTS (SELECT FROM ${child} AS c WHERE ${columns})`,
  );
  // Not by query(): which constraint is in the way is told by the server's own error.
  const { rows: gone } = await target.client.query<{ n: number; row: string }>(
    `DELETE FROM ${qualified(mapping.target.schema, mapping.target.table)} AS t
     USING unnest($1::jsonb[], $2::text[]) WITH ORDINALITY AS e(key, version, n)
     WHERE ${isSame.join(' AND ')} AND t.xmin::text = e.version${isOurs}${isFree.join('')} RETURNING e.n::integer AS n, to_jsonb(t)::text AS row`,
    [rows.map(({ key }) => JSON.stringify(key)), rows.map(({ version }) => version)],
  );
  await notStanding(
    target,
    mapping.target,
    gone.map(({ n }) => rows[n - 1]!.key),
  );
  await recordRepairs(
    target,
    verification,
    by,
    gone.map(({ n, row }) => {
      const { key } = rows[n - 1]!;
      return { mapping: mapping.id, action: 'removed', key, digest: digestOf(mapping.id, key), row };
    }),
  );
  return gone.length;
}

/** Foreign keys that refer to the table, as conditions for rows `c` that refer to `t`. */
async function referencesTo(
  target: RepairContext['target'],
  { schema, table }: PlannedMapping['mapping']['target'],
): Promise<{ child: string; columns: string }[]> {
  const { rows } = await target.query<{ child: string; columns: string }>(
    `SELECT x.conrelid::regclass::text AS child, string_agg(format('c.%I = t.%I', ca.attname, pa.attname), ' AND ') ||
       CASE WHEN x.conrelid = x.confrelid THEN ' AND c.ctid <> t.ctid' ELSE '' END AS columns
     FROM pg_catalog.pg_constraint x
     CROSS JOIN LATERAL unnest(x.conkey, x.confkey) AS k(child, parent)
     JOIN pg_catalog.pg_attribute ca ON ca.attrelid = x.conrelid AND ca.attnum = k.child
     JOIN pg_catalog.pg_attribute pa ON pa.attrelid = x.confrelid AND pa.attnum = k.parent
     WHERE x.contype = 'f' AND x.confrelid = to_regclass($1) GROUP BY x.oid, x.conrelid, x.confrelid`,
    [qualified(schema, table)],
  );
  return rows;
}

/** Of what others had written nothing stands any more in these rows. */
async function notStanding(
  target: RepairContext['target'],
  { schema, table }: PlannedMapping['mapping']['target'],
  keys: readonly Difference['key'][],
): Promise<void> {
  await target.query(
    `UPDATE transfuse.foreign_writes w SET overwrites = overwrites + 1, overwritten_at = now()
     FROM unnest($3::jsonb[]) AS e(key)
     WHERE w.target_schema = $1 AND w.target_table = $2 AND w.overwritten_at IS NULL
       AND NOT EXISTS (SELECT FROM jsonb_each_text(e.key) AS k WHERE w.row_key->>k.key IS DISTINCT FROM k.value)`,
    [schema, table, keys.map((key) => JSON.stringify(key))],
  );
}

import type { DatabaseAddress } from '../../support/database-address.ts';
import { openSourceEnd, openTargetEnd, readAll, readNumber } from './database-ends.ts';

export interface ObjectCheck {
  /** Open rejects of the latest run, by source table and reason, such as `visits nul_byte`. */
  rejects: Map<string, number>;
  /** Each in a sentence. */
  problems: string[];
}

/** Whether the keys of the source hold in the target, and what the ledger says was rejected. */
export async function checkObjects(
  sourceAddress: DatabaseAddress,
  targetAddress: DatabaseAddress,
): Promise<ObjectCheck> {
  await using source = await openSourceEnd(sourceAddress);
  await using target = await openTargetEnd(targetAddress);
  const problems: string[] = [];
  for (const [what, inSource, inTarget] of [
    [
      'primary keys',
      `SELECT COUNT(*) FROM information_schema.TABLE_CONSTRAINTS
       WHERE TABLE_SCHEMA = DATABASE() AND CONSTRAINT_TYPE = 'PRIMARY KEY'`,
      constraintCount("contype = 'p'"),
    ],
    [
      'foreign keys within the database',
      `SELECT COUNT(*) FROM information_schema.REFERENTIAL_CONSTRAINTS
       WHERE CONSTRAINT_SCHEMA = DATABASE() AND UNIQUE_CONSTRAINT_SCHEMA = DATABASE()`,
      constraintCount("contype = 'f' AND convalidated"),
    ],
  ] as const) {
    const wanted = await readNumber(source, inSource);
    const found = await readNumber(target, inTarget);
    if (wanted !== found) problems.push(`Of ${wanted} ${what} of the source ${found} hold in the target.`);
  }
  const rejects = await readAll(
    target,
    `SELECT l.source_table || ' ' || r.reason, count(*) FROM transfuse.rejects r
     JOIN transfuse.loads l USING (run_id, mapping) WHERE r.resolved_at IS NULL GROUP BY 1`,
  );
  return {
    rejects: new Map((rejects as [string, string][]).map(([kind, count]) => [kind, Number(count)])),
    problems,
  };
}

function constraintCount(condition: string): string {
  return `SELECT count(*) FROM pg_constraint WHERE ${condition} AND conrelid IN (
    SELECT format('%I.%I', target_schema, target_table)::regclass FROM transfuse.loads)`;
}

import type { DatabaseAddress } from '../../support/database-address.ts';
import { openTargetEnd, readAll } from './database-ends.ts';

/** What stands on the tables, by table and definition. */
const OBJECTS = `
  SELECT conrelid::regclass || ' ' || conname || ': ' || pg_get_constraintdef(oid) || CASE WHEN convalidated THEN '' ELSE ' (not validated)' END
  FROM pg_constraint WHERE conrelid <> 0 AND connamespace = 'public'::regnamespace AND contype <> 'n'
  UNION ALL
  SELECT indrelid::regclass || ' ' || pg_get_indexdef(indexrelid) || CASE WHEN indisvalid THEN '' ELSE ' (not valid)' END
  FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid WHERE relnamespace = 'public'::regnamespace
  UNION ALL
  SELECT tgrelid::regclass || ' ' || pg_get_triggerdef(pg_trigger.oid) || CASE tgenabled WHEN 'O' THEN '' ELSE ' (not enabled)' END
  FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid WHERE relnamespace = 'public'::regnamespace AND NOT tgisinternal`;

/** Every constraint, index and trigger of the target, to be compared with what it has at another time. */
export async function readTargetObjects(address: DatabaseAddress): Promise<Set<string>> {
  await using target = await openTargetEnd(address);
  return new Set((await readAll(target, OBJECTS)).map(([object]) => String(object)));
}

/** What is missing of `before`, each in a sentence. */
export async function missingObjects(
  address: DatabaseAddress,
  before: ReadonlySet<string>,
): Promise<string[]> {
  const now = await readTargetObjects(address);
  return [...before]
    .filter((object) => !now.has(object))
    .map((object) => `Not back in the target: ${object}.`);
}

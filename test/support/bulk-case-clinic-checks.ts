import type { BulkCase } from './bulk-case.ts';
import { ledgerFaults, objectDefinitions } from './bulk-case-checks.ts';
import { CLINIC_REJECTS, isBadLetter } from './bulk-case-clinic.ts';
import { differencesBetween } from './compare-databases.ts';

/**
 * What is not as a load of the clinic has to leave it, in words: every good row value by value, every bad one among the rejects,
 * counts that add up, indexes, constraints and triggers as they were (`asBefore`), identities that go on.
 */
export async function clinicFaults(clinic: BulkCase, asBefore: readonly string[]): Promise<string[]> {
  const except = (table: string, row: Readonly<Record<string, string | null>>) =>
    table === 'letters' && isBadLetter(Number(row['id']));
  const faults = await differencesBetween(clinic.source, clinic.target, { except });
  faults.push(...(await ledgerFaults(clinic)));
  const [rejects] = await clinic.targetQuery<{ count: string }>('SELECT count(*) FROM transfuse.rejects');
  if (Number(rejects!.count) !== CLINIC_REJECTS)
    faults.push(`${rejects!.count} rejects, not ${CLINIC_REJECTS}`);
  const after = await objectDefinitions(clinic);
  faults.push(...asBefore.filter((line) => !after.includes(line)).map((line) => `not as before: ${line}`));
  faults.push(
    ...after.filter((line) => !asBefore.includes(line)).map((line) => `was not there before: ${line}`),
  );
  const [next] = await clinic.targetQuery<{ id: string; last: string }>(
    `SELECT nextval(pg_get_serial_sequence('patients', 'id')) AS id, (SELECT max(id) FROM patients) AS last`,
  );
  if (Number(next!.id) !== Number(next!.last) + 1)
    faults.push(`patients goes on with ${next!.id} after ${next!.last}`);
  return faults;
}

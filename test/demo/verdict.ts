/** Whether everything adds up, in a table and a sentence. */
import { formatCount, formatDuration } from '../../src/telemetry/format.ts';
import type { DatabaseAddress } from '../support/database-address.ts';
import { checkObjects } from './check/check-objects.ts';
import { checkTables, type TableCheck } from './check/check-tables.ts';
import { missingObjects } from './check/target-objects.ts';
import type { PlantedRejects } from './clinic/planted.ts';
import type { Migrated } from './live/migration.ts';
import { describeLag } from './live/watch.ts';
import type { Narrator } from './narrator.ts';

export interface Expectation {
  source: DatabaseAddress;
  target: DatabaseAddress;
  /** null where nobody knows what the source holds. */
  plantedRejects: readonly PlantedRejects[] | null;
  /** Constraints, indexes and triggers that the target had before the load. */
  objects: ReadonlySet<string>;
  migrated: Migrated;
  startedAt: number;
  signal: AbortSignal;
}

/** Enough to compare every row of the demo as it is by default, and of Sakila. */
const MAX_COMPARED_ROWS = 200_000;

/** Checks all of it, prints what was found, and says whether it is right. */
export async function giveVerdict(expected: Expectation, narrator: Narrator): Promise<boolean> {
  const { source, target, signal } = expected;
  const checks: TableCheck[] = [];
  for await (const check of checkTables({ source, target, maxComparedRows: MAX_COMPARED_ROWS, signal })) {
    checks.push(check);
  }
  printChecks(checks, narrator);
  const { rejects, problems: objectProblems } = await checkObjects(source, target);
  const problems = [
    ...(checks.length === 0 ? ['The source has no tables.'] : []),
    ...checks.flatMap((check) => check.problems.map((problem) => `${check.table}: ${problem}`)),
    ...objectProblems,
    ...(await missingObjects(target, expected.objects)),
  ];
  const planted = expected.plantedRejects;
  if (planted) {
    for (const { table, reason, what, count, mended } of planted) {
      const found = rejects.get(`${table} ${reason}`) ?? 0;
      rejects.delete(`${table} ${reason}`);
      if (found !== (mended ? 0 : count)) {
        problems.push(
          `${table}: ${count} rows were planted with ${what}${mended ? ' and mended' : ''}, and ${found} are rejected for ${reason}.`,
        );
      } else if (mended) {
        narrator.say(
          `Rejected by the load, mended at the source, loaded by sync: ${formatCount(count)} of ${table}: ${what}.`,
        );
      } else narrator.say(`Rejected as planted: ${formatCount(count)} of ${table}: ${what}.`);
    }
    for (const [kind, count] of rejects) problems.push(`${count} rejects that nobody planted: ${kind}.`);
  }
  for (const problem of problems) narrator.say(`✗ ${problem}`);
  const ok = problems.length === 0;
  if (ok && expected.objects.size > 0) {
    narrator.say(
      `${formatCount(expected.objects.size)} constraints, indexes and triggers are as they were made.`,
    );
  }
  narrator.verdict(ok, sentence(checks, problems.length, performance.now() - expected.startedAt));
  narrator.verdict(ok, lastLine(expected.migrated, problems.length));
  return ok;
}

function lastLine({ changes, lag, notFollowed }: Migrated, problems: number): string {
  const differences = `${formatCount(problems)} ${problems === 1 ? 'difference' : 'differences'}`;
  const how = notFollowed
    ? `not followed (${notFollowed})`
    : `lag ${lag ? describeLag(lag) : 'not measured: nothing changed'}`;
  return `${formatCount(changes)} changes applied, ${differences}, ${how}`;
}

function printChecks(checks: readonly TableCheck[], narrator: Narrator): void {
  const sum = (pick: (check: TableCheck) => number) =>
    checks.reduce((total, check) => total + pick(check), 0);
  narrator.table(
    [
      { title: 'table', align: 'left' },
      { title: 'rows in the source', align: 'right' },
      { title: 'in the target', align: 'right' },
      { title: 'rejected', align: 'right' },
      { title: 'values compared', align: 'right' },
      { title: '', align: 'left' },
    ],
    checks.map((check) => [
      check.table,
      formatCount(check.sourceRows),
      check.targetRows === null ? 'missing' : formatCount(check.targetRows),
      formatCount(check.rejected),
      check.sampledOneIn === 1 ? 'all rows' : `${formatCount(check.comparedRows)} rows`,
      check.problems.length === 0 ? '✓' : '✗',
    ]),
    [
      [
        `${checks.length} tables`,
        formatCount(sum((check) => check.sourceRows)),
        formatCount(sum((check) => check.targetRows ?? 0)),
        formatCount(sum((check) => check.rejected)),
        `${formatCount(sum((check) => check.comparedRows))} rows`,
        '',
      ],
    ],
  );
}

function sentence(checks: readonly TableCheck[], problems: number, elapsedMs: number): string {
  const took = `(${formatDuration(elapsedMs)} in all)`;
  if (problems > 0)
    return `NOT EVERYTHING ADDS UP: ${problems === 1 ? 'one problem' : `${problems} problems`}, named above. ${took}`;
  const rows = checks.reduce((sum, check) => sum + check.sourceRows, 0);
  const rejected = checks.reduce((sum, check) => sum + check.rejected, 0);
  const compared = checks.reduce((sum, check) => sum + check.comparedRows, 0);
  const how =
    compared === rows ? 'value by value' : `and the values of ${formatCount(compared)} were compared`;
  const loaded = `${formatCount(rows - rejected)} are in PostgreSQL, ${how}`;
  const kept = rejected === 0 ? '' : `, ${formatCount(rejected)} are kept in the ledger with the reason`;
  return `EVERYTHING ADDS UP: of ${formatCount(rows)} rows ${loaded}${kept}. ${took}`;
}

/** Bulk load and sync of a database that nobody knows. Rejects, and constraints that do not hold, are results there. */
import { changeAnyDatabase, tablesWithoutKey } from '../workload/any-database.ts';
import { EndsOfLog } from './ends-of-log.ts';
import { describeWorkload, Following } from './follow.ts';
import type { Migrated, Migration } from './migration.ts';
import { watchAndCatchUp } from './watch.ts';

export async function migrateUnknown(migration: Migration): Promise<Migrated> {
  const { commands, narrator, sourceAddress, signal } = migration;
  const keyless = await tablesWithoutKey(sourceAddress);
  if (keyless.length > 0) return loadOnly(migration, keyless);

  const changing = await changeAnyDatabase(sourceAddress, signal);
  await using workload = changing?.workload ?? null;
  narrator.step(
    changing ? 'The load, while the source changes' : 'The load',
    'Every row is loaded, or kept with the reason why it cannot be.' +
      (changing
        ? `\nMeanwhile, and until the end, texts in ${changing.tables} of your tables are turned around and back, by key, on two connections.`
        : '\nNo table has a text that can be changed without risk to a key or a check: nothing changes meanwhile.'),
  );
  const bulk = await commands.run('bulk', [], [0, 3, 5]);
  if (workload) narrator.say(`   At the source meanwhile: ${describeWorkload(workload.counts)}.`);

  narrator.step(
    'The source is followed',
    'From where its binlog was before the first row was read. Past the end of the load, what it took away comes back, validated.',
  );
  await using ends = await EndsOfLog.open(migration.ends);
  const options = { commands, narrator, ends, workload, signal };
  await using sync = new Following(options);
  await sync.untilHandedOver();
  const caughtUp = await watchAndCatchUp(sync, options);
  const code = await sync.stop([3, 5, 130]);
  return { exitCode: code === 130 ? bulk : code, ...caughtUp };
}

async function loadOnly({ commands, narrator }: Migration, keyless: string[]): Promise<Migrated> {
  const notFollowed = `without a key: ${keyless.join(', ')}`;
  narrator.step(
    'The load',
    `Every row is loaded, or kept with the reason why it cannot be. Sync is not shown: it tells rows apart by their key, and these\n` +
      `tables have none: ${keyless.join(', ')}. Give them one, or leave them out with --tables.`,
  );
  return { exitCode: await commands.run('bulk', [], [0, 3, 5]), changes: 0, lag: null, notFollowed };
}

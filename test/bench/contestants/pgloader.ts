/** pgloader, with the settings that suit it best. */
import fs from 'node:fs';
import path from 'node:path';
import { runMeasured } from '../measure/run-measured.ts';
import { addPrimaryKeySql, nativeEnv, type Arena, type Contestant } from './contestant.ts';
import { checkArrival, emptyWithoutKey } from './target-databases.ts';

/**
 * Worth trying: its best in many trials, and others that win on other machines. With its own defaults (100,000 rows
 * prefetched) it runs out of heap on the wide table.
 */
const SETTINGS = [
  'prefetch rows = 1000, workers = 2, concurrency = 1, batch rows = 10000, batch size = 10MB',
  'prefetch rows = 10000, workers = 4, concurrency = 1, batch rows = 25000, batch size = 20MB',
  'prefetch rows = 1000, workers = 4, concurrency = 2, batch rows = 5000, batch size = 5MB',
  'prefetch rows = 1000, workers = 4, concurrency = 1, multiple readers per thread, rows per range = 50000, batch rows = 10000, batch size = 10MB',
];

export function pgloader(arena: Arena, database: string, settings: string): Contestant {
  const file = path.join(arena.servers.directory, `${arena.sourceDatabase}.load`);
  fs.writeFileSync(file, loadCommand(arena, database, settings));
  return {
    id: 'pgloader',
    title: 'pgloader, at its best setting',
    arrives: 'mirror',
    tools: ['pgloader'],
    database,
    prepare: () => emptyWithoutKey(arena, database),
    script: `pgloader --root-dir ${arena.servers.directory}/pgloader ${file}`,
    env: nativeEnv(arena),
  };
}

/** Loads the sample with each setting, twice in turn, and names the one with the fastest run. Throws when none works. */
export async function bestPgloaderSettings(sample: Arena, database: string): Promise<string> {
  let best: { settings: string; seconds: number } | undefined;
  let failure: unknown;
  for (const settings of [...SETTINGS, ...SETTINGS]) {
    const { prepare, script, env } = pgloader(sample, database, settings);
    await prepare();
    try {
      const { wallSeconds } = await runMeasured(script, env, sample.servers.directory);
      await checkArrival(sample, database);
      if (!best || wallSeconds < best.seconds) best = { settings, seconds: wallSeconds };
    } catch (error) {
      failure = error;
    }
  }
  if (!best) throw failure;
  return best.settings;
}

function loadCommand(arena: Arena, database: string, settings: string): string {
  const { source, target } = arena.servers;
  return `LOAD DATABASE
 FROM mysql://${source.user}:${source.password}@${source.host}:${source.port}/${arena.sourceDatabase}
 INTO postgresql://${target.user}:${target.password}@${target.host}:${target.port}/${database}?sslmode=disable
 WITH data only, no truncate, ${settings}
 CAST type tinyint to smallint drop typemod,
      type datetime to timestamp drop default drop not null using zero-dates-to-null,
      type date drop not null drop default using zero-dates-to-null
 ALTER SCHEMA '${arena.sourceDatabase}' RENAME TO 'public'
 AFTER LOAD DO $$ ${addPrimaryKeySql(arena)} $$;
`;
}

import type { BenchTableName } from '../dataset/index.ts';
import { isInstalled } from '../tools.ts';
import type { Arena, Contestant } from './contestant.ts';
import { nativePipe, outfile } from './native.ts';
import { bestPgloaderSettings, pgloader } from './pgloader.ts';
import { createTargetDatabase } from './target-databases.ts';
import { transfuse, type TransfuseVariant } from './transfuse.ts';

interface Choice {
  /** Ids; null for all. */
  only: string[] | null;
  jobs: number[];
}

/** A part of the table is enough to find pgloader's best setting. */
const SAMPLE_PART = 5;

/** Everybody who takes part, with the databases that they fill. */
export async function lineUp(
  name: BenchTableName,
  arena: Arena,
  { only, jobs }: Choice,
  say: (line: string) => void,
): Promise<{ contestants: Contestant[]; notes: string[] }> {
  const isWanted = (id: string) => only === null || only.includes(id);
  const contestants: Contestant[] = [];
  const notes: string[] = [];
  const mirror = `bench_${name}_mirror`;
  await createTargetDatabase(arena, mirror, 'mirror');
  const variants: TransfuseVariant[] = [
    { profile: 'mirror', jobs: null, database: mirror },
    ...jobs.map((count): TransfuseVariant => ({ profile: 'mirror', jobs: count, database: mirror })),
  ];
  if (name === 'wide' && isWanted('transfuse-transformed')) {
    const transformed = `bench_${name}_transformed`;
    await createTargetDatabase(arena, transformed, 'transformed');
    variants.splice(1, 0, { profile: 'transformed', jobs: null, database: transformed });
  }
  for (const variant of variants) {
    const contestant = transfuse(arena, variant);
    if (variant.jobs !== null || isWanted(contestant.id)) contestants.push(contestant);
  }
  const others = `bench_${name}_others`;
  await createTargetDatabase(arena, others, 'mirror');
  if (isWanted('pgloader')) {
    const settings = isInstalled('pgloader') ? await tunePgloader(arena, others, say) : '';
    if (settings) notes.push(`pgloader: ${settings}`);
    contestants.push(pgloader(arena, others, settings));
  }
  contestants.push(...[nativePipe(arena, others), outfile(arena, others)].filter(({ id }) => isWanted(id)));
  return { contestants, notes };
}

async function tunePgloader(arena: Arena, database: string, say: (line: string) => void): Promise<string> {
  const { servers, table, rows } = arena;
  const sample: Arena = {
    ...arena,
    rows: Math.ceil(rows / SAMPLE_PART),
    sourceDatabase: `${arena.sourceDatabase}_sample`,
  };
  say(`  finding pgloader's best setting on ${sample.rows} rows`);
  await servers.sourceAdmin.query(`CREATE DATABASE ${sample.sourceDatabase}`);
  const copy = `${sample.sourceDatabase}.${table.name}`;
  const original = `${arena.sourceDatabase}.${table.name}`;
  await servers.sourceAdmin.query(`CREATE TABLE ${copy} LIKE ${original}`);
  await servers.sourceAdmin.query(`INSERT INTO ${copy} SELECT * FROM ${original} WHERE id <= ${sample.rows}`);
  return bestPgloaderSettings(sample, database);
}

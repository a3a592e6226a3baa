import path from 'node:path';
import type { Arena, Contestant } from './contestant.ts';
import { emptyWithKey } from './target-databases.ts';
import { projectRoot, TRANSFORMED_PROFILE, transfuseEnv } from './transfuse-env.ts';

export interface TransfuseVariant {
  profile: 'mirror' | 'transformed';
  /** null: the default. */
  jobs: number | null;
  database: string;
}

/** bin/bulk as a user starts it: a process of its own, from its start to its end. */
export function transfuse(arena: Arena, { profile, jobs, database }: TransfuseVariant): Contestant {
  const isMirror = profile === 'mirror';
  const suffix = jobs === null ? '' : `, JOBS=${jobs}`;
  return {
    id: `transfuse${isMirror ? '' : '-transformed'}${jobs === null ? '' : `-jobs-${jobs}`}`,
    title: `Transfuse, ${isMirror ? 'mirror profile' : '8 columns transformed + 2 UUIDv5'}${suffix}`,
    arrives: profile,
    tools: [],
    database,
    prepare: () => emptyWithKey(arena, database),
    script: `${path.join(projectRoot, 'bin/bulk')}${isMirror ? '' : ` --profile ${TRANSFORMED_PROFILE}`}`,
    env: { ...transfuseEnv(arena, database), ...(jobs !== null && { JOBS: String(jobs) }) },
  };
}

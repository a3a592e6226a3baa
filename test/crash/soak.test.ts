import { describe, expect, test } from 'vitest';
import { sourceFlavors } from '../support/databases.ts';
import { runSoak } from '../support/soak/soak.ts';

/** The faults follow from it. A failure of `npm run soak` is repeated there, with the seed that it printed. */
const SEED = 5;
const FAULTS = { mariadb: 8, mysql: 4 };

describe.each(sourceFlavors())('[invariants 2, 3, 4] a live source, %s', (flavor) => {
  test(`is loaded and followed through faults of everything, seed ${SEED}: in the end every value is equal, and every count`, async () => {
    const { problems, story } = await runSoak({
      flavor,
      seed: SEED,
      faults: FAULTS[flavor],
      durationMs: Infinity,
      withSlow: false,
      say: () => undefined,
    });
    expect(problems, story.join('\n')).toEqual([]);
  });
});

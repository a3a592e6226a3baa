import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBulkCase, type BulkCase } from '../support/bulk-case.ts';
import { objectDefinitions } from '../support/bulk-case-checks.ts';
import { CLINIC, CLINIC_CHANGES, HAND_MADE } from '../support/bulk-case-clinic.ts';
import { clinicFaults } from '../support/bulk-case-clinic-checks.ts';
import { sourceFlavors } from '../support/databases.ts';
import { until } from '../support/run-command.ts';

/** Repeat a failed run with TRANSFUSE_TEST_SEED=<what it printed>. */
const SEED = Number(process.env['TRANSFUSE_TEST_SEED'] ?? randomInt(2 ** 31));
const KILLS = { mariadb: 20, mysql: 5 };
/** Before this a process has only read its own program. */
const STARTUP_MS = 250;
/** A load is killed so many times on its way before it may end. */
const KILLS_PER_LOAD = 5;

describe.each(sourceFlavors())('[invariant 3] a load from %s that is killed at random moments', (flavor) => {
  let clinic: BulkCase;
  let schema: string;
  let asBefore: string[];

  beforeAll(async () => {
    clinic = await openBulkCase({ flavor, fill: CLINIC, changes: CLINIC_CHANGES });
    const { stdout } = await clinic.succeed('schema', ['--print']);
    schema = [stdout.replace(/^\\.*$/gm, ''), ...HAND_MADE].join(';\n');
    await clinic.targetQuery(schema);
    asBefore = await objectDefinitions(clinic);
  });
  afterAll(() => clinic[Symbol.asyncDispose]());

  test(`${KILLS[flavor]} kills in all, seed ${SEED}: started again, each ends with what an uninterrupted one gives`, async () => {
    const random = generator(SEED);
    const uninterrupted = await clinic.succeed('bulk');
    expect(await clinicFaults(clinic, asBefore)).toEqual([]);
    let kills = 0;
    while (kills < KILLS[flavor]) {
      await clinic.renewTarget();
      await clinic.targetQuery(schema);
      const moments: number[] = [];
      while (moments.length < KILLS_PER_LOAD && kills < KILLS[flavor]) {
        const moment = Math.round(STARTUP_MS + random() * (uninterrupted.elapsedMs - STARTUP_MS));
        const running = clinic.start('bulk');
        await Promise.race([running.ended, sleep(moment)]);
        running.kill();
        const { exitCode, signal, stderr } = await running.ended;
        // A moment after the end kills nothing, and does not count. The lock of the one killed before may still be held.
        if (signal === null) expect([0, 6], stderr).toContain(exitCode);
        if (exitCode === 0) break;
        if (signal === null) continue;
        moments.push(moment);
        kills++;
      }
      const resumed = await until('the killed session to be gone from the target', async () => {
        const outcome = await clinic.run('bulk');
        return outcome.exitCode === 6 ? false : outcome;
      });
      const story = `seed ${SEED}, killed after ${moments.join(', ')} ms`;
      expect(resumed, `${story}\n${resumed.stderr}`).toMatchObject({ exitCode: 0 });
      expect(await clinicFaults(clinic, asBefore), story).toEqual([]);
    }
  });
});

/** Numbers from 0 to 1 that a seed repeats (mulberry32). */
function generator(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

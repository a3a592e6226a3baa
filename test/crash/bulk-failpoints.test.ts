import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBulkCase, type BulkCase } from '../support/bulk-case.ts';
import { objectDefinitions } from '../support/bulk-case-checks.ts';
import { CLINIC, CLINIC_CHANGES, HAND_MADE } from '../support/bulk-case-clinic.ts';
import { clinicFaults } from '../support/bulk-case-clinic-checks.ts';
import { until } from '../support/run-command.ts';

/** At which passes of each failpoint the process is killed. Where it is passed once in a load there is no later one. */
const KILLED_AT: Readonly<Record<string, readonly number[]>> = {
  'bulk.after-run-recorded': [1],
  'bulk.after-objects-dropped': [1],
  'bulk.after-load-recorded': [1, 4],
  'bulk.after-chunk-claimed': [1, 9],
  'bulk.in-copy': [1, 17],
  'bulk.before-chunk-finished': [1, 8],
  'bulk.before-chunk-commit': [1, 10],
  'bulk.after-chunk-commit': [1, 7],
  'bulk.in-careful-copy': [1, 12],
  'bulk.after-load-finished': [1, 3],
  'bulk.before-load-completed': [1, 5],
  'bulk.after-load-completed': [1, 7],
  'restore.before-object': [1, 9],
  'restore.after-object': [1, 11],
};

describe('[invariant 3] a load that is killed at a failpoint and started again', () => {
  let clinic: BulkCase;
  let schema: string;
  let asBefore: string[];

  beforeAll(async () => {
    clinic = await openBulkCase({ fill: CLINIC, changes: CLINIC_CHANGES });
    const { stdout } = await clinic.succeed('schema', ['--print']);
    schema = [stdout.replace(/^\\.*$/gm, ''), ...HAND_MADE].join(';\n');
    await clinic.targetQuery(schema);
    asBefore = await objectDefinitions(clinic);
  });
  afterAll(() => clinic[Symbol.asyncDispose]());

  test('the list of failpoints below is that of the program', () => {
    const source = fs.readFileSync(path.resolve('src/core/failpoints.ts'), 'utf8');
    const names = [...source.matchAll(/^ {2}\| '([\w.-]+)'/gm)].map(([, name]) => name);
    expect(Object.keys(KILLED_AT)).toEqual(
      names.filter((name) => /^(bulk|restore)\.(?!before-concurrent)/.test(name!)),
    );
  });

  const cases = Object.entries(KILLED_AT).flatMap(([name, hits]) => hits.map((hit) => ({ name, hit })));

  test.each(cases)('$name, pass $hit: ends with what an uninterrupted one gives', async ({ name, hit }) => {
    await clinic.renewTarget();
    await clinic.targetQuery(schema);
    const killed = await clinic.run('bulk', [], { TRANSFUSE_FAILPOINTS: `${name}=kill@${hit}` });
    expect(killed).toMatchObject({ exitCode: null, signal: 'SIGKILL' });

    const resumed = await until('the killed session to be gone from the target', async () => {
      const outcome = await clinic.run('bulk');
      return outcome.exitCode === 6 ? false : outcome;
    });

    expect(resumed, resumed.stderr).toMatchObject({ exitCode: 0 });
    expect(await clinicFaults(clinic, asBefore)).toEqual([]);
  });
});

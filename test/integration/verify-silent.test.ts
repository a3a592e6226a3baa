/** Verification is silent where nothing differs: over every type, and over every trap of OpenEMR. */
import { describe, expect, it } from 'vitest';
import { openBulkCase } from '../support/bulk-case.ts';
import { sourceFlavors } from '../support/databases.ts';
import { OPENEMR, openOpenemrCase } from '../support/openemr/openemr-case.ts';
import { TRAPS } from '../support/openemr/traps/index.ts';
import type { CommandOutcome } from '../support/run-command.ts';
import { typeCases } from '../support/type-cases.ts';

interface Verified {
  result: {
    relationships: { references: number; dangling: number }[];
    databases: {
      notCompared: object[];
      mappings: {
        mapping: string;
        targetTable: string;
        rowsRead: number;
        rowsFiltered: number;
        rowsRejected: number;
        rowsExpected: number;
        rowsActual: number;
        rowsExamined: number;
        differences: number;
        columns: { column: string }[];
      }[];
    }[];
  };
}

function mappingsOf({ stdout }: CommandOutcome): Verified['result']['databases'][number]['mappings'] {
  return (JSON.parse(stdout) as Verified).result.databases.flatMap(({ mappings }) => mappings);
}

function differing(outcome: CommandOutcome): string[] {
  return mappingsOf(outcome)
    .filter(({ differences }) => differences > 0)
    .map(
      ({ mapping, differences, columns }) =>
        `${mapping}: ${differences} ${columns.map(({ column }) => column).join()}`,
    );
}

describe.each(sourceFlavors())('verification of %s', (flavor) => {
  it(
    'finds no difference in any type, with and without a key [invariant 11]',
    { timeout: 120_000 },
    async () => {
      const fill: string[] = ["SET NAMES utf8mb4, sql_mode = 'ALLOW_INVALID_DATES', time_zone = '+00:00'"];
      for (const [index, { sourceType, flavors, values }] of typeCases.entries()) {
        if (flavors && !flavors.includes(flavor)) continue;
        const own = values.filter((value) => !value.flavors || value.flavors.includes(flavor));
        for (const [table, key] of [
          [`c${index}`, ' PRIMARY KEY'],
          [`k${index}`, ''],
        ]) {
          const rows = [...own.map(({ sql }) => sql), 'NULL'].map((sql, id) => `(${id}, ${sql})`);
          fill.push(
            `CREATE TABLE ${table} (id INT${key}, v ${sourceType})`,
            `INSERT INTO ${table} VALUES ${rows.join()}`,
          );
        }
      }
      await using all = await openBulkCase({ flavor, fill, changes: { MAX_REJECTS: '10000' } });
      await all.succeed('schema');
      await all.succeed('bulk');
      const outcome = await all.run('verify', ['--json']);
      expect(differing(outcome)).toEqual([]);
      expect(outcome.exitCode).toBe(0);
      for (const { rowsRead, rowsRejected, rowsActual } of mappingsOf(outcome))
        expect(rowsRead - rowsRejected).toBe(rowsActual);
      // Digests that the target makes are ours, or else every row would have been looked at.
      const hashed = await all.run('verify', ['--hash', '--json']);
      const examined = (one: CommandOutcome) =>
        mappingsOf(one).map(({ mapping, rowsExamined }) => [mapping, rowsExamined]);
      expect([hashed.exitCode, examined(hashed)]).toEqual([0, examined(outcome)]);
    },
  );

  it('finds no difference in OpenEMR with all its traps [invariant 1]', { timeout: 180_000 }, async () => {
    const version = flavor === 'mariadb' ? '8' : '5.0';
    await using site = await openOpenemrCase({
      flavor,
      version,
      patients: 40,
      traps: Object.values(TRAPS).flat(),
    });
    await site.succeed('schema', OPENEMR);
    await site.succeed('bulk', OPENEMR);
    const outcome = await site.run('verify', [...OPENEMR, '--json']);
    expect(differing(outcome)).toEqual([]);
    expect(outcome.exitCode).toBe(0);
    const { relationships } = (JSON.parse(outcome.stdout) as Verified).result;
    expect(relationships.length).toBeGreaterThan(40);
    expect(relationships.reduce((sum, { references }) => sum + references, 0)).toBeGreaterThan(400);
    // A row of a shared table that is nobody's, and one whose constant is another.
    await site.query(
      'appointment',
      "UPDATE appointment.appointment SET timezone = 'UTC' WHERE id = (SELECT min(id::text)::uuid FROM appointment.appointment)",
    );
    const changed = await site.run('verify', ['appointments', ...OPENEMR]);
    expect([changed.exitCode, changed.stdout]).toEqual([
      3,
      expect.stringMatching(/1 with other values in timezone \(1\)/),
    ]);
    expect(changed.stdout).toContain('1 row that belongs to no mapping');
    const elsewhere = await site.run('verify', ['patients', '--tables', 'documents', ...OPENEMR]);
    expect([elsewhere.exitCode, elsewhere.stderr]).toEqual([2, expect.stringContaining('NOTHING_TO_DO')]);
    const rejects: { mapping: string; count: string }[] = [];
    for (const service of ['patient', 'doctor', 'appointment', 'medical_records'] as const)
      rejects.push(
        ...(await site.query<{ mapping: string; count: string }>(
          service,
          'SELECT mapping, count(*) AS count FROM transfuse.rejects WHERE resolved_at IS NULL GROUP BY 1',
        )),
      );
    const rejected = new Map(rejects.map(({ mapping, count }) => [mapping, Number(count)]));
    for (const { mapping, rowsRejected } of mappingsOf(outcome))
      expect([mapping, rowsRejected]).toEqual([mapping, rejected.get(mapping) ?? 0]);
  });
});

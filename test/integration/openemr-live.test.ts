/**
 * For any changes of an OpenEMR, at any moment of its load and its sync, and however often sync is killed: what was followed is what a load
 * gives afterwards, for every mapping of every shape.
 */
import { describe, expect, it } from 'vitest';
import { openSourceSession } from '../support/bulk-case.ts';
import { driverOptions } from '../support/database-address.ts';
import { sourceFlavors } from '../support/databases.ts';
import { OPENEMR_SESSION } from '../support/openemr/generate.ts';
import { compareService } from '../support/openemr/compare-services.ts';
import {
  OPENEMR,
  openOpenemrCase,
  SERVICE_SCHEMAS,
  type OpenemrCase,
} from '../support/openemr/openemr-case.ts';
import { openScripts } from '../support/openemr/workload/open-practice.ts';
import { TRAPS } from '../support/openemr/traps/index.ts';
import { until } from '../support/run-command.ts';

const PATIENTS = 30;
const DESKS = 3;
const ROUNDS = 3;
const TRANSACTIONS = Number(process.env['LIVE_TRANSACTIONS'] ?? 60);
/** Another seed is another history. */
const SEED = Number(process.env['LIVE_SEED'] ?? 5);

/** Transactions of all desks in turn, on one connection: the same for the same seed. */
async function change(live: OpenemrCase, scripts: Awaited<ReturnType<typeof openScripts>>): Promise<void> {
  const session = await openSourceSession(live.source);
  try {
    await session.query(OPENEMR_SESSION);
    for (let n = 0; n < TRANSACTIONS; n++) {
      const { statements, isRolledBack } = scripts[n % scripts.length]!.next();
      await session.query('START TRANSACTION');
      for (const statement of statements) await session.query(statement);
      await session.query(isRolledBack ? 'ROLLBACK' : 'COMMIT');
    }
  } finally {
    session.destroy();
  }
}

describe.each(sourceFlavors())('an OpenEMR on %s that changes', (flavor) => {
  const version = flavor === 'mariadb' ? '8' : '5.0';

  it(
    'ends as a load would give it, in all four services [invariants 1, 2, 4]',
    { timeout: 180_000 },
    async () => {
      await using live = await openOpenemrCase({
        flavor,
        version,
        patients: PATIENTS,
        traps: Object.values(TRAPS).flat(),
        sync: true,
      });
      const scripts = await openScripts(driverOptions(live.source), { version, desks: DESKS, seed: SEED });
      await live.succeed('schema', OPENEMR);
      const [loaded] = await Promise.all([live.run('bulk', OPENEMR), change(live, scripts)]);
      expect(loaded, loaded.stderr).toMatchObject({ exitCode: 0 });
      for (let round = 0; round < ROUNDS; round++) {
        const sync = live.start('sync', ['--continuous', ...OPENEMR]);
        await change(live, scripts);
        await until('something to be applied', async () => {
          if (!sync.isRunning) throw new Error(sync.stderr());
          const rows = await live.query('patient', 'SELECT 1 FROM transfuse.checkpoints WHERE commits > 0');
          return rows.length > 0;
        });
        sync.kill('SIGKILL');
        await sync.ended;
      }
      await until('the killed session to be gone', async () => {
        const { exitCode, stderr } = await live.run('sync', OPENEMR);
        if (exitCode !== 0 && exitCode !== 6) throw new Error(stderr);
        return exitCode === 0;
      });
      const verified = await live.run('verify', OPENEMR);
      expect(verified, verified.stdout + verified.stderr).toMatchObject({ exitCode: 0 });
      await using again = await live.again();
      const differences: string[] = [];
      for (const schema of SERVICE_SCHEMAS) {
        const compared = await compareService(schema, live.address(schema), again.address(schema));
        differences.push(...compared.flatMap((table) => table.differences));
      }
      const left = await Promise.all(
        SERVICE_SCHEMAS.map((schema) => live.query(schema, 'SELECT mapping FROM transfuse.touched_rows')),
      );
      expect(left.flat()).toEqual([]);
      expect(differences).toEqual([]);
    },
  );
});

/** Bulk load and sync of the clinic while its front desk works; what is broken there is mended at the source meanwhile. */
import { quantity } from '../../../src/core/quantity.ts';
import { formatCount } from '../../../src/telemetry/format.ts';
import { MEND, runAtSource } from '../clinic/mend.ts';
import type { Clinic } from '../clinic/generate.ts';
import { DESKS, openClinic } from '../workload/open-clinic.ts';
import { EndsOfLog } from './ends-of-log.ts';
import { describeWorkload, Following } from './follow.ts';
import type { Migrated, Migration } from './migration.ts';
import { watchAndCatchUp } from './watch.ts';

export async function migrateClinic(migration: Migration, clinic: Clinic): Promise<Migrated> {
  const { commands, narrator, sourceAddress, signal } = migration;
  const planted = clinic.plantedRejects.reduce((sum, { count }) => sum + count, 0);
  const orphans = clinic.orphanReferrals;
  narrator.step(
    'The load, while the front desk works',
    `${DESKS} desks register, book, move, cancel and strike out, on as many connections, from now on until the end. Bulk notes where\n` +
      `the binlog is before it reads the first row. ${formatCount(planted)} rows that PostgreSQL cannot hold were planted: MAX_REJECTS=${planted}.`,
  );
  await using workload = await openClinic(sourceAddress, signal);
  await commands.run('bulk', [], [0]);
  narrator.say(`   The front desk meanwhile: ${describeWorkload(workload.counts)}.`);

  narrator.step(
    'The live clinic is followed',
    'From that place in the binlog on. Past the end of the load, the unique keys, foreign keys and triggers come back, validated.' +
      (orphans > 0
        ? `\n${quantity(orphans, 'referral points', 'referrals point')} to doctors long gone, against a foreign key: sync must say that this one does not hold.`
        : ''),
  );
  await using ends = await EndsOfLog.open(migration.ends);
  const options = { commands, narrator, ends, workload, signal };
  if (orphans > 0) {
    await using first = new Following(options);
    await first.untilHandedOver();
    narrator.step(
      'Mended at the source, and on from the same place',
      'As an operator would: those referrals lose their doctor, and dates that are in no calendar are corrected. Sync carries that\n' +
        'over, is stopped, and started again: it resumes at its checkpoint, and tries the foreign key once more.',
    );
    await runAtSource(sourceAddress, MEND);
    await first.untilCaughtUp();
    await first.stop([3]);
  }
  await using sync = new Following(options);
  await sync.untilHandedOver();
  const caughtUp = await watchAndCatchUp(sync, options);
  await sync.stop([130]);
  return { exitCode: 0, ...caughtUp };
}

/** The steps of the demo, in order. */
import { MENDED_TABLE, GIVE_KEY, runAtSource } from './clinic/mend.ts';
import type { Clinic } from './clinic/generate.ts';
import type { PlantedRejects } from './clinic/planted.ts';
import { readTargetObjects } from './check/target-objects.ts';
import { Commands } from './commands.ts';
import { fillLegacy } from './legacy.ts';
import { migrateClinic } from './live/migrate-clinic.ts';
import { migrateUnknown } from './live/migrate-unknown.ts';
import type { DemoResult, Performance } from './performance.ts';
import { performOpenemr } from './openemr/perform-openemr.ts';
import { createAccounts, endsOf, settingsFor, sourceConnection, writeEnvFile } from './stage.ts';
import { giveVerdict } from './verdict.ts';

/** Fills the source, migrates it and checks the result. Throws DemoFailure where a step does not end as it should. */
export async function performDemo(performance: Performance): Promise<DemoResult> {
  if (!performance.options.mirror) return performOpenemr(performance);
  const { stage, narrator, signal, startedAt } = performance;
  const { database, clinic } = await fillLegacy(performance);
  await createAccounts(stage, database);
  const planted = clinic?.plantedRejects.reduce((sum, { count }) => sum + count, 0) ?? 0;
  const settings = settingsFor(stage, database, planted);
  const envFile = await writeEnvFile(stage, settings);
  const commands = new Commands({ stage, narrator, signal, settings });
  const ends = endsOf(stage, database);
  const sourceAddress = { ...sourceConnection(stage), database };

  narrator.step(
    'Are both ends ready?',
    'Checks versions, encryption, grants and the binlog before anything is touched. A failure would come with its remedy.',
  );
  await commands.run('test-connection', [], [0]);

  narrator.step(
    'The same tables, in PostgreSQL',
    'Creates database, tables, keys and indexes, and names what comes along changed or not at all.' +
      (clinic
        ? '\nFirst audit_log gets a key at the source, since sync tells rows apart by it; an invisible one, which no old program notices.'
        : ''),
  );
  if (clinic) {
    narrator.say(`\nsource> ${GIVE_KEY};`);
    await runAtSource(sourceAddress, [GIVE_KEY]);
  }
  await commands.run('schema', [], [0]);
  const objects = await readTargetObjects(ends.target);

  const migration = { commands, narrator, sourceAddress, ends, signal };
  const migrated = clinic ? await migrateClinic(migration, clinic) : await migrateUnknown(migration);

  narrator.step(
    'Did everything arrive?',
    "Counts both sides and compares the values, by statements of the demo's own: nothing here trusts bulk or sync. Every constraint,\n" +
      'index and trigger has to be as bin/schema made it.',
  );
  const ok = await giveVerdict(
    { ...ends, plantedRejects: clinic && leftAfterMending(clinic), objects, migrated, startedAt, signal },
    narrator,
  );
  return { exitCode: ok ? migrated.exitCode : 1, envFile };
}

/** What was planted, and nobody has mended while the clinic was followed. */
function leftAfterMending({ plantedRejects, orphanReferrals }: Clinic): readonly PlantedRejects[] {
  if (orphanReferrals === 0) return plantedRejects;
  return plantedRejects.map((kind) => (kind.table === MENDED_TABLE ? { ...kind, mended: true } : kind));
}

/** The steps of the demo: a live OpenEMR becomes four services, is followed, and everything is accounted for. */
import { SERVICES, SERVICE_NAMES, type ServiceName } from '../../../src/core/services.ts';
import { quantity } from '../../../src/core/quantity.ts';
import { formatCount, formatDuration } from '../../../src/telemetry/format.ts';
import type { DatabaseAddress } from '../../support/database-address.ts';
import { openPractice } from '../../support/openemr/workload/open-practice.ts';
import { Commands } from '../commands.ts';
import type { DemoResult, Performance } from '../performance.ts';
import { EndsOfLog } from '../live/ends-of-log.ts';
import { describeWorkload, Following } from '../live/follow.ts';
import { describeLag } from '../live/watch.ts';
import {
  createAccounts,
  documentSettings,
  endsOf,
  settingsFor,
  sourceConnection,
  writeEnvFile,
} from '../stage.ts';
import { checkDocuments } from './check-documents.ts';
import { fillPractice } from './practice.ts';
import { OPENEMR_DATABASE, OPENEMR_VERSION, PRACTICE_SETTINGS } from './settings.ts';
import { reconcile, type LoadedMapping, type ServiceDatabases } from './reconcile.ts';
import { measureRowLag } from './row-lag.ts';
import { Scanner } from './scanner.ts';

const PROFILE = ['--profile', 'openemr'];
const DESKS = 4;
/** Of one desk: some fifty transactions a second for all of them, far more than a practice makes. */
const INTERVAL_MS = 80;
const LAG_SAMPLES = 30;
/** What the names of the objects of documents begin with. */
const OBJECTS = `migrated-files/${OPENEMR_DATABASE}/`;
/** Orphans are normal in such a system: that some are rejected is no failure here. */
const MAX_REJECTS = 1_000_000;

const SCHEMAS: Record<ServiceName, string> = {
  patient: 'patient',
  doctor: 'doctor',
  appointment: 'appointment',
  'medical-records': 'medical_records',
};

export async function performOpenemr(scene: Performance): Promise<DemoResult> {
  const { stage, narrator, signal, startedAt } = scene;
  await fillPractice(scene);
  await createAccounts(stage, OPENEMR_DATABASE);
  const settings = {
    ...settingsFor(stage, OPENEMR_DATABASE, MAX_REJECTS),
    ...PRACTICE_SETTINGS,
    ...documentSettings(stage),
  };
  const envFile = await writeEnvFile(stage, settings);
  const commands = new Commands({ stage, narrator, signal, settings });
  const ends = endsOf(stage, OPENEMR_DATABASE);

  narrator.step(
    'Are both ends ready, and do the mappings fit?',
    'Versions, encryption, grants, the binlog; then each mapping is held against the real tables and a sample of their rows. What\n' +
      'it finds here are the planted traps: exit code 3 says that something does not fit, and the report what.',
  );
  await commands.run('test-connection', PROFILE, [0]);
  narrator.step(
    'Four services, each with a database of its own',
    'The schemas are SQL that their DBAs have reviewed.',
  );
  await commands.run('schema', PROFILE, [0]);
  await commands.run('diagnose', PROFILE, [0, 3]);

  narrator.step(
    'The load, while the practice works',
    `${DESKS} desks register, book, check in, chart, bill, merge and delete, on as many connections, from now on until the end; one more scans\n` +
      'papers. Behind the rows of documents their files are found, decrypted, checked, and stored in a bucket.',
  );
  await using workload = await openPractice(
    { ...sourceConnection(stage), database: OPENEMR_DATABASE },
    { version: OPENEMR_VERSION, desks: DESKS, intervalMs: INTERVAL_MS, signal },
  );
  await using scanner = await Scanner.start(
    { ...sourceConnection(stage), database: OPENEMR_DATABASE },
    documentSettings(stage).DOCUMENTS_ROOT,
  );
  await commands.run('bulk', PROFILE, [0]);
  narrator.say(`   The practice meanwhile: ${describeWorkload(workload.counts)}.`);

  narrator.step(
    'The live practice is followed',
    'Into all four databases at once. A change of any table reaches every row that depends on it: an option that is renamed, a chart\n' +
      'that is merged, a series that is cut short. What the load took away comes back, validated.',
  );
  await using log = await EndsOfLog.open(ends);
  await using sync = new Following({ commands, narrator, ends: log, workload, signal, args: PROFILE });
  await sync.untilHandedOver();
  const lag = await measureRowLag(ends.source, ends.target, LAG_SAMPLES, signal);
  narrator.step(
    'Is it the same, while both sides change?',
    'Two services, every row in every column: what the source has now, mapped once more, against what they have. What differs is looked at\n' +
      'again once sync has passed it. All four are compared in the end.',
  );
  // A row that is another one each time that it is looked at is told of with code 4: neither fine nor different.
  await commands.run('verify', ['patients', 'appointments', ...PROFILE, '--live'], [0, 4]);
  const [counts, scans] = await Promise.all([workload.stop(), scanner.stop()]);
  narrator.say(`\n   The practice closes: ${describeWorkload(counts)}.`);
  narrator.say(
    `   Papers meanwhile: ${scans.scanned} scanned, ${scans.corrected} scanned again, ${scans.refiled} moved to another chart, ${scans.shredded} shredded.`,
  );
  if (lag)
    narrator.say(
      `   Lag, from a patient's change at the source to the patient service, ${lag.samples} times measured: ${describeLag(lag)}.`,
    );
  await sync.stop([130]);
  narrator.say('\n   Once more, up to where the source is now, which is its end.');
  await commands.run('sync', PROFILE, [0]);
  await commands.run('verify', PROFILE, [0]);
  const changes = await sync.changes();

  narrator.step(
    'The copy that has to be kept',
    'Every table of the legacy database, mapped or not, as it is: in the bucket, with a manifest, and read back from there.',
  );
  await commands.run('archive', PROFILE, [0]);
  await commands.run('archive', ['verify', '--against-source', ...PROFILE], [0]);

  narrator.step(
    'Is every row accounted for?',
    'Everything is loaded once more, into empty databases, from the source as it is now. Each mapping: rows in the source, counted there,\n' +
      '= loaded + filtered + rejected. Each table: what was followed has to equal what was loaded now, value by value.',
  );
  const again = { ...settings, ...namesOf('_again'), GCS_PATH: 'again/' };
  const services = await loadAgain(commands.with(again), ends.target);
  const { problems, sourceRows, targetRows } = await reconcile(ends.source, services, narrator);
  const records = services.find(({ schema }) => schema === SCHEMAS['medical-records'])!;
  const papers = await checkDocuments(records, stage.storage.objects, OBJECTS, narrator);
  problems.push(...papers.problems);
  for (const problem of problems) narrator.say(`✗ ${problem}`);
  const ok = problems.length === 0;
  const took = formatDuration(performance.now() - startedAt);
  narrator.verdict(
    ok,
    ok
      ? `EVERYTHING ADDS UP: ${formatCount(sourceRows)} rows that mappings read are accounted for, and ${formatCount(targetRows)} rows of four services and ${formatCount(papers.stored)} objects are what they should be. (${took} in all)`
      : `NOT EVERYTHING ADDS UP: ${quantity(problems.length, 'problem')}, named above. (${took} in all)`,
  );
  narrator.verdict(
    ok,
    `${formatCount(changes)} changes applied, ${quantity(problems.length, 'difference')}, lag ${lag ? describeLag(lag) : 'not measured'}`,
  );
  return { exitCode: ok ? 0 : 1, envFile };
}

/** The variables that name the databases of the services. */
function namesOf(suffix: string): Record<string, string> {
  return Object.fromEntries(
    SERVICE_NAMES.map((name) => {
      const { envPrefix, defaultDatabase } = SERVICES[name];
      return [`${envPrefix}_DB_NAME`, defaultDatabase + suffix];
    }),
  );
}

async function loadAgain(commands: Commands, target: DatabaseAddress): Promise<ServiceDatabases[]> {
  await commands.ask('schema', PROFILE);
  const { databases } = (await commands.ask('bulk', [...PROFILE, '--no-sync'])) as {
    databases: { services: [ServiceName]; mappings: LoadedMapping[] }[];
  };
  return databases.map(({ services: [service], mappings }) => {
    const { defaultDatabase } = SERVICES[service];
    return {
      schema: SCHEMAS[service],
      followed: { ...target, database: defaultDatabase },
      loaded: { ...target, database: `${defaultDatabase}_again` },
      mappings,
    };
  });
}

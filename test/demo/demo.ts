/** The steps of the demo, in order. */
import mysql from 'mysql2/promise';
import { formatCount } from '../../src/telemetry/format.ts';
import { runExecutable, type ExecutableName } from './executable.ts';
import { generateClinic, type Clinic } from './clinic/generate.ts';
import { CLINIC_TABLES } from './clinic/tables.ts';
import type { Narrator } from './narrator.ts';
import type { DemoOptions } from './options.ts';
import { loadDump } from './sql-dump.ts';
import {
  CLINIC_DATABASE,
  createAccounts,
  endsOf,
  settingsFor,
  sourceConnection,
  writeEnvFile,
  type Stage,
} from './stage.ts';
import { giveVerdict } from './verdict.ts';

/** A step ended otherwise than it should have. */
export class DemoFailure extends Error {}

export interface Performance {
  stage: Stage;
  options: DemoOptions;
  narrator: Narrator;
  signal: AbortSignal;
  startedAt: number;
}

export interface DemoResult {
  exitCode: number;
  envFile: string;
}

/** Fills the source, migrates it and checks the result. Throws DemoFailure where a step does not end as it should. */
export async function performDemo(performance: Performance): Promise<DemoResult> {
  const { stage, options, narrator, signal, startedAt } = performance;
  const legacy =
    options.sqlFiles.length > 0 ? await fillFromFiles(performance) : await fillClinic(performance);
  const { database, clinic } = legacy;
  await createAccounts(stage, database);
  const planted = clinic?.plantedRejects.reduce((sum, { count }) => sum + count, 0) ?? 0;
  const settings = settingsFor(stage, database, planted);
  const envFile = await writeEnvFile(stage, settings);
  const commands = new Commands(performance, settings);

  narrator.step(
    'Are both ends ready?',
    'Checks versions, encryption, grants and the binlog before anything is touched. A failure would come with its remedy.',
  );
  await commands.run('test-connection', [], [0]);

  narrator.step(
    'The same tables, in PostgreSQL',
    'Creates database, tables, keys and indexes, and names what comes along changed or not at all.',
  );
  await commands.run('schema', [], [0]);

  const bulkExitCode = clinic
    ? await loadClinic(performance, commands, clinic, planted)
    : await loadUnknown(performance, commands);

  narrator.step(
    'Where does the migration stand?',
    'The ledger in the target remembers every chunk and every reject.',
  );
  await commands.run('status', [], [0]);

  narrator.step(
    'Did everything arrive?',
    "Counts both sides and compares the values, by statements of the demo's own: nothing here trusts the load.",
  );
  const ok = await giveVerdict(
    { ...endsOf(stage, database), plantedRejects: clinic?.plantedRejects ?? null, startedAt, signal },
    narrator,
  );
  return { exitCode: ok ? bulkExitCode : 1, envFile };
}

interface Legacy {
  database: string;
  clinic: Clinic | null;
}

async function fillClinic({ stage, options, narrator, signal }: Performance): Promise<Legacy> {
  narrator.step(
    `A legacy clinic with ${formatCount(options.patients)} patients`,
    'Invented, the same on every machine, with the dirt of twenty years: zero dates, orphans, names encoded twice,\n' +
      'ENUM errors, NUL bytes, a table without a key. DEMO_PATIENTS sets the size.',
  );
  const admin = await mysql.createConnection(sourceConnection(stage));
  await admin.query(`CREATE DATABASE ${CLINIC_DATABASE}`);
  await admin.end();
  const clinic = await generateClinic({
    connection: { ...sourceConnection(stage), database: CLINIC_DATABASE },
    patients: options.patients,
    onProgress: (patients) => {
      if (patients % 50_000 === 0) narrator.say(`   ${formatCount(patients)} patients`);
    },
    signal,
  });
  narrator.say(`   ${formatCount(clinic.rows)} rows in ${CLINIC_TABLES.length} tables.`);
  return { database: CLINIC_DATABASE, clinic };
}

async function fillFromFiles({ stage, options, narrator, signal }: Performance): Promise<Legacy> {
  narrator.step('Your database', `Runs ${options.sqlFiles.join(', ')} on the throw-away server.`);
  const dump = await loadDump(sourceConnection(stage), options.sqlFiles, signal);
  narrator.say(`   ${formatCount(dump.statements)} statements. The database ${dump.database} is migrated.`);
  if (dump.otherDatabases.length > 0) {
    narrator.say(`   The files also filled ${dump.otherDatabases.join(', ')}, which stay behind.`);
  }
  return { database: dump.database, clinic: null };
}

/** Twice: the first load finds a foreign key broken, as legacy ones are, and the second mends it. */
async function loadClinic(
  { stage, narrator }: Performance,
  commands: Commands,
  clinic: Clinic,
  planted: number,
): Promise<number> {
  const orphans = clinic.orphanReferrals;
  narrator.step(
    'The load',
    `${formatCount(planted)} rows that PostgreSQL cannot hold were planted; MAX_REJECTS=${planted} says that they are known.` +
      (orphans > 0
        ? `\n${formatCount(orphans)} referrals point to doctors who do not exist, against a foreign key: bulk must load them, find that the key\n` +
          'does not hold, say so, and end with code 3.'
        : ''),
  );
  await commands.run('bulk', [], [orphans > 0 ? 3 : 0]);
  if (orphans === 0) return 0;
  narrator.step(
    'Mended at the source, loaded again',
    'As an operator would: those referrals lose their doctor at the source, and their table is loaded anew. Nothing else changed there,\n' +
      'so --no-sync: there is nothing to follow, and every constraint comes back at once.',
  );
  const admin = await mysql.createConnection({ ...sourceConnection(stage), database: CLINIC_DATABASE });
  await admin.query(
    'UPDATE referrals SET to_doctor_id = NULL WHERE to_doctor_id NOT IN (SELECT id FROM doctors)',
  );
  await admin.end();
  return commands.run('bulk', ['--tables', 'referrals', '--replace', '--no-sync'], [0]);
}

/** Rejects, and constraints that do not hold, are results in a source that nobody knows. */
async function loadUnknown({ narrator }: Performance, commands: Commands): Promise<number> {
  narrator.step('The load', 'Every row is loaded, or kept with the reason why it cannot be.');
  return commands.run('bulk', [], [0, 3, 5]);
}

class Commands {
  readonly #performance: Performance;
  readonly #env: Record<string, string>;

  constructor(performance: Performance, settings: Readonly<Record<string, string>>) {
    this.#performance = performance;
    const { PATH = '', TERM = 'dumb', NO_COLOR, HOME = stageHome(performance) } = process.env;
    this.#env = { PATH, TERM, HOME, ...(NO_COLOR && { NO_COLOR }), ...settings };
  }

  /** Its exit code. Throws DemoFailure for one that is not expected. */
  async run(name: ExecutableName, args: readonly string[], expected: readonly number[]): Promise<number> {
    const { narrator, stage, signal } = this.#performance;
    narrator.command(['bin/' + name, ...args].join(' '));
    const run = { args, env: this.#env, cwd: stage.dir, output: 'inherit', signal } as const;
    const { exitCode } = await runExecutable(name, run);
    signal.throwIfAborted();
    if (expected.includes(exitCode)) return exitCode;
    throw new DemoFailure(
      `bin/${name} ended with code ${exitCode}; ${expected.join(' or ')} was expected. Its log is in ${stage.dir}/logs.`,
    );
  }
}

function stageHome({ stage }: Performance): string {
  return stage.dir;
}

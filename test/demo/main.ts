/** `npm run demo`: a legacy database, its migration, and the proof, from nothing and back to nothing. */
import { existsSync } from 'node:fs';
import fs from 'node:fs/promises';
import path from 'node:path';
import { ServerUnavailableError } from '../support/servers/index.ts';
import { DemoFailure } from './commands.ts';
import { performDemo } from './demo.ts';
import { createNarrator, type Narrator } from './narrator.ts';
import { DemoUsageError, HELP, readOptions, type DemoOptions } from './options.ts';
import type { DemoResult } from './performance.ts';
import { DumpError } from './sql-dump.ts';
import { openStage, type Stage } from './stage.ts';
import { WorkloadFailure } from './workload/workload.ts';

const EXIT = { failed: 1, usage: 2, interrupted: 130 } as const;

process.exit(await main());

async function main(): Promise<number> {
  let options: DemoOptions;
  try {
    options = readOptions(process.argv.slice(2), process.env);
  } catch (error) {
    if (!(error instanceof DemoUsageError)) throw error;
    console.error(`${error.message}\n\n${HELP}`);
    return EXIT.usage;
  }
  if (options.help) {
    console.log(HELP);
    return 0;
  }
  const narrator = createNarrator(process.stdout);
  const stop = stopOnSignals(narrator);
  try {
    return await onStage(options, narrator, stop);
  } catch (error) {
    if (stop.aborted) return EXIT.interrupted;
    if (!isExpected(error)) throw error;
    narrator.verdict(false, `FAILED: ${error.message}`);
    return EXIT.failed;
  }
}

async function onStage(options: DemoOptions, narrator: Narrator, stop: AbortSignal): Promise<number> {
  const startedAt = performance.now();
  const source = options.mysql ? 'MySQL' : 'MariaDB';
  narrator.step(
    `${source} and PostgreSQL, thrown away afterwards`,
    'Real servers on free ports of 127.0.0.1. The first time they are fetched, which takes half a minute; then they are kept\n' +
      'in ~/.cache/transfuse-servers.',
  );
  const stage = await openStage(options.mysql ? 'mysql' : 'mariadb');
  let keepFiles = true;
  try {
    stop.throwIfAborted();
    narrator.say(`   ${source} on port ${stage.source.port}, PostgreSQL on port ${stage.target.port}.`);
    const result = await performDemo({ stage, options, narrator, signal: stop, startedAt });
    keepFiles = result.exitCode === EXIT.failed;
    if (options.keep) await keepUp(stage, result, options.mirror ? '' : '--profile openemr ', narrator, stop);
    return result.exitCode;
  } finally {
    await stage.stop();
    const logs = path.join(stage.dir, 'logs');
    if (keepFiles && !stop.aborted && existsSync(logs)) narrator.say(`The logs are in ${logs}.`);
    else await fs.rm(stage.dir, { recursive: true, force: true });
  }
}

/** The servers live as long as this process. */
async function keepUp(
  stage: Stage,
  { envFile }: DemoResult,
  profile: string,
  narrator: Narrator,
  stop: AbortSignal,
): Promise<void> {
  narrator.step('The servers stay up', `These settings are in ${envFile}:`);
  narrator.say(await fs.readFile(envFile, 'utf8'));
  narrator.say(
    `Try    bin/status ${profile}--env-file ${envFile}\n` +
      `       bin/sync --continuous ${profile}--env-file ${envFile}      and change rows at the source meanwhile\n` +
      `       bin/bulk --replace ${profile}--env-file ${envFile}         then bin/sync again\n` +
      `Superusers, by TCP with the password ${stage.target.password}: ` +
      `${stage.source.user} on port ${stage.source.port}, ${stage.target.user} on port ${stage.target.port}.\n` +
      `Stop   Ctrl-C here, or kill ${process.pid}. Servers and data then go.`,
  );
  if (stop.aborted) return;
  // An open handle: the process must not end of itself.
  const alive = setInterval(() => {}, 60_000);
  await new Promise((resolve) => stop.addEventListener('abort', resolve));
  clearInterval(alive);
}

/** The first signal stops in order; a second one at once, and the kernel then ends the servers. */
function stopOnSignals(narrator: Narrator): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(EXIT.interrupted);
      narrator.say('\nStopping everything; once more to stop at once.');
      controller.abort();
    });
  }
  return controller.signal;
}

function isExpected(error: unknown): error is Error {
  return (
    error instanceof DemoFailure ||
    error instanceof WorkloadFailure ||
    error instanceof DumpError ||
    error instanceof ServerUnavailableError
  );
}

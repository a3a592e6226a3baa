/**
 * The one way in. Parses, loads the settings, opens the log, runs the command, prints its outcome, and says which exit
 * code it earned. Promises that no message carries a row's value or a secret (invariant 9), whatever went wrong.
 */
import { CommanderError } from 'commander';
import { loadSettings } from '../config/load.ts';
import { plaintextEnds } from '../config/plaintext.ts';
import { redact } from '../config/redact.ts';
import type { Settings } from '../config/settings.ts';
import { TransfuseError } from '../core/errors.ts';
import { VERSION } from '../core/version.ts';
import { EXIT, type ExitCode } from '../core/exit-codes.ts';
import { withLocalTlsAdvice } from '../preflight/unreachable.ts';
import { openLogFile } from '../telemetry/logs.ts';
import type { CommandContext, CommandDefinition, CommandResult } from './command.ts';
import { COMMANDS } from './commands/index.ts';
import { createOutput, type Output, type ProcessIo, type ProgressMode } from './output.ts';
import { buildProgram, type Invocation } from './program.ts';
import { asTransfuseError, reportOutcome, type Outcome } from './report.ts';
import { guardProcess, type ProcessGuards, type SignalSource } from './signals.ts';
import { usageError } from './usage-error.ts';

interface MainOptions {
  io?: ProcessIo;
  commands?: readonly CommandDefinition[];
  signals?: SignalSource;
}

/** Runs one command line, `argv` being what follows the program's name, and returns the exit code. Never throws. */
export async function main(argv: readonly string[], options: MainOptions = {}): Promise<ExitCode> {
  const io = options.io ?? {
    env: process.env,
    cwd: process.cwd(),
    stdout: process.stdout,
    stderr: process.stderr,
  };
  const wantsJson = argv.includes('--json');
  let invocation: Invocation | null;
  try {
    invocation = parse(argv, options.commands ?? COMMANDS, io);
  } catch (error) {
    return reportOutcome({ command: null, keptSafe: '', error: asTransfuseError(error) }, wantsJson, io);
  }
  return invocation === null ? EXIT.done : runCommand(invocation, io, options.signals ?? process);
}

/** Runs the command line of an executable in bin/ and ends the process with its exit code. */
export async function execute(argv: readonly string[]): Promise<void> {
  // A reader that has seen enough, such as head, closes the pipe: that is not an error of ours.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  const exitCode = await main(argv);
  // What goes into a pipe is written later, and what is not written by the end is lost.
  await Promise.all([process.stdout, process.stderr].map(flushed));
  process.exit(exitCode);
}

function flushed(stream: NodeJS.WritableStream): Promise<void> {
  return new Promise((resolve) => stream.write('', () => resolve()));
}

/** null where help or the version was printed, and nothing is left to do. */
function parse(
  argv: readonly string[],
  commands: readonly CommandDefinition[],
  io: ProcessIo,
): Invocation | null {
  let invocation: Invocation | null = null;
  const program = buildProgram(commands, VERSION, io, (parsed) => {
    invocation = parsed;
  });
  try {
    program.parse([...argv], { from: 'user' });
    return invocation;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return null;
    if (error.code === 'commander.help') {
      throw new TransfuseError('USAGE', 'No command was given.', { fix: 'See transfuse --help.' });
    }
    const known = program.commands.find(
      (command) => command.name() === argv[0] || command.aliases().includes(argv[0] ?? ''),
    );
    throw usageError(error, known ? `transfuse ${known.name()}` : 'transfuse');
  }
}

async function runCommand(invocation: Invocation, io: ProcessIo, source: SignalSource): Promise<ExitCode> {
  const { definition, options } = invocation;
  const output = createOutput(io.stderr, progressMode(options, io));
  const guards = guardProcess(source, () =>
    output.warn('stopping at the last commit; a second signal stops at once'),
  );
  const outcome: Outcome = { command: definition.name, keptSafe: definition.keptSafe };
  try {
    outcome.result = await runLogged(invocation, io, output, guards);
  } catch (error) {
    outcome.error = asTransfuseError(error, guards.signal);
  } finally {
    guards.remove();
  }
  output.release();
  return reportOutcome(outcome, options.json === true, io);
}

async function runLogged(
  { definition, options, invokedAs, args }: Invocation,
  io: ProcessIo,
  output: Output,
  guards: ProcessGuards,
): Promise<CommandResult> {
  const settings = loadSettings({ env: io.env, envFile: options.envFile, cwd: io.cwd });
  warnOfPlaintext(plaintextEnds(settings), output);
  const log = await openLogFile(settings.log, { command: definition.name }, (code) => {
    output.warn(`the log in LOG_DIR cannot be written any more (${code}); the command goes on without it`);
  });
  const context: CommandContext = {
    settings,
    profileName: options.profile,
    invokedAs,
    json: options.json === true,
    console: output,
    signal: guards.signal,
    logger: log.logger,
  };
  try {
    log.logger.info({ settings: redact(settings), profile: options.profile }, 'started');
    const result = await Promise.race([definition.run(context, options, args), guards.crashed]);
    log.logger.info({ problem: result.problem }, 'ended');
    return result;
  } catch (error) {
    // As it was thrown: of a fault that was not foreseen the log says where in the program it arose.
    log.logger.error({ err: error }, 'failed');
    throw advise(error, settings);
  } finally {
    await log.close();
  }
}

function progressMode(
  { json, progress }: { json?: boolean; progress?: boolean },
  io: ProcessIo,
): ProgressMode {
  if (json && !progress) return 'silent';
  return io.stderr.isTTY ? 'bars' : 'lines';
}

function warnOfPlaintext(hostVariables: readonly string[], output: Output): void {
  for (const name of hostVariables) {
    output.warn(`rows travel unencrypted to the host of ${name}, because ALLOW_PLAINTEXT says so`);
  }
}

function advise(error: unknown, { source, targets }: Settings): unknown {
  if (!(error instanceof TransfuseError)) return error;
  return withLocalTlsAdvice(error, error.code === 'SOURCE_TLS' ? source : targets.patient);
}

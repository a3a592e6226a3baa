/** Runs a command that was parsed: loads the settings, opens the log, runs it, and prints its outcome. */
import { loadSettings } from '../config/load.ts';
import { plaintextEnds } from '../config/plaintext.ts';
import { redact } from '../config/redact.ts';
import type { Settings } from '../config/settings.ts';
import { TransfuseError } from '../core/errors.ts';
import type { ExitCode } from '../core/exit-codes.ts';
import { withLocalTlsAdvice } from '../preflight/unreachable.ts';
import { openLogFile } from '../telemetry/logs.ts';
import type { CommandContext, CommandResult } from './command.ts';
import { createOutput, type Output, type ProcessIo, type ProgressMode } from './output.ts';
import type { Invocation } from './program.ts';
import { asTransfuseError, reportOutcome, type Outcome } from './report.ts';
import { guardProcess, type ProcessGuards, type SignalSource } from './signals.ts';

/** Returns the exit code; whatever the command throws is printed. Listens to the signals of `source` while it runs. */
export async function runCommand(
  invocation: Invocation,
  io: ProcessIo,
  source: SignalSource,
): Promise<ExitCode> {
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

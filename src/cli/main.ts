/**
 * The one way in. Parses the command line, has the command run, and says which exit code it earned. Promises that no message carries a row's value or a secret (invariant 9), whatever went wrong.
 */
import { CommanderError } from 'commander';
import { TransfuseError } from '../core/errors.ts';
import { VERSION } from '../core/version.ts';
import { EXIT, type ExitCode } from '../core/exit-codes.ts';
import type { CommandDefinition } from './command.ts';
import { COMMANDS } from './commands/index.ts';
import type { ProcessIo } from './output.ts';
import { buildProgram, type Invocation } from './program.ts';
import { asTransfuseError, reportOutcome } from './report.ts';
import type { SignalSource } from './signals.ts';
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
  try {
    const invocation = parse(argv, options.commands ?? COMMANDS, io);
    if (invocation === null) return EXIT.done;
    // What only a command needs is not loaded for its help.
    const { runCommand } = await import('./run-command.ts');
    return await runCommand(invocation, io, options.signals ?? process);
  } catch (error) {
    return reportOutcome({ command: null, keptSafe: '', error: asTransfuseError(error) }, wantsJson, io);
  }
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

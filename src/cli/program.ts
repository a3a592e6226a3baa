import { Command } from 'commander';
import type { CommandDefinition, CommonOptions } from './command.ts';
import { textWidth, type ProcessIo } from './output.ts';

/** What was asked for, parsed. */
export interface Invocation {
  definition: CommandDefinition;
  invokedAs: string;
  options: CommonOptions;
  args: readonly string[];
}

const DEFAULT_PROFILE = 'mirror';

/**
 * The parser of `transfuse`, with a subcommand for each definition. Help and version go to stdout. It runs nothing: a
 * complete command line is handed to `onInvocation`; anything else throws commander's CommanderError.
 */
export function buildProgram(
  definitions: readonly CommandDefinition[],
  version: string,
  io: ProcessIo,
  onInvocation: (invocation: Invocation) => void,
): Command {
  const program = new Command('transfuse')
    .description('Moves a live MySQL or MariaDB database into PostgreSQL, and proves that nothing was lost.')
    .version(version)
    .helpCommand(false)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      // Errors are printed by the caller, in its own words.
      writeErr: () => {},
      getOutHelpWidth: () => textWidth(io.stdout),
      getOutHasColors: () => false,
    });
  for (const definition of definitions) addCommand(program, definition, onInvocation);
  return program;
}

function addCommand(
  program: Command,
  definition: CommandDefinition,
  onInvocation: (invocation: Invocation) => void,
): void {
  const command = program
    .command(definition.name)
    .aliases([...definition.aliases])
    .description(definition.summary);
  definition.options(command);
  command
    .option('--profile <name>', 'mappings to use: mirror, openemr, or the path of a module', DEFAULT_PROFILE)
    .option('--env-file <path>', 'read settings from this file instead of .env')
    .option('--json', 'print one JSON document on stdout, and nothing else there')
    .option('--progress', 'show progress on stderr even with --json')
    .addHelpText('after', renderExamples(definition.examples))
    .action(() => {
      const { args } = command;
      // The parser keeps the name as it was typed only here.
      const invokedAs = program.args[0] ?? definition.name;
      onInvocation({ definition, invokedAs, options: command.opts<CommonOptions>(), args });
    });
}

function renderExamples(examples: readonly string[]): string {
  return examples.length === 0 ? '' : `\nExamples:\n${examples.map((line) => `  ${line}`).join('\n')}`;
}

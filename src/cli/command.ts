/** What a command is. Commands are data and one function: the skeleton parses, loads, prints, and decides the exit code. */
import type { Command } from 'commander';
import type { Settings } from '../config/settings.ts';
import type { TransfuseError } from '../core/errors.ts';
import type { Logger } from '../telemetry/logs.ts';
import type { Output, OutputStream } from './output.ts';

export interface CommandDefinition<Options extends object = object> {
  name: string;
  /** Other names of the same command; `context.invokedAs` says which was used. */
  aliases: readonly string[];
  /** One sentence without a full stop, for the list of commands and the top of the help. */
  summary: string;
  /** Whole command lines, shown under the help. */
  examples: readonly string[];
  /** What a failure of this command leaves as it was; shown with every error that is not a usage error. */
  keptSafe: string;
  /** Adds the command's own options and arguments. */
  options(command: Command): void;
  /** Throws TransfuseError. Must return or throw soon after `context.signal` is aborted. */
  run(context: CommandContext, options: Options, args: readonly string[]): Promise<CommandResult>;
}

export interface CommandContext {
  settings: Settings;
  profileName: string;
  /** The name or alias the command was called by. */
  invokedAs: string;
  json: boolean;
  /** For what is said on the way; the result is returned, not printed. */
  console: Output;
  /** Aborted by the first SIGINT or SIGTERM, with a TransfuseError INTERRUPTED as its reason. */
  signal: AbortSignal;
  logger: Logger;
}

export interface CommandResult {
  /** The result for machines: JSON values and bigints, never a row's value. */
  document: object;
  /** The result for people, without a line break at the end; a function where it depends on the terminal. */
  text?: string | ((stream: OutputStream) => string);
  /** Set where the command has done its work and the outcome is still not a success: it decides the exit code. */
  problem?: TransfuseError;
}

/** The options every command has. */
export interface CommonOptions {
  profile: string;
  envFile?: string;
  json?: boolean;
  progress?: boolean;
}

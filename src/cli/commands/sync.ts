import type { Command } from 'commander';
import type { CommandDefinition } from '../command.ts';
import type { SyncCommandOptions } from './run-sync.ts';

export const syncCommand: CommandDefinition<SyncCommandOptions> = {
  name: 'sync',
  aliases: ['incremental-sync'],
  summary: 'Applies the changes that the source has made since the load began',
  examples: [
    'bin/sync --continuous                until it is stopped: the target follows the source',
    'bin/sync                             up to where the source is now, then ends',
    'bin/sync --until binlog.000042:1234  up to that position of the binlog, or a set of GTIDs',
    'bin/sync --accept-schema binlog.000042:1234   past the statement there, at which it has stopped',
  ],
  keptSafe:
    'The source was only read. Every source transaction that was committed to the target is kept with its position; the same command goes on from there.',
  options(command: Command) {
    command
      .option('--continuous', 'go on until stopped, and wait for lost servers without end')
      .option('--until <position>', 'end at this position: FILE:OFFSET of the binlog, or a set of GTIDs')
      .option(
        '--accept-schema <place>',
        'let the one statement at FILE:OFFSET pass, after you have looked at it; it is kept in the ledger',
      );
  },
  run: async (context, options) => (await import('./run-sync.ts')).runSyncCommand(context, options),
};

import type { Command } from 'commander';
import type { CommandDefinition } from '../command.ts';
import { splitList } from '../option-values.ts';
import type { ArchiveCommandOptions } from './run-archive.ts';

export const archiveCommand: CommandDefinition<ArchiveCommandOptions> = {
  name: 'archive',
  aliases: [],
  summary:
    'Copies the rows of the source, as they are, into the bucket, with a manifest; and reads them back',
  examples: [
    'bin/archive                            every table; one that was interrupted is gone on with',
    'bin/archive --tables billing,log       only these',
    'bin/archive verify                     the newest one: each part, each line, each digest',
    'bin/archive verify --against-source    and whether the source still has the same rows',
  ],
  keptSafe:
    'The source was only read, and what is in the bucket is left as it is. An archive without a manifest does not count: bin/archive goes on with it.',
  options(command: Command) {
    command
      .argument('[verify]', 'verify: read an archive back and compare it with its manifest')
      .option('--tables <names>', 'only these source tables, separated by commas', splitList)
      .option('--new', 'begin another one, whatever was interrupted')
      .option('--archive <id>', 'which one to verify; the newest unless given')
      .option('--against-source', 'verify: compare with the rows that the source has now as well');
  },
  run: async (context, options, args) =>
    (await import('./run-archive.ts')).runArchiveCommand(context, options, args),
};

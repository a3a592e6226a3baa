import type { Command } from 'commander';
import type { CommandDefinition } from '../command.ts';
import { ENTITY_ALIASES } from '../entities.ts';
import { splitList } from '../option-values.ts';
import type { BulkCommandOptions } from './run-bulk.ts';

export const bulkCommand: CommandDefinition<BulkCommandOptions> = {
  name: 'bulk',
  aliases: ENTITY_ALIASES,
  summary: 'Loads the tables of the source into the target, once, and goes on where it stopped',
  examples: [
    'bin/bulk                             everything, or what is left of it',
    'bin/bulk doctors patients            only what goes to these services; the profile says which there are',
    'bin/bulk documents                   only the files of documents, and again those that went wrong',
    'bin/bulk --tables patients,visits    only these tables of the source',
    'bin/bulk --tables visits --replace   empty them in the target first',
    'bin/bulk --no-sync                   where bin/sync is not to follow: put everything back at once',
    'bin/bulk --retry-rejects             once the rejected rows are mended at the source',
  ],
  keptSafe:
    'The source was only read. Every chunk that was committed is kept; the same command without --replace goes on from there.',
  options(command: Command) {
    command
      .argument(
        '[entities...]',
        'doctors, patients, appointments, medical-records, documents; none: all of the profile',
      )
      .option('--tables <names>', 'only these source tables, separated by commas', splitList)
      .option('--replace', 'empty the target tables first, whoever filled them')
      .option(
        '--retry-rejects',
        'load again the rows that are rejected, after they were mended at the source',
      )
      .option(
        '--no-sync',
        'put every constraint and trigger back at once: what changed meanwhile will not be replayed by bin/sync',
      )
      .option(
        '--sweep',
        'after the documents: list files and objects that no row stands for, in transfuse.strays; nothing is removed',
      )
      .option(
        '--archive',
        'archive every table of the source in the bucket as well, from the same reading where it loads whole tables: see bin/archive',
      )
      .option('--fail-fast', 'stop at the first rejected row instead of loading all the others');
  },
  run: async (context, options, entities) =>
    (await import('./run-bulk.ts')).runBulkCommand(context, options, entities),
};

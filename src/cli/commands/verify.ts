import { Option, type Command } from 'commander';
import type { CommandDefinition } from '../command.ts';
import { limits, splitList, wholeBetween } from '../option-values.ts';
import type { VerifyCommandOptions } from './run-verify.ts';

export const verifyCommand: CommandDefinition<VerifyCommandOptions> = {
  name: 'verify',
  aliases: ['verify-migration'],
  summary: 'Compares every row and column of the target with what the source and its mappings make of them',
  examples: [
    'bin/verify                              everything that was loaded, and a report in reports/',
    'bin/verify patients                     only what goes to this service',
    'bin/verify --tables patients,visits     only these tables of the source',
    'bin/verify --live                       while the clinic works and bin/sync --continuous runs',
    'bin/verify medical-records --deep       and every byte of the files of documents',
    'bin/verify --columns critical           a quick pass over what would hurt most',
    'bin/verify --live --since-last          what the binlog has touched since the last pass: seconds instead of hours',
    'bin/verify --repair                     mend what differs, and record what was done',
    'bin/verify --attest                     with digests of every chunk; signed where SIGNING_KEY is set',
    'bin/verify --check reports/verify-….json   whether the report is genuine, and the target still as it says',
    'bin/verify --report /srv/audit          the report into this directory',
  ],
  keptSafe:
    'The source. The target too: without --repair this command only looks, and what --repair has done by now is in transfuse.repairs',
  options(command: Command) {
    command
      .argument('[entities...]', 'doctors, patients, appointments, medical-records; none: all of the profile')
      .option('--tables <names>', 'only these source tables, separated by commas', splitList)
      .option('--live', 'both sides change: look again at what differs once sync has passed it')
      .option(
        '--since-last',
        'only rows that changed at the source since the last verification in which nothing differed',
      )
      .option(
        '--hash',
        'let the target digest its rows, and send little more than that: for a thin link to it',
      )
      .option('--deep', 'read every object of a document, instead of asking the bucket for its checksum')
      .addOption(
        new Option(
          '--columns <which>',
          'all; or only those of the key and the PHI class critical, which is faster',
        )
          .choices(['all', 'critical'])
          .default('all'),
      )
      .option(
        '--max-load <limits>',
        'hold back while the source is busy: counters of its SHOW GLOBAL STATUS, such as Threads_running=25',
        limits,
      )
      .option(
        '--repair',
        'make rows that differ anew from the source, remove what it does not have, compare again',
      )
      .option(
        '--samples <rows>',
        'random rows of each mapping that the report shows field by field, without values',
        wholeBetween(0, 1000),
        3,
      )
      .option(
        '--seed <number>',
        'which rows those are: the same number, the same rows',
        wholeBetween(0, 2 ** 32 - 1),
      )
      .option('--reveal', 'show the values of these rows on the terminal; who did so is kept in the ledger')
      .option('--attest', 'digest what the target holds, so that --check can tell later what is still so')
      .option('--check <report>', 'whether a report (JSON) is genuine, and the target still what it attests')
      .option('--report <directory>', 'where the report goes, as a page and as JSON', 'reports');
  },
  run: async (context, options, entities) =>
    (await import('./run-verify.ts')).runVerifyCommand(context, options, entities),
};

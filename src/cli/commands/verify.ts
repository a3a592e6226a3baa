import type { Command } from 'commander';
import type { CommandDefinition } from '../command.ts';
import { splitList } from '../option-values.ts';
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
      .option('--deep', 'read every object of a document, instead of asking the bucket for its checksum')
      .option(
        '--repair',
        'make rows that differ anew from the source, remove what it does not have, compare again',
      )
      .option('--attest', 'digest what the target holds, so that --check can tell later what is still so')
      .option('--check <report>', 'whether a report (JSON) is genuine, and the target still what it attests')
      .option('--report <directory>', 'where the report goes, as a page and as JSON', 'reports');
  },
  run: async (context, options, entities) =>
    (await import('./run-verify.ts')).runVerifyCommand(context, options, entities),
};

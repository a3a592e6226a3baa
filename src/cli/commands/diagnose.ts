import type { Command } from 'commander';
import type { CommandDefinition } from '../command.ts';
import { splitList, wholeNumber } from '../option-values.ts';
import type { DiagnoseCommandOptions } from './run-diagnose.ts';

export const diagnoseCommand: CommandDefinition<DiagnoseCommandOptions> = {
  name: 'diagnose',
  aliases: ['diagnose-mapping'],
  summary:
    'Explains each mapping, holds it against both databases and real rows, and names what does not fit',
  examples: [
    'bin/diagnose                                 all mappings of the profile',
    'bin/diagnose --tables patients --explain     one table, column by column',
    'bin/diagnose --sample 100000 --html fit.html more rows, and a page to pass on',
  ],
  keptSafe: 'Everything: this command only looks.',
  options(command: Command) {
    command
      .option('--tables <names>', 'only these source tables, separated by commas', splitList)
      .option('--sample <rows>', 'rows of each mapping to look at', wholeNumber, 2000)
      .option('--explain', 'show what each target column is made of')
      .option('--html <file>', 'write the diagnosis as a page too');
  },
  run: async (context, options) => (await import('./run-diagnose.ts')).runDiagnoseCommand(context, options),
};

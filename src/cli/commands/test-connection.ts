import type { CommandDefinition } from '../command.ts';
import type { TestConnectionOptions } from './run-test-connection.ts';

export const testConnectionCommand: CommandDefinition<TestConnectionOptions> = {
  name: 'test-connection',
  aliases: [],
  summary: 'reach each end and check every prerequisite; each failure comes with the statement that mends it',
  examples: [
    'bin/test-connection',
    'bin/test-connection --source',
    'bin/test-connection --json > prerequisites.json',
  ],
  keptSafe: 'everything: this command only reads',
  options: (command) => {
    command
      .option('--source', 'check the legacy database')
      .option('--target', 'check the target databases')
      .option('--storage', 'check the object store (not part of this version)');
  },
  run: async (context, options) =>
    (await import('./run-test-connection.ts')).testConnection(context, options),
};

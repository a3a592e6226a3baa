import type { CommandDefinition } from '../command.ts';
import type { TestConnectionOptions } from './run-test-connection.ts';

export const testConnectionCommand: CommandDefinition<TestConnectionOptions> = {
  name: 'test-connection',
  aliases: [],
  summary: 'reach each end and check every prerequisite; each failure comes with the statement that mends it',
  examples: [
    'bin/test-connection',
    'bin/test-connection --source',
    'bin/test-connection --storage',
    'bin/test-connection --json > prerequisites.json',
  ],
  keptSafe:
    'everything: this command only reads, and writes no more than an object of its own, test-connection-…, to the bucket',
  options: (command) => {
    command
      .option('--source', 'check the legacy database')
      .option('--target', 'check the target databases')
      .option('--storage', 'check the bucket: stores an object, reads it and removes it again');
  },
  run: async (context, options) =>
    (await import('./run-test-connection.ts')).testConnection(context, options),
};

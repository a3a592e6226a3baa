import type { CommandDefinition } from '../command.ts';

export const statusCommand: CommandDefinition = {
  name: 'status',
  aliases: [],
  summary: 'Shows where the migration stands, and what to do next',
  examples: ['bin/status', 'bin/status --json'],
  keptSafe: 'Everything: this command only looks.',
  options: () => undefined,
  run: async (context) => (await import('./run-status.ts')).runStatusCommand(context),
};

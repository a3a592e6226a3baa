import type { CommandDefinition } from '../command.ts';
import type { SchemaOptions } from './run-schema.ts';

export const schemaCommand: CommandDefinition<SchemaOptions> = {
  name: 'schema',
  aliases: ['migrate-schema'],
  summary: 'create the databases, schemas and tables of the target; what exists is compared, never altered',
  examples: ['bin/schema', 'bin/schema --print > schema.sql', 'IDENTIFIER_CASE=keep bin/schema --json'],
  keptSafe: 'the source, which is only read, and every object of the target that was there before',
  options: (command) => void command.option('--print', 'only print the SQL; nothing is created'),
  run: async (context, options) => (await import('./run-schema.ts')).runSchemaCommand(context, options),
};

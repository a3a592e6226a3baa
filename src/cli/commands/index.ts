import type { CommandDefinition } from '../command.ts';
import { schemaCommand } from './schema.ts';
import { diagnoseCommand } from './diagnose.ts';
import { bulkCommand } from './bulk.ts';
import { syncCommand } from './sync.ts';
import { archiveCommand } from './archive.ts';
import { statusCommand } from './status.ts';
import { verifyCommand } from './verify.ts';
import { testConnectionCommand } from './test-connection.ts';

/** Every command, in the order of the help. */
export const COMMANDS: readonly CommandDefinition[] = [
  testConnectionCommand,
  schemaCommand,
  diagnoseCommand,
  bulkCommand,
  syncCommand,
  archiveCommand,
  verifyCommand,
  statusCommand,
];

import type { CommandDefinition } from '../command.ts';
import { testConnectionCommand } from './test-connection.ts';

/** Every command, in the order of the help. */
export const COMMANDS: readonly CommandDefinition[] = [testConnectionCommand];

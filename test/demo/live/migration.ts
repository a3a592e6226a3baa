import type mysql from 'mysql2/promise';
import type { DatabaseAddress } from '../../support/database-address.ts';
import type { Commands } from '../commands.ts';
import type { Narrator } from '../narrator.ts';
import type { Lag } from './lag-probe.ts';

export interface Migration {
  commands: Commands;
  narrator: Narrator;
  /** For who works with the source. */
  sourceAddress: mysql.ConnectionOptions;
  ends: { source: DatabaseAddress; target: DatabaseAddress };
  signal: AbortSignal;
}

export interface CaughtUp {
  /** Row changes that sync has applied, of all its processes. */
  changes: number;
  /** null where it was not measured. */
  lag: Lag | null;
}

export interface Migrated extends CaughtUp {
  /** 0, or that of the command whose result is not what one would wish. */
  exitCode: number;
  /** Why there was no sync; it has followed where this is missing. */
  notFollowed?: string;
}

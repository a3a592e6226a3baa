/** What the comparison of each mapping takes. */
import type { DatabaseSettings, Settings } from '../config/settings.ts';
import type { PlannedMapping } from '../mapping/plan.ts';
import type { FollowedTarget } from './followed-target.ts';
import type { SourceConnection } from '../mysql/source-connection.ts';
import { quoteIdentifier, qualified } from '../postgres/identifiers.ts';
import type { TargetConnection } from '../postgres/connection.ts';
import { rowsOfShare } from '../postgres/rows-of-share.ts';

export interface SampleRequest {
  /** Rows of each mapping. */
  size: number;
  /** A 32-bit number: the same one chooses the same rows. */
  seed: number;
  /** With their values, for a terminal. */
  reveal: boolean;
}

export interface VerifyContext {
  settings: Settings;
  target: DatabaseSettings;
  runId: string;
  signal: AbortSignal;
  /** How far sync is; null where nothing changes. */
  followed: FollowedTarget | null;
  /** Key of the digests of what the target holds; null where these are not asked for. */
  attestKey: Buffer | null;
  /** So many of each mapping are kept with their keys. */
  maxDifferences: number;
  samples: SampleRequest;
  /** The target digests its rows itself, and sends little more than that. */
  hashesInTarget: boolean;
  /** Of both sides together, 28 bytes each: with more, a mapping is compared in parts. */
  maxWaitingRows: number;
  /** A connection that is free, made anew where the last one was lost. */
  source(): Promise<SourceConnection>;
  /** After a result that was not read to its end. */
  dropSource(): void;
  openTarget(): Promise<TargetConnection>;
  onRows(mapping: string, rows: number): void;
}

/** The rows of the mapping in its table, which is `t`: of all of it, or of its share. */
export function fromTarget({ mapping, share }: Pick<PlannedMapping, 'mapping' | 'share'>): string {
  return fromTable(mapping.target, share?.constants ?? []);
}

/** The rows of a table with these constants. */
export function fromTable(
  { schema, table }: { schema: string; table: string },
  constants: Parameters<typeof rowsOfShare>[0],
): string {
  const where = constants.length > 0 ? ` WHERE ${rowsOfShare(constants)}` : '';
  return `FROM ${qualified(schema, table)} AS t${where}`;
}

export function targetColumns(names: readonly string[], table = 't'): string {
  return names.map((name) => `${table}.${quoteIdentifier(name)}`).join(', ');
}

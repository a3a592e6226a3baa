/** Files that rows stand for, as far as sync is concerned: they are where they are to be before their rows commit. */
import type { Plan } from '../../mapping/plan.ts';
import type { TargetConnection } from '../../postgres/connection.ts';

type Target = Pick<TargetConnection, 'query'>;

export interface FilesOfRows {
  isOf(mapping: string): boolean;
  /** The files of the rows with these keys of the source, whether they are there or gone. Commits nothing. */
  bring(target: Target, mapping: string, keys: readonly string[]): Promise<BroughtFiles>;
  /** To be called once what was brought has committed, and no transaction is open. */
  tidyUp(target: TargetConnection): Promise<void>;
  close(): Promise<void>;
}

export interface BroughtFiles {
  /** To be called in the transaction that has written the rows. */
  settle(target: Target): Promise<void>;
}

export interface OpenFilesOptions {
  plan: Plan;
  runId: string;
  target: TargetConnection;
  signal: AbortSignal;
  retryTimeoutMs: number;
}

/** null where no row stands for a file. */
export type OpenFiles = (options: OpenFilesOptions) => Promise<FilesOfRows | null>;

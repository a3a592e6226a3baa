/** What the main thread and a lane worker say to each other. Plain data: it is cloned between threads. */
import type { DatabaseSettings, Settings } from '../config/settings.ts';
import type { ErrorCode } from '../core/error-codes.ts';
import { TransfuseError } from '../core/errors.ts';
import type { MappingOptions } from '../mapping/mapping.ts';
import type { SourceCatalog } from '../mysql/catalog-model.ts';
import type { ChunkOutcome, ChunkProgress, ChunkTask } from './chunk-task.ts';

/** All that a worker needs to make the very plan of the main thread. */
export interface WorkerInput {
  settings: Settings;
  target: DatabaseSettings;
  profileName: string;
  catalog: SourceCatalog;
  mappingOptions: MappingOptions;
  lanes: number;
}

export type ToWorker = { kind: 'load'; lane: number; task: ChunkTask } | { kind: 'stop' } | { kind: 'close' };

export type FromWorker =
  | { kind: 'progress'; progress: ChunkProgress[] }
  | { kind: 'retry'; warning: string }
  | { kind: 'loaded'; lane: number; outcome: ChunkOutcome }
  | { kind: 'failed'; lane: number; error: PlainError }
  | { kind: 'closed' };

export interface PlainError {
  code: ErrorCode;
  message: string;
  where: Readonly<Record<string, string | number>>;
  transient: boolean;
  fix: string;
}

/** An error that is not ours loses its text on the way, since nobody knows what it quotes. */
export function toPlainError(error: unknown): PlainError {
  const known =
    error instanceof TransfuseError
      ? error
      : new TransfuseError(
          'UNEXPECTED',
          `A lane failed in a way that was not foreseen (${(error as Error)?.name}).`,
        );
  const { code, message, where, transient, fix } = known;
  return { code, message, where, transient, fix };
}

export function fromPlainError({ code, message, ...details }: PlainError): TransfuseError {
  return new TransfuseError(code, message, details);
}

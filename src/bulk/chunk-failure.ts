import { TransfuseError } from '../core/errors.ts';
import type { SourceConnection } from '../mysql/connection.ts';
import { classifyTargetError } from '../postgres/errors.ts';
import type { ChunkTask } from './chunk-task.ts';

interface FailureContext {
  task: ChunkTask;
  /** null for exports. */
  source: SourceConnection | null;
  signal: AbortSignal;
}

/** Why a chunk could not be copied. An error of ours is returned as it is. */
export function explainFailure(error: unknown, { task, source, signal }: FailureContext): TransfuseError {
  if (error instanceof TransfuseError) return error;
  if (signal.aborted) return new TransfuseError('INTERRUPTED', 'Stopped by a signal.');
  // One side ends the other: where the source broke, the target's complaint is only its echo.
  if (source?.isLost) {
    return new TransfuseError('SOURCE_LOST', 'The connection to the source was lost.', { transient: true });
  }
  return classifyTargetError(error, { action: `load chunk ${task.chunk} of ${task.mapping}` });
}

/** Lanes that live in a worker thread, seen from the main thread. */
import { Worker } from 'node:worker_threads';
import { TransfuseError } from '../core/errors.ts';
import type { ChunkOutcome, ChunkProgress, ChunkTask } from './chunk-task.ts';
import type { Lane } from './lanes.ts';
import { fromPlainError, type FromWorker, type ToWorker, type WorkerInput } from './worker-protocol.ts';

interface WorkerLanesOptions {
  input: WorkerInput;
  signal: AbortSignal;
  onProgress(progress: ChunkProgress): void;
  onRetry(warning: string): void;
}

interface Waiting {
  resolve(outcome: ChunkOutcome): void;
  reject(error: unknown): void;
}

/** Starts a worker with `input.lanes` lanes. A worker that dies rejects what its lanes were loading; their chunks roll back. */
export function startWorkerLanes({ input, signal, onProgress, onRetry }: WorkerLanesOptions): Lane[] {
  const worker = new Worker(new URL('./lane-worker.js', import.meta.url), { workerData: input });
  const waiting = new Map<number, Waiting>();
  const send = (message: ToWorker) => worker.postMessage(message);
  let dead = false;
  const die = () => {
    dead = true;
    for (const { reject } of waiting.values()) reject(workerDied());
    waiting.clear();
  };
  // The text of what killed it may quote a row.
  worker.on('error', die);
  worker.on('exit', die);
  worker.on('message', (message: FromWorker) => {
    if (message.kind === 'progress') message.progress.forEach(onProgress);
    else if (message.kind === 'retry') onRetry(message.warning);
    else if (message.kind !== 'closed') {
      const lane = waiting.get(message.lane)!;
      waiting.delete(message.lane);
      if (message.kind === 'loaded') lane.resolve(message.outcome);
      else lane.reject(fromPlainError(message.error));
    }
  });
  signal.addEventListener('abort', () => send({ kind: 'stop' }), { once: true });
  let closing: Promise<void> | null = null;
  const shutDown = async () => {
    const closed = new Promise<void>((resolve) => {
      worker.on('message', (message: FromWorker) => message.kind === 'closed' && resolve());
      worker.on('exit', () => resolve());
    });
    send({ kind: 'close' });
    await closed;
    await worker.terminate();
  };
  const close = async () => {
    if (!dead) await (closing ??= shutDown());
  };
  return Array.from({ length: input.lanes }, (_, lane) => ({
    load: (task: ChunkTask) =>
      new Promise<ChunkOutcome>((resolve, reject) => {
        if (dead) return reject(workerDied());
        waiting.set(lane, { resolve, reject });
        send({ kind: 'load', lane, task });
      }),
    close,
  }));
}

function workerDied(): TransfuseError {
  return new TransfuseError('UNEXPECTED', 'A worker thread of the load ended before its work.');
}

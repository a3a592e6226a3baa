/** The body of a worker thread: a few lanes, with their own connections and their own compiled encoders. */
import { parentPort, workerData } from 'node:worker_threads';
import { makePlan } from '../mapping/plan.ts';
import { loadProfile } from '../profiles/load-profile.ts';
import { ChunkLoader } from './chunk-loader.ts';
import type { ChunkProgress } from './chunk-task.ts';
import { toPlainError, type FromWorker, type ToWorker, type WorkerInput } from './worker-protocol.ts';

const PROGRESS_INTERVAL_MS = 100;

const port = parentPort!;
const input = workerData as WorkerInput;
const send = (message: FromWorker) => port.postMessage(message);

const { profile } = await loadProfile(input.profileName, input.settings);
const plan = makePlan(profile, input.catalog, input.mappingOptions);
const mappings = new Map(plan.mappings.map((planned) => [planned.mapping.id, planned]));
const stop = new AbortController();

const unsent = new Map<string, ChunkProgress>();
const flushProgress = () => {
  if (unsent.size > 0) send({ kind: 'progress', progress: [...unsent.values()] });
  unsent.clear();
};
const timer = setInterval(flushProgress, PROGRESS_INTERVAL_MS);

const lanes = Array.from(
  { length: input.lanes },
  () =>
    new ChunkLoader({
      settings: input.settings,
      target: input.target,
      signal: stop.signal,
      planned: (mapping) => mappings.get(mapping)!,
      onProgress: ({ mapping, rows, bytes }) => {
        const sum = unsent.get(mapping) ?? { mapping, rows: 0, bytes: 0 };
        unsent.set(mapping, { mapping, rows: sum.rows + rows, bytes: sum.bytes + bytes });
      },
      onRetry: (warning) => send({ kind: 'retry', warning }),
    }),
);

port.on('message', (message: ToWorker) => {
  if (message.kind === 'stop') stop.abort();
  else if (message.kind === 'close') void close();
  else void load(message);
});

async function load({ lane, task }: Extract<ToWorker, { kind: 'load' }>): Promise<void> {
  try {
    const outcome = await lanes[lane]!.load(task);
    flushProgress();
    send({ kind: 'loaded', lane, outcome });
  } catch (error) {
    flushProgress();
    send({ kind: 'failed', lane, error: toPlainError(error) });
  }
}

async function close(): Promise<void> {
  clearInterval(timer);
  await Promise.all(lanes.map((lane) => lane.close()));
  send({ kind: 'closed' });
  port.close();
}

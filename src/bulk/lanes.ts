/** Runs chunk tasks on several lanes at once: each lane takes the next task when it is free. */
import type { ChunkOutcome, ChunkTask } from './chunk-task.ts';

export interface Lane {
  load(task: ChunkTask): Promise<ChunkOutcome>;
  close(): Promise<void>;
}

/** Loads every task. At the first failure `stop` is called, the lanes' chunks are rolled back, and it is thrown once all stand still. */
export async function runLanes(
  lanes: readonly Lane[],
  tasks: Iterator<ChunkTask>,
  onOutcome: (task: ChunkTask, outcome: ChunkOutcome) => Promise<void>,
  stop: () => void,
): Promise<void> {
  const failures: unknown[] = [];
  const work = async (lane: Lane) => {
    while (failures.length === 0) {
      const next = tasks.next();
      if (next.done) return;
      try {
        await onOutcome(next.value, await lane.load(next.value));
      } catch (error) {
        failures.push(error);
        stop();
      }
    }
  };
  await Promise.all(lanes.map(work));
  if (failures.length > 0) throw failures[0];
}

import type { Settings } from '../config/settings.ts';
import type { Plan, PlannedMapping } from '../mapping/plan.ts';
import { ChunkLoader } from './chunk-loader.ts';
import type { ChunkProgress } from './chunk-task.ts';
import type { Lane } from './lanes.ts';

interface LanePoolOptions {
  settings: Settings;
  plan: Plan;
  count: number;
  signal: AbortSignal;
  onProgress(progress: ChunkProgress): void;
  onRetry(message: string): void;
}

export async function openLanes(options: LanePoolOptions): Promise<Lane[]> {
  const { settings, plan, signal, onProgress, onRetry } = options;
  const byId = new Map(plan.mappings.map((planned) => [planned.mapping.id, planned]));
  const planned = (mapping: string): PlannedMapping => byId.get(mapping)!;
  return Array.from(
    { length: options.count },
    () =>
      new ChunkLoader({
        settings,
        target: settings.targets.patient,
        signal,
        planned,
        onProgress,
        onRetry: (error) => onRetry(error.message),
      }),
  );
}

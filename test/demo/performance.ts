import type { Scene } from './legacy.ts';

export interface Performance extends Scene {
  startedAt: number;
}

export interface DemoResult {
  exitCode: number;
  envFile: string;
}

import os from 'node:os';
import { defineConfig } from 'vitest/config';

const globalSetup = ['test/support/global-setup.ts'];

/** Servers are shared between test files; each test file makes databases of its own in them. */
export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: Math.min(4, Math.max(2, os.availableParallelism())),
    testTimeout: 60_000,
    hookTimeout: 120_000,
    projects: [
      project('unit'),
      project('property', { globalSetup }),
      project('integration', { globalSetup }),
      project('crash', { globalSetup, testTimeout: 420_000 }),
    ],
  },
});

function project(name: string, settings: { globalSetup?: string[]; testTimeout?: number } = {}) {
  return { extends: true as const, test: { name, include: [`test/${name}/**/*.test.ts`], ...settings } };
}

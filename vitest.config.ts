import { defineConfig } from 'vitest/config';

/** Whole divisions in real processes: they run alone, after the rest, so that their clocks are their own. */
const divisions = ['test/e2e/**/*.test.ts', 'test/interop/**/*.test.ts'];

export default defineConfig({
  test: {
    testTimeout: 30_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: {
          name: 'parts',
          include: ['test/**/*.test.ts'],
          exclude: [...divisions, 'test/peers/**'],
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'divisions',
          include: divisions,
          fileParallelism: false,
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});

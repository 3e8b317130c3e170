import { defineConfig, type TestProjectConfiguration } from 'vitest/config';

/** Whole divisions in real processes: they run alone, after the rest, so that their clocks are their own. */
const alone = (name: string, include: string[]): TestProjectConfiguration => ({
  extends: true,
  test: { name, include, fileParallelism: false, maxWorkers: 1, sequence: { groupOrder: 1 } },
});
const divisions = ['test/e2e/**/*.test.ts', 'test/interop/**/*.test.ts'];

export default defineConfig({
  test: {
    testTimeout: 120_000,
    hookTimeout: 60_000,
    setupFiles: ['test/laws.setup.ts'],
    // A condition is waited for as long as its test may take: a busy machine is no failure.
    expect: { poll: { timeout: 20_000 } },
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: {
          name: 'parts',
          include: ['test/**/*.test.ts'],
          exclude: [...divisions, 'test/crash/**', 'test/peers/**'],
          sequence: { groupOrder: 0 },
        },
      },
      alone('divisions', divisions),
      {
        extends: true,
        test: {
          name: 'crash',
          include: ['test/crash/**/*.test.ts'],
          exclude: ['test/crash/real/**'],
          sequence: { groupOrder: 0 },
        },
      },
      alone('crash-real', ['test/crash/real/**/*.test.ts']),
    ],
  },
});

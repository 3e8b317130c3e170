import { defineConfig } from 'vitest/config';

/** Other people's MCP servers against the simulation: `npm run test:peers` installs them first. */
export default defineConfig({
  test: {
    include: ['test/peers/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    reporters: ['verbose'],
  },
});

import { defineConfig } from 'vitest/config';

/** The suites that hold for every API server, against a real one: `npm run test:kubernetes -- --kubeconfig F`. */
export default defineConfig({
  test: {
    include: ['test/simulation/kubernetes-api/conformance/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    maxWorkers: 1,
    reporters: ['verbose'],
  },
});

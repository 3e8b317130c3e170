import type { Row } from './result.ts';

/** By name, what can be measured, in the order of docs/performance.md; each is loaded only to be run. */
export const benches: Readonly<Record<string, () => Promise<Row[]>>> = {
  'cold-start': async () => (await import('./cold-start.ts')).coldStart(),
  'tools-list': async () => (await import('./tools-list.ts')).toolsList(),
  'memory-at-rest': async () => (await import('./memory-at-rest.ts')).memoryAtRest(),
  'watch-memory': async () => (await import('./watch-memory.ts')).watchMemory(),
  'largest-result': async () => (await import('./largest-result.ts')).largestResult(),
  'upgrade-tokens': async () => (await import('./upgrade-tokens.ts')).upgradeTokens(),
  'drain-requests': async () => (await import('./drain-requests.ts')).drainRequests(),
  'journal-append': async () => (await import('./journal-append.ts')).journalAppend(),
  'resume-after-kill': async () => (await import('./resume-after-kill.ts')).resumeAfterKill(),
  'simulation-ready': async () => (await import('./simulation-ready.ts')).simulationReady(),
  'simulation-day': async () => (await import('./simulation-day.ts')).simulationDay(),
  packing: async () => (await import('./packing.ts')).packing(),
  'simulation-fleet': async () => (await import('./simulation-fleet.ts')).simulationFleet(),
  forecast: async () => (await import('./forecast.ts')).forecastQuality(),
};

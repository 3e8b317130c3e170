import type { SimulationConnection } from '../model/simulation-connection.ts';
import type { Clock } from '../ports.ts';

function abortableTimeout(wallMs: number, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted) return resolve();
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, Math.max(0, wallMs));
    signal.addEventListener('abort', done, { once: true });
  });
}

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: abortableTimeout,
};

/** The simulation's time: runs `speed` times as fast as the wall clock. `connection` is asked each time, as a simulation that restarts says anew. */
export function simulatedClock(connection: () => SimulationConnection['clock']): Clock {
  return {
    now: () => {
      const { wall_ms, cluster_ms, speed } = connection();
      return Math.round(cluster_ms + (Date.now() - wall_ms) * speed);
    },
    sleep: (ms, signal) => abortableTimeout(ms / Math.max(connection().speed, 0.001), signal),
  };
}

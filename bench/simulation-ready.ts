import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSimulation } from '../src/simulation/simulation.ts';
import { median, rounded, timed } from './measure.ts';

const ROUNDS = 5;
/** The default fleet answers within this (milliseconds). */
const LIMIT = 300;

export async function simulationReady(): Promise<Record<string, unknown>> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const home = await mkdtemp(join(tmpdir(), 'containers-gm-bench-'));
    let close = async (): Promise<void> => {};
    times.push(
      await timed(async () => {
        const simulation = await startSimulation({ home, speed: 1, seed: round + 1 });
        close = () => simulation.close();
      }),
    );
    await close();
    await rm(home, { recursive: true, force: true });
  }
  return { milliseconds: rounded(median(times), 0), limit_milliseconds: LIMIT, ratio: rounded(median(times) / LIMIT) };
}

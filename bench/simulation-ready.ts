import { startSimulation } from '../src/simulation/simulation.ts';
import { withHome } from './fleet.ts';
import { median, timed } from './measure.ts';
import type { Row } from './result.ts';

const ROUNDS = 5;
/** The default fleet answers within this (milliseconds). */
const LIMIT = 300;

export async function simulationReady(): Promise<Row[]> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    await withHome(async home => {
      let close = async (): Promise<void> => {};
      times.push(
        await timed(async () => {
          const simulation = await startSimulation({ home, speed: 1, seed: round + 1 });
          close = () => simulation.close();
        }),
      );
      await close();
    });
  }
  return [{ what: 'the rehearsal fleet answers', unit: 'ms', value: median(times), targets: [{ atMost: LIMIT }] }];
}

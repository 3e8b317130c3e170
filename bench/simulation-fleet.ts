import { get } from 'node:http';
import { startFleet, withHome } from './fleet.ts';
import { median, timed } from './measure.ts';
import { peakMegabytes, processorSeconds } from './processes.ts';
import type { Row } from './result.ts';

const ROUNDS = 3;
const SIZE = ['--nodes', '1000', '--pods', '30000', '--budgets', '300', '--pinned-databases', '20', '--zones', '3'];
const FLEET = 'a simulated fleet of 1,000 nodes and 30,000 pods';

/** Reads a whole answer without keeping it. */
async function read(url: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    get(url, response => {
      response.on('end', resolve).on('error', reject).resume();
    }).on('error', reject);
  });
}

interface Round {
  ready: number;
  readyProcessor: number;
  megabytes: number;
  list: number;
}

const round = (): Promise<Round> =>
  withHome(async home => {
    const start = performance.now();
    const fleet = await startFleet(home, SIZE);
    const ready = (performance.now() - start) / 1000;
    const readyProcessor = processorSeconds(fleet.pid);
    const milliseconds = await timed(() => read(`${fleet.connection.clusters.fleet?.vip}/api/v1/pods`));
    const megabytes = peakMegabytes(fleet.pid);
    return { ready, readyProcessor, megabytes, list: milliseconds / 1000 };
  });

/** As the command line makes it, up to a list of all its pods. */
export async function simulationFleet(): Promise<Row[]> {
  const rounds: Round[] = [];
  for (let made = 0; made < ROUNDS; made += 1) rounds.push(await round());
  const of = (name: keyof Round): number => median(rounds.map(figures => figures[name]));
  return [
    { what: `${FLEET} answers`, unit: 's', value: of('ready'), targets: [{ atMost: 3 }] },
    { what: `${FLEET} answers: processor time`, unit: 's', value: of('readyProcessor') },
    { what: `${FLEET}: peak memory`, unit: 'MB', value: of('megabytes'), targets: [{ atMost: 600 }] },
    { what: `${FLEET}: a list of all pods`, unit: 's', value: of('list'), targets: [{ atMost: 1.5 }] },
  ];
}

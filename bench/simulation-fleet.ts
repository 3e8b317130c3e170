import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { get } from 'node:http';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { SimulationConnection } from '../src/simulation/simulation.ts';
import { median, rounded, timed } from './measure.ts';

const ROUNDS = 3;
const SIZE = ['--nodes', '1000', '--pods', '30000', '--budgets', '300', '--pinned-databases', '20', '--zones', '3'];
/** Seconds from spawn to the connection line, memory after that and a list of all pods, seconds of such a list. */
const LIMITS = { ready_seconds: 3, megabytes: 600, list_seconds: 1.5 };

const program = fileURLToPath(new URL('../dist/main.js', import.meta.url));

/** The highest resident memory so far (Linux). */
async function peakMegabytes({ pid }: ChildProcess): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return (Number(/^VmHWM:\s*(\d+) kB$/m.exec(status)?.[1]) * 1024) / 1e6;
}

const CLOCK_TICKS = 100;

/** Processor time so far, all threads (Linux): what a busy machine does not lengthen much. */
async function processorSeconds({ pid }: ChildProcess): Promise<number> {
  const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).replace(/^.*\) /, '').split(' ');
  return (Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS;
}

/** Reads a whole answer without keeping it. */
async function read(url: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    get(url, response => {
      response.on('end', resolve).on('error', reject).resume();
    }).on('error', reject);
  });
}

type Round = Record<keyof typeof LIMITS | 'ready_processor_seconds', number>;

async function round(home: string): Promise<Round> {
  const start = performance.now();
  const child = spawn(process.execPath, [program, '--home', home, 'simulate', ...SIZE], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  const readySeconds = (performance.now() - start) / 1000;
  const readyProcessorSeconds = await processorSeconds(child);
  const { clusters } = JSON.parse(line) as SimulationConnection;
  const milliseconds = await timed(() => read(`${clusters.fleet?.vip}/api/v1/pods`));
  const megabytes = await peakMegabytes(child);
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
  return {
    ready_seconds: readySeconds,
    ready_processor_seconds: readyProcessorSeconds,
    megabytes,
    list_seconds: milliseconds / 1000,
  };
}

/** 1,000 nodes and 30,000 pods, as the command line makes them. */
export async function simulationFleet(): Promise<Record<string, unknown>> {
  const [load] = loadavg();
  const rounds: Round[] = [];
  for (let made = 0; made < ROUNDS; made += 1) {
    const home = await mkdtemp(join(tmpdir(), 'containers-gm-bench-'));
    rounds.push(await round(home));
    await rm(home, { recursive: true, force: true });
  }
  const figures: Record<string, unknown> = {};
  for (const [name, limit] of Object.entries(LIMITS)) {
    const value = median(rounds.map(figure => figure[name as keyof typeof LIMITS]));
    figures[name] = { value: rounded(value), limit, ratio: rounded(value / limit) };
  }
  const processor = median(rounds.map(figure => figure.ready_processor_seconds));
  return { ...figures, ready_processor_seconds: rounded(processor), load: rounded(load ?? 0) };
}

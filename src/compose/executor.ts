/** The composition root of the executor: the one process of a division with writers (SAFETY 7). */
import { stat } from 'node:fs/promises';
import { openDivisionWriter } from '../division/directory.ts';
import { DivisionError } from '../errors.ts';
import type { Config } from '../model/config.ts';
import type { SimulationConnection } from '../model/simulation-connection.ts';
import { LocalEngine } from '../operations/engines/local.ts';
import type { Clock, Log } from '../ports.ts';
import { simulatedClock, systemClock } from './clocks.ts';
import { type OpenClusters, openClusters } from './cluster-ports.ts';
import { wantedFile } from './executor-process.ts';
import { ensureSimulation, stopSimulation } from './simulation-process.ts';

/** Wall time without work or a front end's wish after which the executor ends. */
const IDLE_MS = 60_000;
const REQUEST_POLL_MS = 100;

/**
 * Runs until idle, or until `terminate` aborts: then it admits no new node, finishes the one under way, and returns. Another executor
 * that holds the lock is not an error: there is one, which is what was wanted.
 */
export async function runExecutor(config: Config, log: Log, terminate: AbortSignal): Promise<void> {
  let simulation: SimulationConnection | undefined;
  const clock: Clock = config.simulated
    ? simulatedClock(() => simulation?.clock ?? { wall_ms: 0, cluster_ms: 0, speed: 1 })
    : systemClock;
  let division: Awaited<ReturnType<typeof openDivisionWriter>>;
  try {
    division = await openDivisionWriter(config.divisionDirectory, { clock, log });
  } catch (error) {
    if (error instanceof DivisionError && error.code === 'DIRECTORY_LOCKED') return;
    throw error;
  }
  let clusters: OpenClusters | undefined;
  try {
    if (config.simulated) simulation = await ensureSimulation(config, terminate);
    const open = await openClusters(config, simulation, { clock, log });
    clusters = open;
    const engine = new LocalEngine({
      division,
      clock,
      log,
      snapshotDirectory: config.snapshotDirectory,
      cluster: name => {
        const ports = open.ports.find(candidate => candidate.config.name === name);
        const writers = open.writers(name);
        return ports && writers ? { ports, writers } : undefined;
      },
    });
    log.info('executor.started', { pid: process.pid, directory: config.divisionDirectory });
    await engine.resume();
    await serve(engine, config, terminate);
    await engine.stop();
    log.info('executor.ended', { pid: process.pid });
  } finally {
    await clusters?.close();
    if (simulation) await stopSimulation(simulation);
    await division.release();
  }
}

async function serve(engine: LocalEngine, config: Config, terminate: AbortSignal): Promise<void> {
  let quietSince = Date.now();
  while (!terminate.aborted) {
    await engine.takeRequests();
    if (engine.busy > 0 || (await wasWanted(config))) quietSince = Date.now();
    if (Date.now() - quietSince > IDLE_MS) return;
    await systemClock.sleep(REQUEST_POLL_MS, terminate);
  }
}

async function wasWanted(config: Config): Promise<boolean> {
  const touched = await stat(wantedFile(config)).catch(() => undefined);
  return touched !== undefined && Date.now() - touched.mtimeMs < IDLE_MS;
}

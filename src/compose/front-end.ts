/** The composition root of a front end: observe, plan, answer, leave requests. It has no writers. */
import { openApprovals } from '../division/approvals.ts';
import { executorOf, openDivision } from '../division/directory.ts';
import { openHandoffs } from '../division/handoffs/handoffs.ts';
import { openKnowledge } from '../division/knowledge/knowledge.ts';
import { openPrivateFiles } from '../division/private-files.ts';
import { openQuestions } from '../division/questions.ts';
import { DivisionError } from '../errors.ts';
import { openCharts } from '../helm/charts.ts';
import type { Config } from '../model/config.ts';
import type { SimulationConnection } from '../model/simulation-connection.ts';
import type { Clock, FrontEnd, Log } from '../ports.ts';
import { simulatedClock, systemClock } from './clocks.ts';
import type { OpenClusters } from './cluster-ports.ts';
import { ensureExecutor } from './executor-process.ts';
import { findSimulation } from './simulation-process.ts';
import { openTokenLedger, tellRegularly } from './token-budget.ts';

const SIMULATION_DEADLINE_MS = 20_000;

export interface OpenFrontEnd {
  front: FrontEnd;
  close: () => Promise<void>;
}

/** What reads clusters is loaded with the first call that needs it: a host that starts asks for the tools alone. */
const openClusters: typeof import('./cluster-ports.ts')['openClusters'] = async (...given) =>
  (await import('./cluster-ports.ts')).openClusters(...given);

/** `options`: the command line options that the executor must be started with to read the same configuration. */
export async function openFrontEnd(config: Config, options: readonly string[], log: Log): Promise<OpenFrontEnd> {
  let simulation: SimulationConnection | undefined;
  let opened: Promise<OpenClusters> | undefined;
  const clock: Clock = config.simulated
    ? simulatedClock(() => simulation?.clock ?? { wall_ms: 0, cluster_ms: 0, speed: 1 })
    : systemClock;
  const division = await openDivision(config.divisionDirectory, { clock, log });
  const budget = openTokenLedger(config, log);

  const runningSimulation = async (signal: AbortSignal): Promise<SimulationConnection> => {
    await ensureExecutor(config, options, signal);
    const deadline = Date.now() + SIMULATION_DEADLINE_MS;
    let isRestarted = false;
    while (Date.now() < deadline && !signal.aborted) {
      const found = await findSimulation(config, signal);
      if (found) return found;
      if (!(await executorOf(config.divisionDirectory))) {
        // The one that was found was about to end: another is started. One that can't start its simulation ends as well.
        if (isRestarted) break;
        isRestarted = true;
        await ensureExecutor(config, options, signal);
      }
      await systemClock.sleep(50, signal);
    }
    throw new DivisionError(
      'KUBERNETES_UNAVAILABLE',
      'the simulated fleet is not running',
      `try again; its log is ${config.simulation.directory}/simulation.log`,
    );
  };

  /** A simulation that restarted has other addresses: what was opened for the old one is closed. */
  const clusters = async (signal: AbortSignal): Promise<OpenClusters> => {
    if (config.simulated) {
      const current = await runningSimulation(signal);
      if (simulation?.control !== current.control || simulation.pid !== current.pid) {
        const stale = opened;
        opened = undefined;
        await stale?.then(previous => previous.close()).catch(() => undefined);
      }
      simulation = current;
    }
    opened ??= openClusters(config, simulation, { clock, log, budget }).catch((error: unknown) => {
      opened = undefined;
      throw error;
    });
    return opened;
  };

  const front: FrontEnd = {
    config,
    clock,
    log,
    division,
    approvals: openApprovals(config.divisionDirectory, { approvers: config.approvers, log }),
    questions: openQuestions(config.divisionDirectory, { clock: systemClock }),
    handoffs: openHandoffs(config.divisionDirectory, { clock: systemClock, log }),
    budget,
    privateFiles: openPrivateFiles(config.snapshotDirectory),
    charts: openCharts(),
    knowledge: openKnowledge(config.divisionDirectory, { log }),
    principal: config.principal,
    clusters: async signal => (await clusters(signal)).ports.filter(({ config: { scratch } }) => !scratch),
    scratch: async signal => (await clusters(signal)).ports.find(({ config: { scratch } }) => scratch),
    fleet: async signal => (await clusters(signal)).fleet,
    ensureExecutor: signal => ensureExecutor(config, options, signal),
  };
  const stopTelling = tellRegularly({ ...front, isSimulated: config.simulated });
  return {
    front,
    close: async () => {
      stopTelling();
      await (await opened?.catch(() => undefined))?.close();
      await budget.close();
    },
  };
}

/** The composition root of the executor: the one process of a division with writers (SAFETY 7). */
import { openApprovals } from '../division/approvals.ts';
import { hasRequests, openDivisionWriter } from '../division/directory.ts';
import { directoryId } from '../division/directory-id.ts';
import { forgetManifests } from '../division/forget-manifests.ts';
import { openHandoffs } from '../division/handoffs/handoffs.ts';
import { openKnowledge } from '../division/knowledge/knowledge.ts';
import { forgetPriors } from '../division/manifests.ts';
import { openPrivateFiles } from '../division/private-files.ts';
import { openRecoveryFiles } from '../division/recovery-files.ts';
import { openReports } from '../division/reports.ts';
import { wantedAgoMs } from '../division/wanted.ts';
import { DivisionError } from '../errors.ts';
import type { Config } from '../model/config.ts';
import { endedStatuses, type Operation } from '../model/operation.ts';
import type { SimulationConnection } from '../model/simulation-connection.ts';
import { reportBack } from '../operations/approving/report-back.ts';
import { ClusterStatusFile } from '../operations/cluster-status.ts';
import { LocalEngine } from '../operations/engines/local.ts';
import { beginKnowledge, keepCapacity, learnFromEnded } from '../operations/learning.ts';
import type { Clock, Log } from '../ports.ts';
import { simulatedClock, systemClock } from './clocks.ts';
import { type OpenClusters, openClusters } from './cluster-ports.ts';
import { askedKills, killedAtWrites } from './journal-kills.ts';
import { ensureSimulation, stopSimulation } from './simulation-process.ts';
import { openTokenLedger, outlookOf, tellRegularly } from './token-budget.ts';

/** Wall time without work or a front end's wish after which the executor ends. */
const IDLE_MS = 60_000;
const REQUEST_POLL_MS = 100;

/** Whether the next look of an operation asks Talos: while a node drains Kubernetes tells all, and both at once start slower. */
const asksContractor = ({ status, nodes }: Operation): boolean =>
  !endedStatuses.includes(status) && !nodes.some(({ state }) => state === 'cordoned' || state === 'draining');

/**
 * Runs until idle, or until `terminate` aborts: then it admits no new node, finishes the one under way, and returns. Another executor
 * that holds the lock is not an error: there is one, which is what was wanted.
 */
export async function runExecutor(config: Config, log: Log, terminate: AbortSignal): Promise<void> {
  // A front end may leave its request after the last look here and still see the lock held: so there is one more look without it.
  // Who never held the lock leaves that to its holder, who may stand still for long with requests before it.
  let hasHeld: boolean;
  do hasHeld = await holdDivision(config, log, terminate);
  while (hasHeld && !terminate.aborted && (await hasRequests(config.divisionDirectory)));
}

/** False when another executor holds the directory. */
async function holdDivision(config: Config, log: Log, terminate: AbortSignal): Promise<boolean> {
  const killEvery = askedKills(config);
  let simulation: SimulationConnection | undefined;
  const clock: Clock = config.simulated
    ? simulatedClock(() => simulation?.clock ?? { wall_ms: 0, cluster_ms: 0, speed: 1 })
    : systemClock;
  let division: Awaited<ReturnType<typeof openDivisionWriter>>;
  try {
    division = await openDivisionWriter(config.divisionDirectory, { clock, log });
  } catch (error) {
    if (!(error instanceof DivisionError) || error.code !== 'DIRECTORY_LOCKED') throw error;
    log.info('executor.locked', { message: error.message, remedy: error.remedy });
    return false;
  }
  const budget = openTokenLedger(config, log);
  let clusters: OpenClusters | undefined;
  let stopTelling: (() => void) | undefined;
  try {
    if (config.simulated) simulation = await ensureSimulation(config, terminate);
    const { operations } = await division.operations();
    const open = await openClusters(config, simulation, {
      clock,
      log,
      budget,
      directory: await directoryId(config.divisionDirectory),
      atWork: {
        clusters: operations.filter(asksContractor).flatMap(({ clusters: names }) => names),
        signal: terminate,
      },
    });
    clusters = open;
    const approvals = openApprovals(config.divisionDirectory, { approvers: config.approvers, log });
    const handoffs = openHandoffs(config.divisionDirectory, { clock: systemClock, log });
    stopTelling = tellRegularly({ budget, handoffs, log, isSimulated: config.simulated });
    const knowledge = openKnowledge(config.divisionDirectory, { log });
    await beginKnowledge({ knowledge, log });
    /** What an operation's end left to be said or removed, also when the executor was killed then. */
    const afterEnds = async () => {
      await reportBack({ division, approvals, handoffs, log });
      await learnFromEnded({ division, knowledge, log });
      const { operations: known, corrupt } = await division.operations();
      const untold = (error: unknown): void => {
        // Nothing waits for it, and the next end tries again.
        log.warn('manifests.not_forgotten', { message: error instanceof Error ? error.message : 'unknown' });
      };
      await forgetPriors(config.snapshotDirectory, known, clock.now()).catch(untold);
      if (corrupt.length > 0) return;
      const claims = { plans: await division.plans(), operations: known, now: clock.now(), wallMs: Date.now() };
      await forgetManifests(config.snapshotDirectory, claims).catch(untold);
    };
    const engine = new LocalEngine({
      division: killedAtWrites(division, killEvery),
      outlook: outlookOf(config, open.contractors, budget),
      clusterStatus: new ClusterStatusFile({
        division,
        log,
        thresholds: config.thresholds,
        isSimulated: () => config.simulated,
        onSeen: facts => keepCapacity({ knowledge, log }, facts, config.simulated, undefined),
      }),
      clock,
      log,
      approvals,
      spending: async () => {
        const { projected_tokens, overrun_limit_tokens } = await budget.today();
        return { tokens_projected: projected_tokens, tokens_limit: overrun_limit_tokens };
      },
      onEnd: afterEnds,
      snapshotDirectory: config.snapshotDirectory,
      procedures: {
        division,
        handoffs,
        snapshotDirectory: config.snapshotDirectory,
        secretsDirectory: config.secretsDirectory,
        privateFiles: openPrivateFiles(config.snapshotDirectory),
        recoveryFiles: openRecoveryFiles({ snapshots: config.snapshotDirectory, secrets: config.secretsDirectory }),
        reports: openReports(config.divisionDirectory),
        knowledge,
        budget,
        thresholds: config.thresholds,
        leadDays: config.capacity.lead_time_days,
        hasApprovers: config.approvers.length > 0,
        ...(open.fleet && { fleet: open.fleet }),
      },
      cluster: name => {
        const ports = open.ports.find(candidate => candidate.config.name === name);
        const writers = open.writers(name);
        return ports && writers ? { ports, writers } : undefined;
      },
    });
    log.info('executor.started', { pid: process.pid, directory: config.divisionDirectory });
    await engine.resume();
    await afterEnds();
    await serve(engine, config, log, terminate);
    await engine.stop();
    log.info('executor.ended', { pid: process.pid });
  } finally {
    stopTelling?.();
    await clusters?.close();
    await budget.close();
    if (simulation) await stopSimulation(simulation);
    await division.release();
  }
  return true;
}

async function serve(engine: LocalEngine, config: Config, log: Log, terminate: AbortSignal): Promise<void> {
  let quietSince = Date.now();
  let problem: string | undefined;
  while (!terminate.aborted) {
    try {
      await engine.takeRequests();
      problem = undefined;
    } catch (error) {
      // What the disk does not give or take now is tried again; one that lost its lock has to go.
      if (!(error instanceof DivisionError) || error.code === 'DIRECTORY_LOCKED') throw error;
      if (error.message !== problem)
        log.error('executor.disk_refuses', { message: error.message, remedy: error.remedy });
      problem = error.message;
    }
    if (engine.busy > 0 || (await wantedAgoMs(config.divisionDirectory)) < IDLE_MS) quietSince = Date.now();
    if (Date.now() - quietSince > IDLE_MS) return;
    await systemClock.sleep(REQUEST_POLL_MS, terminate);
  }
}

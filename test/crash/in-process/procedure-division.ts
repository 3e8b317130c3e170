/** One procedure of a small fleet in this process on virtual time; as many lives of the executor as are ended, and one more. */

import { join } from 'node:path';
import { openPrivateFiles } from '../../../src/division/private-files.ts';
import type { HandoffReading } from '../../../src/model/handoff.ts';
import type { JournalEntry, Request } from '../../../src/model/journal.ts';
import type { Operation } from '../../../src/model/operation.ts';
import { isProcedurePlan, type ProcedurePlan } from '../../../src/model/plan.ts';
import { Task } from '../../../src/model/task.ts';
import { planTask } from '../../../src/operations/planning-task.ts';
import type { FrontEnd } from '../../../src/ports.ts';
import type { LedgerReport } from '../../../src/simulation/ledger.ts';
import type { SimCluster } from '../../../src/simulation/world/cluster.ts';
import type { SavedWorld, WorldImage } from '../../../src/simulation/world/world.ts';
import { aHome, besideIn, type Home } from './beside.ts';
import { copied, type FleetOptions, fleetImage, worldFrom } from './fleet.ts';
import type { Life, Stop } from './life.ts';
import { readingPorts } from './reading-ports.ts';
import { Stage } from './stage.ts';
import type { ContractorKind, Order } from './world-contractor.ts';

export type Control = Pick<Extract<Request, { kind: 'control' }>, 'action' | 'reason' | 'node' | 'as' | 'holder'>;

/** Something that happens once, when the journal first shows what it waits for; the next one waits for this one. */
export interface Scene {
  when: (entry: JournalEntry) => boolean;
  /** Cluster time after that. */
  afterMs?: number;
  control?: Control;
  act?: (run: { world: SavedWorld; cluster: SimCluster; stage: Stage }) => Promise<void> | void;
}

/** What a procedure begins with: the same for all its runs. */
export interface PreparedProcedure {
  image: WorldImage;
  plan: ProcedurePlan;
  task: Task;
  furnish?: PrepareOptions['furnish'];
}

const signal = new AbortController().signal;

export interface PrepareOptions extends Partial<FleetOptions> {
  /** What the fleet is like when it is planned, and in every run. */
  arrange?: (run: { world: SavedWorld; cluster: SimCluster }) => void;
  /** What lies in the folders beside, when it is planned and in every run. */
  furnish?: (home: Home) => Promise<void>;
}

const secretsIn = ({ snapshots }: Home): string => join(snapshots, 'secrets');

/** Plans the task on the fleet. Rejects when something is against it from the beginning. */
export async function preparedProcedure(
  task: unknown,
  { fleet, arrange, furnish, ...versions }: PrepareOptions = {},
): Promise<PreparedProcedure> {
  const settled = fleetImage({
    fleet: { workers: 2, ...fleet },
    talosVersion: 'v1.13.9',
    talosctlVersion: 'v1.13.9',
    ...versions,
  });
  const { world, cluster } = worldFrom(copied(settled));
  arrange?.({ world, cluster });
  const image = arrange ? world.image() : settled;
  const ports = readingPorts(world, cluster);
  const home = await aHome();
  const stage = new Stage({ image }, {});
  try {
    await furnish?.(home);
    const parsed = Task.parse(task);
    const plan = await planTask(
      {
        config: { simulated: true, snapshotDirectory: home.snapshots, secretsDirectory: secretsIn(home) },
        clock: { now: () => world.now(), sleep: async () => {} },
        division: await stage.front(),
        privateFiles: openPrivateFiles(home.snapshots),
        clusters: async () => [ports],
      } as unknown as FrontEnd,
      parsed,
      signal,
    );
    const [against] = plan.preflight.blocked;
    if (against) throw new Error(`the plan is blocked: ${against.message}`);
    if (!isProcedurePlan(plan)) throw new Error('that is no procedure');
    return { image, plan, task: parsed, ...(furnish && { furnish }) };
  } finally {
    await home.remove();
  }
}

export interface ProcedureOptions {
  /** Where the executor's lives end, one after another. */
  stopAt?: readonly Stop[];
  restartAfterMs?: number;
  /** Default: the first-party one. */
  contractor?: ContractorKind;
  faults?: readonly Record<string, unknown>[];
  /** Before it is started. */
  before?: (run: { world: SavedWorld; cluster: SimCluster; home: Home }) => Promise<void> | void;
  /** Asked whenever the executor has nothing left to do; undefined: it is left so. */
  human?: (operation: Operation, run: { world: SavedWorld; cluster: SimCluster }) => Control | undefined;
  script?: readonly Scene[];
}

export interface ProcedureRun {
  plan: ProcedurePlan;
  operation: Operation;
  journal: readonly JournalEntry[];
  ledger: LedgerReport;
  /** Before it was started: what is told there is not its doing. */
  ledgerBefore: LedgerReport;
  world: SavedWorld;
  cluster: SimCluster;
  lives: readonly Life[];
  errors: readonly string[];
  /** Dispatched by the contractor, in order. */
  orders: readonly Order[];
  handoffs: readonly HandoffReading[];
  /** References of the handoffs that were sent. */
  sent: readonly string[];
}

const RESTART_MS = 3_000;
const MOST_ANSWERS = 10;

/** Runs it to its end, ending executors on the way where `stopAt` says so. Rejects when nothing moves any more. */
export async function runProcedure(prepared: PreparedProcedure, options: ProcedureOptions = {}): Promise<ProcedureRun> {
  const { image, plan } = prepared;
  const home = await aHome();
  try {
    const stage = new Stage(
      { image },
      { beside: besideIn(home), ...(options.contractor && { contractor: options.contractor }) },
    );
    const orders: Order[] = [];
    stage.contractor.onOrder = order => orders.push(order);
    for (const fault of options.faults ?? []) stage.cluster.faults.arm(fault);
    await prepared.furnish?.(home);
    await options.before?.({ world: stage.world, cluster: stage.cluster, home });
    const ledgerBefore = stage.cluster.ledger.report();
    if (prepared.task.playbook === 'deploy_application') {
      const files = openPrivateFiles(home.snapshots);
      for (const { manifests = '' } of prepared.task.applications) await files.keep(manifests);
    }
    const front = await stage.front();
    await front.savePlan(plan);
    const requests: string[] = [];
    const leave = async (
      asked: { kind: 'start'; plan_hash: string } | ({ kind: 'control'; operation_id: string } & Control),
    ) =>
      front.leaveRequest({
        record_version: 1,
        request_id: `request-${requests.push(asked.kind)}`,
        principal: 'operator',
        at: new Date(stage.world.now()).toISOString(),
        ...asked,
      });
    await leave({ kind: 'start', plan_hash: plan.plan_hash });
    let answers = 0;
    const ask = async (control: Control): Promise<void> => {
      const { operation } = await stage.records();
      await leave({ kind: 'control', operation_id: operation.operation_id, ...control });
    };
    const mayGoOn = async (): Promise<boolean> => {
      const { operation } = await stage.records();
      const { world, cluster } = stage;
      const control = answers < MOST_ANSWERS ? options.human?.(operation, { world, cluster }) : undefined;
      if (control === undefined) return false;
      answers += 1;
      await ask(control);
      return true;
    };
    stage.time.interlude = played(stage, options.script ?? [], ask);
    for (const stop of [...(options.stopAt ?? []), undefined]) {
      const { isDead } = await stage.live(stop, mayGoOn);
      if (!isDead) break;
      await stage.time.pass(options.restartAfterMs ?? RESTART_MS);
    }
    stage.cutPower();
    const { world, cluster, lives, errors } = stage;
    const records = await stage.records();
    const handoffs = await home.sent();
    return {
      plan,
      ...records,
      ledger: cluster.ledger.report(),
      ledgerBefore,
      world,
      cluster,
      lives,
      errors,
      orders,
      handoffs,
      sent: handoffs.map(({ context }) => String(context.reference)),
    };
  } finally {
    await home.remove();
  }
}

/** Looks into the journal each time that something may have been written to it. */
function played(stage: Stage, script: readonly Scene[], ask: (control: Control) => Promise<void>) {
  const left = [...script];
  let calls = -1;
  let due: number | undefined;
  return async (): Promise<void> => {
    const [scene] = left;
    if (scene === undefined) return;
    const made = stage.lives.reduce((total, life) => total + life.calls.length, 0);
    if (due === undefined && made !== calls && made > 0) {
      calls = made;
      const { journal } = await stage.records().catch(() => ({ journal: [] }));
      if (journal.some(scene.when)) due = stage.world.now() + (scene.afterMs ?? 0);
    }
    if (due === undefined || stage.world.now() < due) return;
    due = undefined;
    left.shift();
    await scene.act?.({ world: stage.world, cluster: stage.cluster, stage });
    if (scene.control) await ask(scene.control);
    if (scene.control) await stage.takeRequests();
  };
}

/**
 * A whole division in this process on virtual time: the product's engine, operations, decisions, division directory and writers
 * on the simulation's world; as many lives of the executor as are ended, and one more that goes on to the operation's end.
 */
import type { JournalEntry, Request } from '../../../src/model/journal.ts';
import type { Operation } from '../../../src/model/operation.ts';
import type { Plan } from '../../../src/model/plan.ts';
import type { LedgerReport } from '../../../src/simulation/ledger.ts';
import type { SimCluster } from '../../../src/simulation/world/cluster.ts';
import type { SavedWorld } from '../../../src/simulation/world/world.ts';
import { cordonedNodes } from './cordons.ts';
import type { Life, LifeEvents, Stop } from './life.ts';
import { preparedUpgrade, type UpgradeOptions } from './prepared-upgrade.ts';
import { type Moment, Stage, type StageOptions } from './stage.ts';
import type { WorldContractor } from './world-contractor.ts';

/** What a human asks for. */
export type Control = Pick<Extract<Request, { kind: 'control' }>, 'action' | 'reason' | 'node' | 'as'>;

export interface DivisionOptions extends UpgradeOptions, Pick<StageOptions, 'watch'> {
  /** Fault requests as the simulation's control takes them, armed before the operation starts. */
  faults?: readonly Record<string, unknown>[];
  /** Where the executor's lives end, one after another. */
  stopAt?: Stop | readonly Stop[];
  /** What happens to the contractor when an executor dies. By default nothing: it outlives it. */
  atDeath?: (contractor: WorldContractor) => void;
  /** Until the next executor is started, in cluster milliseconds. Default 3 s. */
  restartAfterMs?: number;
  /** Asked at each end of the operation but a good one; undefined leaves it so. */
  human?: (operation: Operation, run: { world: SavedWorld; cluster: SimCluster }) => Control | undefined;
}

export interface DivisionRun {
  plan: Plan;
  operation: Operation;
  journal: readonly JournalEntry[];
  ledger: LedgerReport;
  world: SavedWorld;
  cluster: SimCluster;
  contractor: WorldContractor;
  /** What each executor called, by name; all but the last were killed. */
  lives: readonly Life[];
  /** Errors that the product logged. */
  errors: readonly string[];
  /** The ends but a good one, and what the human answered to each. */
  halts: readonly Halt[];
}

export interface Halt {
  operation: Operation;
  /** Nodes with a cordon on them. */
  cordoned: readonly string[];
  control: Control | undefined;
}

const MOST_HALTS = 10;

type Asked = { kind: 'start'; plan_hash: string } | ({ kind: 'control'; operation_id: string } & Control);

/** A stage, and the humans before it. */
class Division {
  readonly #stage: Stage;
  readonly #options: DivisionOptions;
  readonly #plan: Plan;
  readonly #halts: Halt[] = [];

  constructor(stage: Stage, options: DivisionOptions, plan: Plan) {
    this.#stage = stage;
    this.#options = options;
    this.#plan = plan;
  }

  async start(): Promise<void> {
    for (const fault of this.#options.faults ?? []) this.#stage.cluster.faults.arm(fault);
    await (await this.#stage.front()).savePlan(this.#plan);
    await this.#leave({ kind: 'start', plan_hash: this.#plan.plan_hash });
  }

  live(stop: Stop | undefined, events?: LifeEvents): Promise<Life> {
    return this.#stage.live(stop, () => this.#answer(), events);
  }

  async #leave(request: Asked): Promise<void> {
    await (await this.#stage.front()).leaveRequest({
      record_version: 1,
      request_id: `request-${this.#halts.length}`,
      principal: 'operator',
      at: new Date(this.#stage.world.now()).toISOString(),
      ...request,
    });
  }

  /** True when somebody asks for something more. */
  async #answer(): Promise<boolean> {
    const { world, cluster } = this.#stage;
    const { operation } = await this.#stage.records();
    if (operation.status === 'succeeded' || this.#halts.length >= MOST_HALTS) return false;
    const control = this.#options.human?.(operation, { world, cluster });
    this.#halts.push({ operation, cordoned: cordonedNodes(cluster), control });
    if (control === undefined) return false;
    await this.#leave({ kind: 'control', operation_id: operation.operation_id, ...control });
    return true;
  }

  /** After a last power cut: what is told is what was synced. */
  async end(): Promise<DivisionRun> {
    this.#stage.cutPower();
    const { world, cluster, contractor, lives, errors } = this.#stage;
    return {
      plan: this.#plan,
      ...(await this.#stage.records()),
      ledger: cluster.ledger.report(),
      world,
      cluster,
      contractor,
      lives,
      errors,
      halts: this.#halts,
    };
  }
}

const RESTART_MS = 3_000;

/** Upgrades the fleet, ending executors on the way where `stopAt` says so. Rejects when nothing moves any more. */
export async function runDivision(options: DivisionOptions = {}): Promise<DivisionRun> {
  const { image, plan } = await preparedUpgrade(options);
  const stage = new Stage({ image }, options);
  const division = new Division(stage, options, plan);
  await division.start();
  for (const stop of [[options.stopAt ?? []].flat(), undefined].flat()) {
    const { isDead } = await division.live(stop);
    if (!isDead) break;
    await stage.time.pass(options.restartAfterMs ?? RESTART_MS);
  }
  return await division.end();
}

/** What the next executor makes of the moment at which the one before it died. */
export async function runOnFrom(moment: Moment, options: DivisionOptions): Promise<DivisionRun> {
  const { plan } = await preparedUpgrade(options);
  const stage = await Stage.at(moment, options);
  const division = new Division(stage, options, plan);
  await stage.time.pass(options.restartAfterMs ?? RESTART_MS);
  await division.live(undefined);
  return await division.end();
}

/** Moments between two turns of the event loop: many more are those of an executor that goes round in a circle. */
const MOST_MOMENTS = 500;

/** An upgrade that nobody disturbs, with `visit` called for every instant at which its executor could have been ended, in order. */
export async function visitMoments(
  options: DivisionOptions,
  when: Stop['when'],
  visit: (call: number, moment: Moment) => Promise<void>,
): Promise<DivisionRun> {
  const { image, plan } = await preparedUpgrade(options);
  const stage = new Stage({ image }, options);
  const division = new Division(stage, options, plan);
  const seen: (() => Promise<void>)[] = [];
  stage.time.interlude = async () => {
    for (const look of seen.splice(0)) await look();
  };
  stage.remember();
  await division.start();
  await division.live(undefined, {
    couldEnd: (call, at) => {
      if (at !== when || seen.length >= MOST_MOMENTS) return;
      const moment = stage.moment();
      seen.push(() => visit(call, moment));
    },
  });
  return await division.end();
}

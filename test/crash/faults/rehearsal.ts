/** Plays a scenario to its end, or to both of its ends. */
import type { JournalEntry } from '../../../src/model/journal.ts';
import type { Operation } from '../../../src/model/operation.ts';
import type { Plan } from '../../../src/model/plan.ts';
import type { Division } from '../../../src/ports.ts';
import type { LedgerReport } from '../../../src/simulation/ledger.ts';
import { cordonedNodes } from '../in-process/cordons.ts';
import type { Control } from '../in-process/division.ts';
import { leaseHolder } from '../in-process/judge.ts';
import { preparedUpgrade } from '../in-process/prepared-upgrade.ts';
import { Stage } from '../in-process/stage.ts';
import { currentWatch } from '../in-process/world-watch.ts';
import { at } from './moments.ts';
import { type Place, type Scenario, WORKER } from './scenario.ts';
import { ServedStage } from './served-stage.ts';

/** How it stood when nothing more was done. */
export interface Seen {
  operation: Operation;
  journal: readonly JournalEntry[];
  ledger: LedgerReport;
  cordoned: readonly string[];
  leaseHolder: string | undefined;
}

type Asked = { kind: 'start'; plan_hash: string } | ({ kind: 'control'; operation_id: string } & Control);

/** Where an upgrade is played. */
interface Stagelike extends Place {
  front(): Promise<Division>;
  records(): Promise<{ operation: Operation; journal: readonly JournalEntry[] }>;
  live(stop: undefined, mayGoOn: () => Promise<boolean>): Promise<unknown>;
}

export interface Rehearsed {
  /** Before the first step, and after the last. */
  ends: readonly Seen[];
  /** The fault was there: it was armed, and, where it strikes a number of times, used up or taken away. */
  struck: boolean;
}

export async function rehearse(scenario: Scenario): Promise<Rehearsed> {
  const { image, plan } = await preparedUpgrade(scenario.upgrade ?? {});
  if (!scenario.isServed) return await play(new Stage({ image }, { watch: currentWatch }), plan, scenario);
  const stage = await ServedStage.open(image);
  try {
    return await play(stage, plan, scenario);
  } finally {
    await stage.close();
  }
}

/** Returns whether it struck, once that can be told. */
function arm(stage: Place, { fault: kind, request, when = 'planned', besides }: Scenario): () => boolean {
  const { cluster } = stage;
  let id: string | undefined;
  at(cluster, when, () => {
    id = cluster.faults.arm({ kind, ...request }).id;
  });
  const isCounted = (): boolean => cluster.faults.list().some(fault => fault.id === id && fault.count !== null);
  const struck = (): boolean => id !== undefined && !isCounted();
  if (besides === undefined) return struck;
  at(cluster, { talosctl: 'upgrade', of: WORKER }, () => {
    cluster.clock.wait(besides.afterMs, () => besides.act(stage));
  });
  return struck;
}

/** Plays it on a stage of the caller's. */
export async function play(stage: Stagelike, plan: Plan, scenario: Scenario): Promise<Rehearsed> {
  const { world, cluster } = stage;
  let asked = 0;
  const leave = async (request: Asked): Promise<void> => {
    asked += 1;
    await (await stage.front()).leaveRequest({
      record_version: 1,
      request_id: `request-${asked}`,
      principal: 'operator',
      at: new Date(world.now()).toISOString(),
      ...request,
    });
  };
  const ends: Seen[] = [];
  const steps = [...(scenario.after?.steps ?? [])];
  const look = async (): Promise<Operation> => {
    const { operation, journal } = await stage.records();
    ends.push({
      operation,
      journal,
      ledger: structuredClone(cluster.ledger.report()),
      cordoned: cordonedNodes(cluster),
      leaseHolder: leaseHolder(stage),
    });
    return operation;
  };
  const struck = arm(stage, scenario);
  await (await stage.front()).savePlan(plan);
  await leave({ kind: 'start', plan_hash: plan.plan_hash });
  await stage.live(undefined, async () => {
    const operation = await look();
    const control = steps.shift()?.(stage, operation);
    if (control === undefined) return false;
    await leave({ kind: 'control', operation_id: operation.operation_id, ...control });
    return true;
  });
  const [first, ...rest] = ends;
  return {
    ends: [first, rest.at(-1)].filter(seen => seen !== undefined),
    struck: struck(),
  };
}

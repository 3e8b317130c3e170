/** What a procedure must have come to, by the simulation's own account and by its journal. */
import type { JournalEntry } from '../../../src/model/journal.ts';
import type { PlannedStep } from '../../../src/model/step.ts';
import type { LedgerReport } from '../../../src/simulation/ledger.ts';
import { cordonedNodes } from './cordons.ts';
import { leaseHolder } from './judge.ts';
import type { ProcedureRun } from './procedure-division.ts';

/** Never, whatever the end and however often the executor was killed. */
export function procedureViolations({
  ledger,
  ledgerBefore,
  errors,
  orders,
  operation,
  journal,
  sent,
  plan,
}: ProcedureRun): string[] {
  const machines = plan.steps.filter(({ action }) => action.does === 'configure_machine').length;
  const since = (count: (report: LedgerReport) => number): number => count(ledger) - count(ledgerBefore);
  const forbidden: [string, number, number][] = [
    ['moments with two control plane nodes down', since(report => report.control_plane_overlaps), 0],
    ['losses of quorum', since(report => report.etcd_quorum_lost), 0],
    ['violations of budgets', since(report => report.pdb_violations), 0],
    ['installs', since(report => report.installs.length), machines],
    ['installs in one boot', ledger.max_installs_per_boot, 1],
    ['reboots in one boot', ledger.max_reboots_per_boot, 1],
  ];
  return [
    ...forbidden.filter(([, count, most]) => count > most).map(([what, count]) => `${count} ${what}`),
    ...Object.entries(ledger.evictions_by_pod_uid).flatMap(([uid, times]) =>
      times > 1 ? [`pod ${uid} was evicted ${times} times`] : [],
    ),
    ...repeated(orders.map(({ attemptId }) => attemptId)).map(id => `attempt ${id} was dispatched twice`),
    ...repeated(sent).map(reference => `handoff ${reference} was sent twice`),
    ...errors.filter(error => !error.startsWith('request.refused')).map(error => `logged: ${error}`),
    ...outOfOrder(plan.steps, journal),
    ...withoutIntent(journal),
    ...(operation.sequence === journal.length
      ? []
      : [`the record tells of ${operation.sequence} entries, the journal has ${journal.length}`]),
  ];
}

const repeated = (names: readonly string[]): string[] => [
  ...new Set(names.filter((name, index) => names.indexOf(name) !== index)),
];

const isOver = (state: string | undefined): boolean => state === 'done' || state === 'failed' || state === 'skipped';

/** Steps that were begun, or did something, before what they wait for was over: the seed's order is the plan's. */
function outOfOrder(steps: readonly PlannedStep[], journal: readonly JournalEntry[]): string[] {
  const states = new Map<string, string>();
  const wrong: string[] = [];
  for (const entry of journal) {
    if (entry.kind !== 'step' && entry.kind !== 'intent') continue;
    const step = steps.find(({ id }) => id === entry.step);
    const open = step?.depends_on.find(id => !isOver(states.get(id)));
    const isBegun = entry.kind === 'intent' || entry.state !== 'skipped';
    if (open !== undefined && isBegun) wrong.push(`${entry.step} (${entry.kind} ${entry.sequence}) before ${open}`);
    if (entry.kind === 'step') states.set(entry.step, entry.state);
  }
  return wrong;
}

/** Outcomes of effects that were not on disk before them (SAFETY 3). */
function withoutIntent(journal: readonly JournalEntry[]): string[] {
  const kinds: string[] = [];
  const wrong: string[] = [];
  for (const entry of journal) {
    if (entry.kind === 'intent') kinds.push(entry.effect.kind);
    if (entry.kind === 'outcome' && kinds.at(-1) !== entry.effect.kind)
      wrong.push(`${entry.effect.kind} without intent`);
  }
  return wrong;
}

/** What is wrong with a run that should have done all of its steps; empty when nothing is. */
export function procedureShortcomings(run: ProcedureRun): string[] {
  const { operation, cluster } = run;
  const holder = leaseHolder(run);
  const undone = (operation.steps ?? []).filter(({ state }) => state !== 'done');
  return [
    ...procedureViolations(run),
    ...(operation.status === 'succeeded' ? [] : [`it is ${operation.status}: ${JSON.stringify(operation.stopped)}`]),
    ...undone.map(({ id, state }) => `${id} is ${state}`),
    ...cordonedNodes(cluster).map(name => `${name} is left cordoned`),
    ...(holder === undefined ? [] : [`the Lease is left with ${holder}`]),
  ];
}

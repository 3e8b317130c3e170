import { dayOf } from '../../decisions/budget.ts';
import { inventoryOf } from '../../decisions/checks/certificates.ts';
import { capacitySample } from '../../decisions/knowledge.ts';
import { overallOf, type Told } from '../../decisions/step-handoffs/told.ts';
import { findingsReport, type ReportInput, statusReport } from '../../decisions/step-reports.ts';
import { DivisionError } from '../../errors.ts';
import type { KnowledgeEntry } from '../../model/knowledge.ts';
import type { StepRecord, StepResult } from '../../model/step.ts';
import { readCertificates } from '../checks/read-subject.ts';
import { recoveryMinutes } from '../recovery-records.ts';
import { inCluster } from './in-cluster.ts';
import { resultOf, type StepPerformer, type StepScene } from './step.ts';
import { toldSoFar } from './told.ts';

/** A recovery that takes longer is Cortex Prime's (seed 512). */
const RTO_TARGET_MINUTES = 60;

type Writer = (scene: StepScene) => Promise<StepResult>;

const title: Record<StepRecord, string> = {
  certificates: 'the inventory of certificates',
  capacity_sample: 'a sample of capacity',
  recovery_time: 'the recovery time',
  incident: 'the incident',
  deployment: 'the deployment',
  lesson: 'the lesson',
  monthly_review: 'the review',
  version_plan: 'the version plan',
  capacity_report: 'the capacity report',
  optimisation_report: 'the optimisation report',
  daily_status: 'the daily status',
  emergency_reserve: 'the emergency reserve',
};

/** Writes what was found into the division's own records: reports/TYPE/, the knowledge base, the ledger. Each file whole, under a name that follows from the operation. */
export const record: StepPerformer<'record'> = async scene => {
  const kind = scene.step.action.record;
  return { kind: 'write', reason: `${title[kind]} is written down`, write: () => writers[kind](scene) };
};

const iso = (ms: number): string => new Date(ms).toISOString();
const own = ({ step: { target } }: StepScene): string => target.cluster ?? 'division';

async function reportOf(scene: StepScene, told: Told, reportType: string): Promise<ReportInput> {
  const { plan, state, ports, now } = scene;
  const names = [...new Set(plan.steps.map(({ contractor }) => contractor))].sort();
  const count = (name: string, wanted: 'done' | 'failed'): number =>
    plan.steps.filter(({ id, contractor }) => contractor === name && state.steps.get(id)?.state === wanted).length;
  const [{ operations }, day] = await Promise.all([ports.division.operations(), ports.budget.today()]);
  const today = dayOf(now, 'UTC');
  return {
    told,
    reportType,
    contractors: names.map(name => ({ name, done: count(name, 'done'), failed: count(name, 'failed') })),
    endedToday: operations.filter(({ finished_at: at }) => at !== undefined && dayOf(Date.parse(at), 'UTC') === today),
    tokensUsed: day.used_tokens,
  };
}

/** One file a day and operation; the same operation writes the same file again. */
async function writeReport(scene: StepScene, type: string, make: (input: ReportInput) => Record<string, unknown>) {
  const told = await toldSoFar(scene);
  const report = make(await reportOf(scene, told, type));
  const begun = iso(Date.parse(scene.progress.started_at ?? iso(scene.now))).slice(0, 10);
  const path = await scene.ports.reports.write(type, `${begun}-${scene.operationId}`, report);
  return { path, headline: `${type} ${overallOf(told)}: ${path}` };
}

const report =
  (type: string): Writer =>
  scene =>
    writeReport(scene, type, findingsReport);

async function keep(scene: StepScene, file: Parameters<typeof scene.ports.knowledge.keep>[0], entry: KnowledgeEntry) {
  const isNew = await scene.ports.knowledge.keep(file, entry);
  return { entry_id: entry.entry_id, file, is_new: isNew };
}

/** Names and dates; no key, no certificate (ledger R136). */
const certificates: Writer = async scene => {
  const { cluster } = inCluster(scene);
  const machines = await readCertificates({ ...scene, cluster });
  const inventory = inventoryOf(machines);
  const unread = machines.flatMap(({ node, error }) => (error === undefined ? [] : [node]));
  const name = `${own(scene)}-${scene.operationId}`;
  const told = { as_of: iso(scene.now), cluster: own(scene), simulated: scene.plan.simulated };
  const path = await scene.ports.reports.write('certificates', name, { ...told, certificates: inventory, unread });
  const kept = await keep(scene, 'talos-operations.json', {
    entry_id: `certificates-${name}`,
    at: iso(scene.now),
    name: `Certificates of ${own(scene)}`,
    summary: `${inventory.length} certificates, names and dates in ${path}`,
    ...told,
  });
  return { ...kept, path, certificates: inventory.length };
};

const sample: Writer = async scene => {
  const { cluster } = inCluster(scene);
  const facts = await cluster.kubernetes.facts(scene.signal);
  const usage = await cluster.usage?.nodes(scene.signal).catch(() => undefined);
  return keep(scene, 'capacity-planning.json', capacitySample(facts, cluster.config.simulated, usage));
};

/** The target, and what the last recovery took; a drill that restores nothing measures no recovery, and says so (ledger R141). */
/** What the drill of the cluster's backup came to; undefined: nothing was restored. */
function restoredOf({ plan, state, step }: StepScene): StepResult | undefined {
  const found = plan.steps.find(
    ({ action, target }) => action.does === 'compare_restored' && target.backup_of === step.target.cluster,
  );
  return found && state.steps.get(found.id)?.result;
}

const minutesOf = (drill: StepResult | undefined): number | undefined =>
  drill?.outcome === 'restored' && typeof drill.rto_minutes === 'number' ? drill.rto_minutes : undefined;

const recoveryTime: Writer = async scene => {
  const cluster = own(scene);
  const restored = restoredOf(scene);
  const rto = (await recoveryMinutes(scene.ports, cluster)) ?? minutesOf(restored);
  const drill = restored ?? resultOf(scene, 'drill_restore');
  const kept = await keep(scene, 'incident-responses.json', {
    entry_id: `recovery-time-${cluster}-${scene.operationId}`,
    at: iso(scene.now),
    name: `Recovery time of ${cluster}`,
    summary: rto === undefined ? 'no recovery was measured yet' : `the last recovery took ${rto} minutes`,
    cluster,
    simulated: scene.plan.simulated,
    rto_target_minutes: RTO_TARGET_MINUTES,
    rto_minutes: rto ?? null,
    drill: drill ?? null,
  });
  return { ...kept, rto_target_minutes: RTO_TARGET_MINUTES, rto_minutes: rto ?? null };
};

const entryOf = async (scene: StepScene, what: string): Promise<KnowledgeEntry> => {
  const told = await toldSoFar(scene);
  return {
    entry_id: `${what}-${scene.operationId}`,
    at: scene.progress.started_at ?? iso(scene.now),
    name: told.title,
    summary:
      told.failed.length === 0
        ? `${told.title} on ${told.clusters.join(', ')}: done`
        : `${told.title} on ${told.clusters.join(', ')}: ${told.failed.map(({ step }) => step).join(', ')} failed`,
    use_cases: [scene.plan.playbook],
    clusters: told.clusters,
    findings: told.issues.slice(0, 20).map(({ message }) => message),
    diagnosis: told.diagnosis ?? null,
    steps: scene.plan.steps
      .map(({ id }) => ({ id, state: scene.state.steps.get(id)?.state ?? 'pending' }))
      .slice(0, 100),
    simulated: scene.plan.simulated,
  };
};

const incident: Writer = async scene => {
  const kept = await keep(scene, 'incident-responses.json', await entryOf(scene, 'incident'));
  return { ...kept, ...(await writeReport(scene, 'incident', findingsReport)) };
};

const emergencyReserve: Writer = async scene => {
  const tokens = scene.plan.estimate.tokens;
  const verdict = await scene.ports.budget.reserve({
    id: `emergency-${scene.operationId}`,
    category: 'emergency_reserve',
    tokens,
    reason: `${scene.plan.playbook} of ${own(scene)}`,
    isEmergency: scene.plan.playbook === 'cluster_failure',
  });
  if (verdict.verdict === 'refused') {
    throw new DivisionError(
      'BUDGET_EXHAUSTED',
      verdict.reason,
      'ask the COO (approve_or_escalate), then control_operation resume',
    );
  }
  return { tokens, verdict: verdict.verdict };
};

const writers: Record<StepRecord, Writer> = {
  certificates,
  capacity_sample: sample,
  recovery_time: recoveryTime,
  incident,
  deployment: async scene => keep(scene, 'deployment-strategies.json', await entryOf(scene, 'deployment')),
  /** Counted at the operation's end, with how it ended (operations/learning). */
  lesson: async () => ({ counted_at: 'the end of the operation' }),
  monthly_review: report('monthly_review'),
  version_plan: report('version_plan'),
  capacity_report: report('capacity_forecast'),
  optimisation_report: report('optimisation'),
  daily_status: scene => writeReport(scene, 'daily_status', statusReport),
  emergency_reserve: emergencyReserve,
};

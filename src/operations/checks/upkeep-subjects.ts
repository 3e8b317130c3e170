/** Weekly and monthly subjects: certificates, backups, versions, capacity, the review. */
import { checkGrowth } from '../../decisions/capacity/checks.ts';
import { checkBackups, checkRecoveryPlan } from '../../decisions/checks/backups.ts';
import { checkNodeNeeds } from '../../decisions/checks/capacity.ts';
import { checkCertificates, checkChain, checkRotation } from '../../decisions/checks/certificates.ts';
import { checkDrift } from '../../decisions/checks/drift.ts';
import {
  checkBudgetEfficiency,
  checkDeployments,
  checkUptime,
  type Period,
  periodOf,
} from '../../decisions/checks/review.ts';
import { checkReleases, planUpgrade } from '../../decisions/checks/upgrade-planning.ts';
import {
  checkRemovedApis,
  checkStagingRecord,
  checkVersionPath,
  checkWindow,
  type PastUpgrade,
} from '../../decisions/checks/versions.ts';
import { minorOf, removedBetween } from '../../decisions/kubernetes-releases.ts';
import { at } from '../../decisions/manifest/json.ts';
import { DivisionError } from '../../errors.ts';
import { HORIZON_DAYS } from '../../model/capacity.ts';
import { isProcedurePlan } from '../../model/plan.ts';
import type { CheckSubject } from '../../model/step.ts';
import { readCapacity } from '../read-capacity.ts';
import { recoveryMinutes, snapshotsOf } from '../recovery-records.ts';
import type { StepScene } from '../steps/step.ts';
import { readCertificates, readVersions, seenVersions } from './read-subject.ts';
import type { ClusterLooker, ClusterScene, DivisionLooker } from './subject.ts';

const certificates: ClusterLooker = async scene =>
  checkCertificates(await readCertificates(scene), scene.now, scene.ports.thresholds.certificate_days);
const certificateRotation: ClusterLooker = async scene =>
  checkRotation(await readCertificates(scene), scene.now, scene.ports.thresholds.certificate_days);

const certificateChain: ClusterLooker = async scene => {
  const [servers, machines] = await Promise.all([
    scene.cluster.kubernetes.servers(scene.signal),
    readCertificates(scene),
  ]);
  return checkChain(servers, machines);
};

const backups: ClusterLooker = async scene => {
  const { name } = scene.cluster.config;
  return checkBackups(name, await snapshotsOf(scene.ports, name), scene.now);
};

/** File names tell enough: what is in them is secret. */
const recoveryPlan: ClusterLooker = async ({ cluster, ports }) => {
  const { name } = cluster.config;
  const [snapshots, secrets, rtoMinutesMeasured] = await Promise.all([
    snapshotsOf(ports, name),
    ports.recoveryFiles.secretNames(),
    recoveryMinutes(ports, name),
  ]);
  const own = secrets.filter(file => file.startsWith(`${name}-`) || file.startsWith(`${name}.`));
  return checkRecoveryPlan(name, {
    hasSnapshot: snapshots.length > 0,
    hasMachineConfigurations: own.some(file => /\.ya?ml$/.test(file) && !file.includes('secrets')),
    hasSecretsBundle: own.some(file => /secrets.*\.ya?ml$/.test(file)),
    hasContacts: ports.hasApprovers,
    rtoMinutesMeasured,
  });
};

/** The version that a task asks for; asked of the plan where it names none. */
function wantedVersion({ task }: StepScene): string | undefined {
  return 'to_version' in task ? task.to_version : undefined;
}

function demandedVersion(scene: StepScene): string {
  const version = wantedVersion(scene);
  if (version !== undefined) return version;
  throw new DivisionError('INPUT_INVALID', `${scene.step.id}: the task names no version`, 'plan again with to_version');
}

const kubernetesReleases: ClusterLooker = async scene => checkReleases(await readVersions(scene), scene.now);

const upgradeSchedule: ClusterLooker = async scene => {
  const windows = scene.cluster.config.windows ?? [];
  return planUpgrade({ ...(await readVersions(scene)), windows }, wantedVersion(scene), scene.now);
};

const versionPath: ClusterLooker = async scene => checkVersionPath(await readVersions(scene), demandedVersion(scene));

const removedApis: ClusterLooker = async scene => {
  const to = demandedVersion(scene);
  const running = await readVersions(scene);
  const [from, target] = [minorOf(running.kubernetes ?? ''), minorOf(to)];
  const kinds = from === undefined || target === undefined ? [] : removedBetween(from, target);
  const { usage } = scene.cluster;
  if (kinds.length > 0 && !usage)
    throw new DivisionError('CAPABILITY_MISSING', 'who writes objects can’t be read here', 'update containers-gm');
  return checkRemovedApis(running, to, (await usage?.writtenVersions(kinds, scene.signal)) ?? []);
};

const stagingRecord: ClusterLooker = async scene => {
  const { name, environment } = scene.cluster.config;
  const { playbook } = scene.task;
  const isPlanning = playbook === 'version_planning';
  const toVersion = wantedVersion(scene) ?? (await nextMinor(scene));
  if (toVersion === undefined) return { issues: [], headline: 'nothing to upgrade to', figures: { needed: false } };
  const asked = { cluster: name, environment, playbook: isPlanning ? 'kubernetes_upgrade' : playbook, toVersion };
  const found = checkStagingRecord(asked, await pastUpgrades(scene));
  // Where it is only planned it is something to do, not something that is wrong.
  return isPlanning
    ? { ...found, issues: found.issues.map(issue => ({ ...issue, severity: 'info' as const })) }
    : found;
};

const nextMinor = async (scene: ClusterScene): Promise<string | undefined> => {
  const { figures } = checkReleases(await readVersions(scene), scene.now);
  return typeof figures.next_minor === 'string' ? figures.next_minor : undefined;
};

/** Upgrades that succeeded, each of its clusters for itself. */
async function pastUpgrades({ ports }: StepScene): Promise<PastUpgrade[]> {
  const { operations } = await ports.division.operations();
  const succeeded = operations.filter(
    ({ status, playbook }) => status === 'succeeded' && playbook.endsWith('_upgrade'),
  );
  const plans = await Promise.all(succeeded.map(({ plan_hash }) => ports.division.plan(plan_hash)));
  return plans.flatMap((plan, index) => {
    if (!plan) return [];
    const { task } = isProcedurePlan(plan) ? plan.requested : { task: plan.requested };
    const toVersion = at(task, 'to_version');
    const finished = succeeded[index]?.finished_at ?? '';
    if (typeof toVersion !== 'string') return [];
    return plan.clusters.map(({ name: cluster, environment }) => ({
      playbook: plan.playbook,
      environment,
      cluster,
      toVersion,
      at: finished,
    }));
  });
}

const window: ClusterLooker = async ({ cluster, now }) =>
  checkWindow(cluster.config.name, cluster.config.windows ?? [], now);

const growth: ClusterLooker = async ({ cluster, ports, signal }) =>
  checkGrowth(await readCapacity(ports, cluster, { horizonDays: HORIZON_DAYS }, signal));

const nodeNeeds: ClusterLooker = async ({ cluster, signal }) => checkNodeNeeds(await cluster.kubernetes.facts(signal));

const periodIn = ({ task, now }: StepScene): Period =>
  periodOf(task.playbook === 'division_review' ? task.month : undefined, now);

const uptime: DivisionLooker = async scene =>
  checkUptime((await scene.ports.division.operations()).operations, periodIn(scene));
const deployments: DivisionLooker = async scene =>
  checkDeployments((await scene.ports.division.operations()).operations, periodIn(scene));
const budgetEfficiency: DivisionLooker = async scene =>
  checkBudgetEfficiency(
    (await scene.ports.division.operations()).operations,
    periodIn(scene),
    await scene.ports.budget.today(),
  );

/** As the contractor over several clusters says, and as the Kubernetes of each shows. */
const drift: DivisionLooker = async scene => {
  const { ports, plan, signal, clusterNamed } = scene;
  const names = plan.clusters.map(({ name }) => name);
  const { fleet } = ports;
  if (!fleet)
    throw new DivisionError(
      'CAPABILITY_MISSING',
      'no contractor over several clusters is configured',
      'add "talos-a2a" to mcp.json: {"command": "containers-gm", "args": ["contractor", "talos-a2a"]}',
    );
  const [claimed, found, seen] = await Promise.all([
    fleet.versions(names, signal),
    fleet.drift(names, signal),
    Promise.all(names.map(name => seenVersions(name, clusterNamed(name), signal))),
  ]);
  return checkDrift({ contractor: fleet.contractor, claimed, drift: found, seen });
};

export const upkeepSubjects = {
  certificates,
  certificate_rotation: certificateRotation,
  certificate_chain: certificateChain,
  backups,
  recovery_plan: recoveryPlan,
  kubernetes_releases: kubernetesReleases,
  upgrade_schedule: upgradeSchedule,
  version_path: versionPath,
  removed_apis: removedApis,
  staging_record: stagingRecord,
  window,
  growth,
  node_needs: nodeNeeds,
} satisfies Partial<Record<CheckSubject, ClusterLooker>>;

export const divisionSubjects = {
  drift,
  uptime,
  deployments,
  budget_efficiency: budgetEfficiency,
} satisfies Partial<Record<CheckSubject, DivisionLooker>>;

/** Subjects about pods, services and what they use. */
import { type CheckIssue, issueOf } from '../../decisions/checks/check.ts';
import { checkPlacement, checkRebalancing } from '../../decisions/checks/placement.ts';
import { checkPodSecurityPosture } from '../../decisions/checks/pod-security-posture.ts';
import { checkPods, checkRestarts, type RestartLook, restartLook, restartRate } from '../../decisions/checks/pods.ts';
import { checkQuotas } from '../../decisions/checks/quotas.ts';
import { checkIngress, checkServices } from '../../decisions/checks/services.ts';
import { checkUnused } from '../../decisions/checks/unused.ts';
import {
  type CpuLook,
  checkContainerUsage,
  checkNodeUsage,
  checkResources,
  cpuLook,
  SUSTAINED_MS,
  sustainedCpu,
} from '../../decisions/checks/usage.ts';
import { checkUtilisation } from '../../decisions/checks/utilisation.ts';
import { at } from '../../decisions/manifest/json.ts';
import { DivisionError } from '../../errors.ts';
import type { CheckSubject } from '../../model/step.ts';
import type { PodSymptoms } from '../../model/symptoms.ts';
import type { PodPeak } from '../../model/usage-facts.ts';
import type { UsageReader } from '../../ports/usage.ts';
import { keepCapacity } from '../learning.ts';
import { readServices } from './read-services.ts';
import type { ClusterLooker, ClusterScene } from './subject.ts';

const POLL_MS = 60_000;
const RESTARTS_AT_MOST_MS = 75 * 60_000;
const USAGE_AT_MOST_MS = SUSTAINED_MS + 10 * POLL_MS;

function usageOf({ cluster }: ClusterScene): UsageReader | undefined {
  return cluster.usage;
}

async function symptomsOf({ cluster, task, signal }: ClusterScene): Promise<PodSymptoms[]> {
  const pods = await cluster.symptoms?.pods({}, signal);
  if (!pods) throw new DivisionError('CAPABILITY_MISSING', 'pods can’t be looked into here', 'update containers-gm');
  return pods.filter(({ namespace }) => isAsked(task, namespace));
}

/** A task may ask for one namespace. */
const isAsked = (task: ClusterScene['task'], namespace: string | undefined): boolean =>
  task.playbook !== 'workload_monitoring' || task.namespace === undefined || task.namespace === namespace;

const pods: ClusterLooker = async scene => checkPods(await symptomsOf(scene), scene.now);

/** Two looks up to an hour apart, only for pods whose counters leave it open (ledger R122). */
const restarts: ClusterLooker = async scene => {
  const limit = scene.ports.thresholds.pod_restarts_per_hour;
  const later = restartLook(await symptomsOf(scene), scene.now, limit);
  const kept = scene.progress.result?.first;
  const first = isRestartLook(kept) ? kept : later;
  const { undecided, isTooLate } = restartRate(first, later, limit);
  const check = checkRestarts(first, later, limit);
  if (undecided.length === 0 && !isTooLate) return check;
  return {
    reason: `${undecided.length} pods may restart too often: ${Math.round((later.at - first.at) / 60_000)} minutes watched`,
    whatEndsIt: 'an hour of their restart counters is seen',
    pollMs: POLL_MS,
    atMostMs: RESTARTS_AT_MOST_MS,
    remember: { first: isTooLate ? later : first },
    check,
  };
};

const isRestartLook = (value: unknown): value is RestartLook =>
  typeof at(value, 'at') === 'number' &&
  typeof at(value, 'restarts') === 'object' &&
  Array.isArray(at(value, 'suspects'));

const resources: ClusterLooker = async scene => {
  const { cluster, ports, signal } = scene;
  const [facts, used] = await Promise.all([cluster.kubernetes.facts(signal), usageOf(scene)?.nodes(signal)]);
  await keepCapacity(ports, facts, cluster.config.simulated, used);
  return checkResources(facts, used, ports.thresholds);
};

/** Looks again only while a node is above its threshold and was in every look (ledger R123). */
const nodeUsage: ClusterLooker = async scene => {
  const { cluster, ports, now, signal, progress } = scene;
  const [facts, usage] = await Promise.all([cluster.kubernetes.facts(signal), usageOf(scene)?.nodes(signal)]);
  await keepCapacity(ports, facts, cluster.config.simulated, usage);
  const kept = progress.result?.looks;
  const earlier = Array.isArray(kept) ? kept.filter(isCpuLook) : [];
  const looks = usage ? [...earlier, cpuLook(facts.nodes, usage, now)] : earlier;
  const { undecided } = sustainedCpu(looks, ports.thresholds.node_cpu_percent);
  const check = checkNodeUsage({ facts, usage, looks, thresholds: ports.thresholds });
  if (undecided.length === 0) return check;
  return {
    reason: `${undecided.length} nodes are above their CPU threshold, look ${looks.length}`,
    whatEndsIt: `they are for ${SUSTAINED_MS / 60_000} minutes, or fall below`,
    pollMs: POLL_MS,
    atMostMs: USAGE_AT_MOST_MS,
    remember: { looks },
    check,
  };
};

const isCpuLook = (value: unknown): value is CpuLook =>
  typeof at(value, 'at') === 'number' && typeof at(value, 'percent') === 'object';

const containerUsage: ClusterLooker = async scene => {
  const { cluster, signal, task } = scene;
  const [facts, usage] = await Promise.all([cluster.kubernetes.facts(signal), usageOf(scene)?.pods(signal)]);
  return checkContainerUsage(
    facts,
    usage?.filter(({ namespace }) => isAsked(task, namespace)),
  );
};

/** A week of the pods, where somebody remembers it; without it the look is as good as one look is, and says so. */
async function peaksOf({ cluster, signal }: ClusterScene): Promise<{ peaks?: PodPeak[]; issues: CheckIssue[] }> {
  if (cluster.history === undefined) return { issues: [] };
  try {
    return { peaks: await cluster.history.podPeaks(signal), issues: [] };
  } catch (error) {
    if (!(error instanceof DivisionError) || error.code === 'CANCELLED') throw error;
    return { issues: [issueOf('info', 'R312: requests by a week of use', 'prometheus', error.message)] };
  }
}

const utilisation: ClusterLooker = async scene => {
  const { cluster, ports, signal } = scene;
  const usage = usageOf(scene);
  const [facts, used, podUsage, remembered] = await Promise.all([
    cluster.kubernetes.facts(signal),
    usage?.nodes(signal),
    usage?.pods(signal),
    peaksOf(scene),
  ]);
  await keepCapacity(ports, facts, cluster.config.simulated, used);
  const check = checkUtilisation(facts, used, podUsage, remembered.peaks);
  return { ...check, issues: [...check.issues, ...remembered.issues] };
};

const services: ClusterLooker = async scene => {
  const found = await readServices(scene);
  return checkServices(found.filter(({ namespace }) => isAsked(scene.task, namespace)));
};

const ingress: ClusterLooker = async ({ cluster, signal, task }) => {
  const found = await cluster.workloads.list({ apiVersion: 'networking.k8s.io/v1', kind: 'Ingress' }, {}, signal);
  const asked = found.filter(({ ref }) => isAsked(task, ref.namespace));
  return checkIngress(
    asked.map(({ ref }) => ({ namespace: ref.namespace ?? '', name: ref.name })),
    undefined,
  );
};

const rebalancing: ClusterLooker = async ({ cluster, signal }) =>
  checkRebalancing(await cluster.kubernetes.facts(signal));
const placement: ClusterLooker = async ({ cluster, signal }) => checkPlacement(await cluster.kubernetes.facts(signal));
const quotas: ClusterLooker = async ({ cluster, signal }) => checkQuotas(await cluster.workloads.namespaces(signal));
const podSecurity: ClusterLooker = async ({ cluster, signal }) =>
  checkPodSecurityPosture(await cluster.workloads.namespaces(signal));

const WORKLOADS = [
  ['apps/v1', 'Deployment'],
  ['apps/v1', 'StatefulSet'],
  ['apps/v1', 'DaemonSet'],
  ['batch/v1', 'CronJob'],
] as const;

const unused: ClusterLooker = async ({ cluster, signal }) => {
  const list = (apiVersion: string, kind: string) => cluster.workloads.list({ apiVersion, kind }, {}, signal);
  const [known, workloads, templates, claims, configMaps, found] = await Promise.all([
    cluster.kubernetes.pods({}, signal),
    Promise.all(WORKLOADS.map(([apiVersion, kind]) => list(apiVersion, kind))),
    list('v1', 'Pod'),
    list('v1', 'PersistentVolumeClaim'),
    list('v1', 'ConfigMap'),
    list('v1', 'Service'),
  ]);
  const all = workloads.flat();
  return checkUnused({
    pods: known,
    users: [...templates, ...all],
    claims,
    configMaps,
    services: found,
    workloads: all,
  });
};

export const workloadSubjects = {
  pods,
  restarts,
  resources,
  node_usage: nodeUsage,
  container_usage: containerUsage,
  utilisation,
  services,
  ingress,
  rebalancing,
  placement,
  quotas,
  pod_security: podSecurity,
  unused,
} satisfies Partial<Record<CheckSubject, ClusterLooker>>;

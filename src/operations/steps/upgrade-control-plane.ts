import {
  CONTROL_PLANE_COMPONENTS,
  type ComponentFacts,
  controlPlaneShortcomings,
  kubernetesTarget,
} from '../../decisions/kubernetes-upgrade.ts';
import { limits } from '../../decisions/upgrade-turn/turn.ts';
import { endpointsFor } from '../../decisions/upgrade-turn.ts';
import type { NodeFacts } from '../../model/facts.ts';
import type { ClusterPorts } from '../../ports.ts';
import { inCluster } from './in-cluster.ts';
import { lookAtAttempt } from './once-only.ts';
import type { StepPerformer } from './step.ts';

const REMEDY = 'look at the control plane’s pods (investigate), then control_operation resume';
/** `upgrade-k8s` pulls images and waits for each static pod of each node in turn. */
const AT_MOST_MS = 60 * 60_000;
/** It may be run again after a failure: it begins where it stopped (contractors.md 5.2). */
const TRIES = 3;

/**
 * The control plane's components on every control plane node, one node after the other, by the contractor; the kubelets are left to
 * steps of their own. Proved by each static pod's image and each server's /version (SAFETY 4).
 */
export const upgradeControlPlane: StepPerformer<'upgrade_control_plane'> = async context => {
  const { task, signal, operationId, progress } = context;
  const target = task.playbook === 'kubernetes_upgrade' ? kubernetesTarget(task.to_version) : undefined;
  if (target === undefined) return { kind: 'skip', reason: 'no Kubernetes version was asked for' };
  const { cluster } = inCluster(context);
  const name = cluster.config.name;
  const nodes = await cluster.kubernetes.nodes(signal);
  const planes = nodes
    .filter(({ role }) => role === 'control-plane')
    .toSorted((one, other) => (one.name < other.name ? -1 : 1));
  const [servers, components] = await Promise.all([
    cluster.kubernetes.servers(signal),
    readComponents(cluster, planes, signal),
  ]);
  const left = controlPlaneShortcomings(planes, components, servers, target);
  if (left.length === 0) {
    return {
      kind: 'done',
      reason: `the control plane of ${name} runs ${target}`,
      evidence: [
        `${components.length} static pods at ${target}`,
        ...servers.map(({ url, version }) => `${url}: ${version}`),
      ].slice(0, 20),
      result: { headline: `control plane of ${name} at ${target}` },
    };
  }
  const [through] = planes;
  const address = through?.internalIp;
  if (!through || address === undefined) return waitingFor(`${name} shows no control plane node with an address`);
  const from = servers.find(({ version }) => version !== undefined)?.version;
  if (from === undefined) return waitingFor(`no API server of ${name} says its version`);
  const attempt = await lookAtAttempt(context, {
    cluster,
    kind: 'upgrade-k8s',
    systemUuid: through.systemUuid,
    // Not of one boot: the attempt goes on when its own node's API server restarts.
    bootId: through.bootId,
    atMostMs: AT_MOST_MS,
    tries: TRIES,
    running: `${name}: ${left.length} parts of the control plane are not at ${target} yet (${left[0]})`,
    dispatch: attemptId => ({
      kind: 'effect',
      reason: `${left.length} parts of the control plane are not at ${target}`,
      effect: {
        kind: 'upgrade_kubernetes',
        cluster: name,
        node: through.name,
        attempt_id: attemptId,
        system_uuid: through.systemUuid,
        boot_id: through.bootId,
        address,
        endpoints: endpointsFor(address, cluster.config.talos.endpoints),
        from: from.replace(/^v/, ''),
        to: target.replace(/^v/, ''),
        kubelets: false,
      },
    }),
  });
  // talosctl says that it is done: Kubernetes has to show it.
  return attempt ?? waitingFor(left[0] ?? `${operationId}: attempt ${progress.attempts?.length ?? 0} is over`);
};

const waitingFor = (reason: string) => ({
  kind: 'wait' as const,
  reason,
  whatEndsIt: 'every static pod and every API server shows the target',
  pollMs: limits.pollMs,
  atMostMs: AT_MOST_MS,
  remedy: REMEDY,
});

/** The static pods as the API server shows them: by name, COMPONENT-NODE in kube-system. */
async function readComponents(
  { workloads }: ClusterPorts,
  planes: readonly NodeFacts[],
  signal: AbortSignal,
): Promise<ComponentFacts[]> {
  const wanted = planes.flatMap(({ name: node }) => CONTROL_PLANE_COMPONENTS.map(component => ({ node, component })));
  const pods = await Promise.all(
    wanted.map(async ({ node, component }) => {
      const ref = { apiVersion: 'v1', kind: 'Pod', namespace: 'kube-system', name: `${component}-${node}` };
      const pod = await workloads.object(ref, signal);
      return pod && { node, component, ...imageOf(pod.body, component) };
    }),
  );
  return pods.filter(pod => pod !== undefined);
}

interface PodBody {
  spec?: { containers?: { name?: string; image?: string }[] };
  status?: { conditions?: { type?: string; status?: string }[] };
}

function imageOf(body: PodBody, component: string): { image: string; isReady: boolean } {
  return {
    image: body.spec?.containers?.find(({ name }) => name === component)?.image ?? '',
    isReady: body.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false,
  };
}

import semver from 'semver';
import type { NodeFacts, ServerFacts } from '../model/facts.ts';
import { knownMinor } from './kubernetes-releases.ts';
import { kubernetesFits, normalVersion } from './versions.ts';

/** "v1.29" → "v1.29.15" where that minor's newest patch is settled; undefined where the patch has to be named. With a v. */
export function kubernetesTarget(version: string): string | undefined {
  const whole = /^v?\d+\.\d+\.\d+/.test(version) ? normalVersion(version) : undefined;
  if (whole !== undefined) return `v${semver.clean(whole) ?? whole}`.replace(/^vv/, 'v');
  const last = knownMinor(version.replace(/^v/, ''))?.lastPatch;
  return last === undefined ? undefined : `v${last}`;
}

/**
 * Why Kubernetes may not go from one version to the other; undefined when it may: forward, one minor at a time (KEP-2573, version skew
 * policy; contractors.md 5.2), within what the machines' Talos runs.
 */
export function kubernetesPathRefusal(from: string, to: string, talosVersions: readonly string[]): string | undefined {
  const [running, target] = [semver.coerce(from), semver.coerce(to)];
  if (!running || !target) return `Kubernetes ${from} → ${to} can't be read as versions`;
  if (semver.lt(target, running)) return `Kubernetes is never taken back: ${from} runs, ${to} is older`;
  if (running.major !== target.major || target.minor - running.minor > 1) {
    return `${from} → ${to} skips a minor: go by ${running.major}.${running.minor + 1} first`;
  }
  return talosVersions.map(talos => kubernetesFits(talos, to)).find(({ ok }) => !ok)?.reason;
}

/** What of Kubernetes' control plane runs on one node. */
export interface ComponentFacts {
  node: string;
  component: string;
  image: string;
  isReady: boolean;
}

export const CONTROL_PLANE_COMPONENTS = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'] as const;

/**
 * What still speaks against the control plane being at `target` (SAFETY 4): each static pod's image and readiness on each node, and
 * each API server's own /version. Empty: it is. What is not seen is not there.
 */
export function controlPlaneShortcomings(
  planes: readonly Pick<NodeFacts, 'name'>[],
  components: readonly ComponentFacts[],
  servers: readonly Pick<ServerFacts, 'url' | 'version'>[],
  target: string,
): string[] {
  const pods = planes.flatMap(({ name }) =>
    CONTROL_PLANE_COMPONENTS.flatMap(component => {
      const pod = components.find(each => each.node === name && each.component === component);
      if (!pod) return [`${component} of ${name} is not seen`];
      if (!pod.image.endsWith(`:${target}`)) return [`${component} of ${name} runs ${pod.image.split(':').at(-1)}`];
      return pod.isReady ? [] : [`${component} of ${name} is not ready`];
    }),
  );
  const old = servers.filter(
    ({ version }) => version === undefined || normalVersion(version) !== normalVersion(target),
  );
  return [...pods, ...old.map(({ url, version }) => `API server ${url} says ${version ?? 'nothing'}`)];
}

/** What still speaks against a node's kubelet being at `target`, rebooted by nobody (SAFETY 4). `bootId`: before the change. */
export function kubeletShortcoming(
  node: Pick<NodeFacts, 'name' | 'kubeletVersion' | 'ready' | 'bootId' | 'leaseRenewedAt'>,
  target: string,
  now: number,
  leaseFreshMs: number,
): string | undefined {
  if (normalVersion(node.kubeletVersion) !== normalVersion(target))
    return `kubelet of ${node.name} is ${node.kubeletVersion}`;
  if (node.ready !== true) return `${node.name} is not Ready`;
  const isFresh = node.leaseRenewedAt !== undefined && now - node.leaseRenewedAt <= leaseFreshMs;
  return isFresh ? undefined : `the Lease of ${node.name} is not fresh`;
}

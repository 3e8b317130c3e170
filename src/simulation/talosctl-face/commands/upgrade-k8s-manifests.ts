import { asObject, asObjects, asText, at } from '../../kubernetes-api/json.ts';
import type { SimCluster } from '../../world/cluster.ts';
import { isAtLeast } from '../../world/talos-release.ts';
import type { Run } from '../run.ts';
import type { KubernetesUpgrade } from './upgrade-k8s-plan.ts';

const RECONCILE_MS = 300_000;

/** Nodes that sync bootstrap manifests by server-side apply (contractors.md 5.2). */
const SSA_SINCE = 'v1.13.0';

/** The bootstrap manifests the simulation has; only kube-proxy's depends on the Kubernetes version. */
const MANIFESTS: readonly (readonly [string, string, string, string])[] = [
  ['DaemonSet', 'kube-flannel', 'daemonsets.apps', 'apps'],
  ['DaemonSet', 'kube-proxy', 'daemonsets.apps', 'apps'],
  ['Deployment', 'coredns', 'deployments.apps', 'apps'],
];

/** Applies the bootstrap manifests again: kube-proxy's image changes, and its pods roll. */
export async function syncManifests(
  run: Run,
  cluster: SimCluster,
  { to, controlPlanes, workers }: KubernetesUpgrade,
  isDry: boolean,
): Promise<void> {
  const say = (text: string): void => run.sink.out(`${text}\n`);
  const bySsa =
    run.isClientAtLeast(SSA_SINCE) &&
    [...controlPlanes, ...workers].every(({ running }) => isAtLeast(running.version, SSA_SINCE));
  const image = `registry.k8s.io/kube-proxy:v${to}`;
  say(`updating manifests${bySsa && isDry ? ' (dry run)' : ''}`);
  for (const [kind, name, resource, group] of MANIFESTS) {
    const isChanged = name === 'kube-proxy' && proxyImage(cluster) !== image;
    const lines = bySsa
      ? appliedLines(`${kind}.${group} kube-system/${name}`, isChanged, isDry)
      : processedLines(`${kind} ${name}`, isChanged, isDry);
    for (const line of lines) say(line);
    if (isChanged && !isDry) setProxyImage(cluster, resource, image);
  }
  if (isDry) return;
  await run.until(cluster, RECONCILE_MS, () => isRolledOut(cluster));
}

function appliedLines(subject: string, isChanged: boolean, isDry: boolean): string[] {
  if (isChanged) return [` < ${isDry ? 'configure' : 'configured'} ${subject}`];
  return isDry ? [] : [` < unchanged ${subject}`];
}

function processedLines(subject: string, isChanged: boolean, isDry: boolean): string[] {
  const applied = isDry ? ' < apply skipped in dry run' : ' < applied successfully';
  return [` > processing manifest ${subject}`, isChanged ? applied : ' < apply skipped: nothing to update'];
}

const proxyOf = (cluster: SimCluster) => cluster.store.get('daemonsets.apps', 'kube-system', 'kube-proxy');

const proxyImage = (cluster: SimCluster): string =>
  asText(asObjects(at(proxyOf(cluster), 'spec', 'template', 'spec', 'containers'))[0]?.image);

function setProxyImage(cluster: SimCluster, resource: string, image: string): void {
  const set = proxyOf(cluster);
  if (set === undefined) return;
  const spec = asObject(set.spec);
  const template = asObject(spec.template);
  const podSpec = asObject(template.spec);
  const containers = asObjects(podSpec.containers).map(container =>
    container.name === 'kube-proxy' ? { ...container, image } : container,
  );
  const changed = { ...template, spec: { ...podSpec, containers } };
  cluster.store.replace(resource, { ...set, spec: { ...spec, template: changed } });
}

function isRolledOut(cluster: SimCluster): boolean {
  const set = proxyOf(cluster);
  const status = asObject(set?.status);
  return (
    set === undefined ||
    (status.observedGeneration === set.metadata.generation &&
      status.updatedNumberScheduled === status.desiredNumberScheduled &&
      status.numberReady === status.desiredNumberScheduled)
  );
}

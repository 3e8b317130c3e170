import { asObject, asText, at } from '../kubernetes-api/json.ts';
import type { SimCluster } from './cluster.ts';
import { updateStaticPod } from './control-plane-components.ts';
import { deepEqual } from './deep.ts';
import type { ConfigDocument, ControlPlaneComponent, Machine } from './machine.ts';
import { CONTROL_PLANE_COMPONENTS } from './machine.ts';
import { updateKubelet } from './machines/kubelet-update.ts';
import { componentVersion } from './static-pods.ts';
import { parseVersion } from './talos-release.ts';

const TRY = 'config-try';

/** Where a component's image stands under `cluster`. */
export const CONFIG_KEYS: Readonly<Record<ControlPlaneComponent, string>> = {
  'kube-apiserver': 'apiServer',
  'kube-controller-manager': 'controllerManager',
  'kube-scheduler': 'scheduler',
};

/** Members of `machine` that Talos changes without a reboot (research: contractors.md 5.4; Talos 1.13 runtime). */
const IMMEDIATE = new Set([
  'ca',
  'acceptedCAs',
  'time',
  'certSANs',
  'install',
  'network',
  'sysfs',
  'sysctls',
  'logging',
  'controlplane',
  'kubelet',
  'kernel',
  'registries',
  'pods',
  'seccompProfiles',
  'nodeAnnotations',
  'nodeLabels',
  'nodeTaints',
  'features',
]);

/** Ends mode `try` when its time is over. */
export function runConfigTries(cluster: SimCluster): void {
  cluster.clock.handle(TRY, name => {
    const machine = cluster.machines.get(name);
    const before = machine?.config?.before_try;
    if (machine === undefined || before === undefined || before.until_ms > cluster.now()) return;
    setConfig(cluster, machine, before.document);
  });
}

/** The configuration that follows from a machine's facts: without secrets, which the simulation does not have. */
function defaultConfig(cluster: SimCluster, machine: Machine): ConfigDocument {
  const { version, schematic } = machine.running;
  const control = Object.fromEntries(
    CONTROL_PLANE_COMPONENTS.map(component => [
      CONFIG_KEYS[component],
      { image: `registry.k8s.io/${component}:${componentVersion(cluster, machine, component)}` },
    ]),
  );
  const [endpoint] = [...cluster.machines.values()].filter(({ role }) => role === 'controlplane');
  return {
    version: 'v1alpha1',
    machine: {
      type: machine.role,
      install: { disk: '/dev/sda', image: `factory.talos.dev/metal-installer/${schematic}:${version}`, wipe: false },
      kubelet: { image: `ghcr.io/siderolabs/kubelet:${machine.kubelet_version}` },
      network: { hostname: machine.name },
    },
    cluster: {
      clusterName: cluster.name,
      controlPlane: { endpoint: `https://${endpoint?.ip.replace(/\.\d+$/, '.250')}:6443` },
      ...(machine.role === 'controlplane'
        ? { ...control, proxy: { image: `registry.k8s.io/kube-proxy:${cluster.kubernetesVersion}` } }
        : {}),
    },
  };
}

/** The active configuration. */
export const configOf = (cluster: SimCluster, machine: Machine): ConfigDocument =>
  machine.config?.document ?? defaultConfig(cluster, machine);

/** The MachineConfig resource's version: one more with each change. */
export const configVersionOf = (machine: Machine): number => machine.config?.version ?? 1;

/** Members of `machine` whose change needs a reboot. */
export function changesThatNeedReboot(before: ConfigDocument, after: ConfigDocument): string[] {
  const [old, next] = [asObject(before.machine), asObject(after.machine)];
  const keys = new Set([...Object.keys(old), ...Object.keys(next)]);
  return [...keys].filter(key => !IMMEDIATE.has(key) && !deepEqual(old[key], next[key])).map(key => `machine.${key}`);
}

function imageVersion(document: ConfigDocument, ...path: string[]): string | undefined {
  const tag = /:(v[^:/@]+)(@|$)/.exec(asText(at(document, ...path, 'image')))?.[1];
  return tag !== undefined && parseVersion(tag) !== undefined ? tag : undefined;
}

/** Makes a configuration the active one. Images of kubelet and static pods, and node labels, take effect. */
export function setConfig(cluster: SimCluster, machine: Machine, document: ConfigDocument): void {
  const before = configOf(cluster, machine);
  machine.config = { version: configVersionOf(machine) + (deepEqual(before, document) ? 0 : 1), document };
  const kubelet = imageVersion(document, 'machine', 'kubelet');
  if (kubelet !== undefined && kubelet !== (machine.kubelet_pending?.version ?? machine.kubelet_version))
    updateKubelet(cluster, machine, kubelet);
  if (machine.role === 'controlplane') {
    for (const component of CONTROL_PLANE_COMPONENTS) {
      const version = imageVersion(document, 'cluster', CONFIG_KEYS[component]);
      if (version !== undefined) updateStaticPod(cluster, machine, component, version);
    }
  }
  setNodeLabels(cluster, machine, asObject(at(before, 'machine', 'nodeLabels')), at(document, 'machine', 'nodeLabels'));
}

function setNodeLabels(cluster: SimCluster, machine: Machine, before: Record<string, unknown>, wanted: unknown): void {
  const node = cluster.store.get('nodes', undefined, machine.name);
  if (node === undefined) return;
  const kept = Object.entries(node.metadata.labels ?? {}).filter(([key]) => !(key in before));
  const given = Object.entries(asObject(wanted)).map(([key, value]): [string, string] => [key, String(value)]);
  const labels = Object.fromEntries([...kept, ...given]);
  cluster.store.replace('nodes', { ...node, metadata: { ...node.metadata, labels } });
}

/** Keeps a configuration for the next boot. */
export function stageConfig(cluster: SimCluster, machine: Machine, document: ConfigDocument): void {
  const config = machine.config ?? { version: 1, document: configOf(cluster, machine) };
  machine.config = { ...config, staged: document };
}

/** Makes a configuration the active one for a while. */
export function tryConfig(cluster: SimCluster, machine: Machine, document: ConfigDocument, ms: number): void {
  const before = machine.config?.before_try?.document ?? configOf(cluster, machine);
  setConfig(cluster, machine, document);
  if (machine.config !== undefined) machine.config.before_try = { document: before, until_ms: cluster.now() + ms };
  cluster.clock.schedule(ms, TRY, machine.name);
}

/** At a boot what was staged becomes active, and what was only tried is gone. */
export function adoptStagedConfig(cluster: SimCluster, machine: Machine): void {
  const next = machine.config?.staged ?? machine.config?.before_try?.document;
  if (next !== undefined) setConfig(cluster, machine, next);
}

import fc from 'fast-check';
import { deleteObject } from '../../../src/simulation/kubernetes-api/deletion.ts';
import { asObject } from '../../../src/simulation/kubernetes-api/json.ts';
import type { SimCluster } from '../../../src/simulation/world/cluster.ts';
import { someServerIsUp } from '../../../src/simulation/world/controllers/work-queue.ts';
import { configOf, setConfig } from '../../../src/simulation/world/machine-config.ts';
import { cordon, tryEviction, uncordon } from '../../../src/simulation/world/machines/node-drain.ts';
import {
  isBusy,
  orderInstall,
  orderLegacyUpgrade,
  orderReboot,
  orderRollback,
} from '../../../src/simulation/world/machines/sequences.ts';
import type { SavedWorld } from '../../../src/simulation/world/world.ts';
import { imageOf, onlyCluster, pass, SECOND } from './worlds.ts';

const ACTS = [
  'pass',
  'evict',
  'delete pod',
  'cordon',
  'uncordon',
  'upgrade',
  'install',
  'reboot',
  'rollback',
  'scale',
  'roll out',
  'delete node',
  'patch versions',
  'fault',
  'clear faults',
] as const;

export interface Step {
  act: (typeof ACTS)[number];
  /** Which object: counted round. */
  pick: number;
  seconds: number;
}

export const someSteps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({ act: fc.constantFrom(...ACTS), pick: fc.nat(10_000), seconds: fc.integer({ min: 1, max: 240 }) }),
  { minLength: 1, maxLength: 25 },
);

const FAULTS = [
  'node_never_returns',
  'node_boots_old_slot',
  'node_returns_slowly',
  'etcd_member_unhealthy',
  'install_done_no_reboot',
  'pod_stuck_terminating',
  'etcd_no_leader',
  'etcd_nospace',
  'external_uncordon',
  'another_upgrader',
  'tool_dies_with_client',
  'volume_stuck',
];

/** Does one thing to the world, as far as it can be done, and lets time pass. */
export function takeStep(world: SavedWorld, { act, pick, seconds }: Step): void {
  const cluster = onlyCluster(world);
  doTo(cluster, act, pick);
  pass(world, seconds * SECOND);
}

function choose<T>(list: readonly T[], pick: number): T | undefined {
  return list.length === 0 ? undefined : list[pick % list.length];
}

function doTo(cluster: SimCluster, act: Step['act'], pick: number): void {
  const { store } = cluster;
  const machine = choose([...cluster.machines.values()], pick);
  const pod = choose(store.list('pods'), pick);
  const deployment = choose(store.list('deployments.apps'), pick);
  if (machine === undefined) return;
  const isFree = !isBusy(machine) && machine.stage === 'running';
  const order = { image: imageOf(cluster), skips_etcd_check: pick % 2 === 0 };
  const acts: Record<Step['act'], () => unknown> = {
    pass: () => undefined,
    evict: () => pod && tryEviction(cluster, pod),
    'delete pod': () => pod && deleteObject(cluster, 'pods', pod.metadata.namespace, pod.metadata.name),
    cordon: () => cordon(cluster, machine.name),
    uncordon: () => uncordon(cluster, machine.name),
    upgrade: () => isFree && orderLegacyUpgrade(cluster, machine, order),
    install: () => isFree && orderInstall(cluster, machine, order.image),
    reboot: () => isFree && orderReboot(cluster, machine),
    rollback: () => isFree && orderRollback(cluster, machine),
    scale: () =>
      deployment &&
      store.replace('deployments.apps', { ...deployment, spec: { ...asObject(deployment.spec), replicas: pick % 7 } }),
    'roll out': () => {
      if (deployment === undefined) return;
      const spec = asObject(deployment.spec);
      const template = asObject(spec.template);
      const annotations = { round: String(pick % 5) };
      const changed = { ...template, metadata: { ...asObject(template.metadata), annotations } };
      store.replace('deployments.apps', { ...deployment, spec: { ...spec, template: changed } });
    },
    'patch versions': () => {
      if (machine.stage !== 'running') return;
      const image = (name: string): Record<string, string> => ({ image: `${name}:v1.35.${pick % 9}` });
      const document = configOf(cluster, machine);
      const kubelet = { ...asObject(document.machine), kubelet: image('ghcr.io/siderolabs/kubelet') };
      const scheduler = { ...asObject(document.cluster), scheduler: image('registry.k8s.io/kube-scheduler') };
      setConfig(cluster, machine, { ...document, machine: kubelet, cluster: scheduler });
    },
    // Who would delete it, and who removes its pods, need an API server that takes writes.
    'delete node': () =>
      machine.role === 'worker' && someServerIsUp(cluster) && store.remove('nodes', undefined, machine.name),
    fault: () => cluster.faults.arm({ kind: FAULTS[pick % FAULTS.length], node: machine.name }),
    'clear faults': () => cluster.faults.clear(),
  };
  acts[act]();
}

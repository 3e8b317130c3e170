import type { SimCluster } from './cluster.ts';
import { removeFor } from './controllers/deletions.ts';
import { runningStatus } from './controllers/pod-status.ts';
import { someServerIsUp } from './controllers/work-queue.ts';
import type { ControlPlaneComponent, Machine } from './machine.ts';
import { CONTROL_PLANE_COMPONENTS } from './machine.ts';
import { changeServices } from './machines/services.ts';
import { containersOf, isReady } from './pods.ts';
import { spreadOf } from './random.ts';
import { componentVersion, staticPodsOf } from './static-pods.ts';
import { isAtLeast } from './talos-release.ts';

const RESTART = 'static-pod';
const RESTART_MS: [number, number] = [4_000, 9_000];
const READY_MS: [number, number] = [3_000, 9_000];
const RETRY_MS = 2_000;

const subjectOf = (machine: Machine, component: ControlPlaneComponent): string => `${machine.name} ${component}`;

const controlPlanes = (cluster: SimCluster): Machine[] =>
  [...cluster.machines.values()].filter(({ role }) => role === 'controlplane');

/** Lets static pods restart with a new image. */
export function runStaticPods(cluster: SimCluster): void {
  cluster.clock.handle(RESTART, subject => {
    const [name = '', wanted] = subject.split(' ');
    const machine = cluster.machines.get(name);
    const component = CONTROL_PLANE_COMPONENTS.find(other => other === wanted);
    if (machine?.kubelet_runs !== true || component === undefined) return;
    if (component === 'kube-apiserver' && machine.etcd_runs) {
      changeServices(cluster, () => {
        machine.api_server_runs = true;
      });
    }
    if (someServerIsUp(cluster)) showPod(cluster, machine, component);
    else cluster.clock.scheduleOnce(RETRY_MS, RESTART, subject);
  });
}

/**
 * Changes the version of one static pod of a machine: the kubelet stops the old one and starts the new; while the
 * kube-apiserver restarts this machine serves no API. The cluster's version is the lowest of its API servers'.
 */
export function updateStaticPod(
  cluster: SimCluster,
  machine: Machine,
  component: ControlPlaneComponent,
  version: string,
): void {
  for (const one of controlPlanes(cluster)) {
    one.control_plane_versions ??= {
      'kube-apiserver': componentVersion(cluster, one, 'kube-apiserver'),
      'kube-controller-manager': componentVersion(cluster, one, 'kube-controller-manager'),
      'kube-scheduler': componentVersion(cluster, one, 'kube-scheduler'),
    };
  }
  if (componentVersion(cluster, machine, component) === version) return;
  if (machine.control_plane_versions !== undefined) machine.control_plane_versions[component] = version;
  cluster.kubernetesVersion = controlPlanes(cluster)
    .map(one => componentVersion(cluster, one, 'kube-apiserver'))
    .reduce((least, other) => (isAtLeast(least, other) ? other : least));
  if (!machine.kubelet_runs) return;
  restartStaticPod(cluster, machine, component);
}

/** The static pod goes and comes back, as after a change of its configuration. */
export function restartStaticPod(cluster: SimCluster, machine: Machine, component: ControlPlaneComponent): void {
  if (component === 'kube-apiserver') {
    changeServices(cluster, () => {
      machine.api_server_runs = false;
    });
  }
  const ms = spreadOf(`${cluster.seed} ${component} ${machine.name} ${cluster.now()}`, ...RESTART_MS);
  cluster.clock.scheduleOnce(ms, RESTART, subjectOf(machine, component));
}

function showPod(cluster: SimCluster, machine: Machine, component: ControlPlaneComponent): void {
  const name = `${component}-${machine.name}`;
  const old = cluster.store.get('pods', 'kube-system', name);
  if (old !== undefined) removeFor('controller', cluster, 'pods', old, { gracePeriodSeconds: 0 });
  if (cluster.store.get('pods', 'kube-system', name) !== undefined) return;
  const pod = staticPodsOf(cluster, machine).find(other => other.metadata.name === name);
  if (pod === undefined) return;
  const status = runningStatus(cluster, pod, { isReady: false, restarts: 0 });
  const { uid } = cluster.store.create('pods', { ...pod, status }).metadata;
  const readyMs = spreadOf(`${cluster.seed} ready ${uid}`, ...READY_MS);
  cluster.clock.scheduleOnce(readyMs, 'pod-ready', `kube-system/${name}/${uid}`);
}

/** The static pod as the API shows it runs this version and is ready. */
export function staticPodRuns(
  cluster: SimCluster,
  machine: Machine,
  component: ControlPlaneComponent,
  version: string,
): boolean {
  const pod = cluster.store.get('pods', 'kube-system', `${component}-${machine.name}`);
  const image = pod === undefined ? undefined : containersOf(pod)[0]?.image;
  return pod !== undefined && isReady(pod) && String(image).endsWith(`:${version}`);
}

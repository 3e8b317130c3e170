import type { SimCluster } from './cluster.ts';
import { runningStatus } from './controllers/pod-status.ts';
import type { NewPod } from './controllers/pod-template.ts';
import { defaultedPodSpec, qosClassOf } from './controllers/pod-template.ts';
import type { ControlPlaneComponent, Machine } from './machine.ts';
import { containersOf } from './pods.ts';
import { sha256Hex } from './random.ts';

const COMPONENTS = [
  { name: 'kube-apiserver', cpu: '200m', memory: '512Mi', port: 6443 },
  { name: 'kube-controller-manager', cpu: '50m', memory: '256Mi', port: 10257 },
  { name: 'kube-scheduler', cpu: '10m', memory: '64Mi', port: 10259 },
] as const;

/** The version a machine's static pod is to run. */
export const componentVersion = (cluster: SimCluster, machine: Machine, component: ControlPlaneComponent): string =>
  machine.control_plane_versions?.[component] ?? cluster.kubernetesVersion;

/** The mirror pods of a control plane machine: what its kubelet shows of its static pods. */
export function staticPodsOf(cluster: SimCluster, machine: Machine): NewPod[] {
  const node = cluster.store.get('nodes', undefined, machine.name);
  if (machine.role !== 'controlplane' || node === undefined) return [];
  return COMPONENTS.map(({ name, cpu, memory, port }) => {
    const image = `registry.k8s.io/${name}:${componentVersion(cluster, machine, name)}`;
    const hash = sha256Hex(`${machine.name} ${image}`).slice(0, 32);
    const spec = defaultedPodSpec({
      nodeName: machine.name,
      hostNetwork: true,
      priorityClassName: 'system-cluster-critical',
      priority: 2_000_000_000,
      dnsPolicy: 'ClusterFirst',
      tolerations: [{ operator: 'Exists', effect: 'NoExecute' }],
      containers: [
        {
          name,
          image,
          ports: [{ containerPort: port, hostPort: port, protocol: 'TCP' }],
          resources: { requests: { cpu, memory } },
          imagePullPolicy: 'IfNotPresent',
        },
      ],
    });
    return {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name: `${name}-${machine.name}`,
        namespace: 'kube-system',
        uid: cluster.draw.uuid(),
        labels: { 'k8s-app': name, tier: 'control-plane' },
        annotations: {
          'kubernetes.io/config.hash': hash,
          'kubernetes.io/config.mirror': hash,
          'kubernetes.io/config.source': 'file',
          'talos.dev/config-version': String(machine.config?.version ?? 1),
        },
        ownerReferences: [
          { apiVersion: 'v1', kind: 'Node', name: machine.name, uid: node.metadata.uid, controller: true },
        ],
      },
      spec,
      status: { phase: 'Pending', qosClass: qosClassOf(spec) },
    };
  });
}

/** Makes the mirror pods that are missing or of another version: somebody deleted them, or the machine was away. */
export function restoreStaticPods(cluster: SimCluster, machine: Machine): void {
  for (const pod of staticPodsOf(cluster, machine)) {
    const shown = cluster.store.get('pods', 'kube-system', pod.metadata.name);
    if (shown !== undefined && containersOf(shown)[0]?.image === containersOf(pod)[0]?.image) continue;
    if (shown !== undefined)
      cluster.ledger.because('controller', () => cluster.store.remove('pods', 'kube-system', pod.metadata.name));
    cluster.store.create('pods', { ...pod, status: runningStatus(cluster, pod, { isReady: true, restarts: 0 }) });
  }
}

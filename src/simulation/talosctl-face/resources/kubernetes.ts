import { isReady } from '../../world/pods.ts';
import type { ResourceKind } from './resource.ts';
import { column } from './resource.ts';

const kubeletSpec: ResourceKind = {
  type: 'KubeletSpecs.kubernetes.talos.dev',
  display: 'KubeletSpec',
  columns: [],
  resources: (_cluster, machine) => [
    {
      namespace: 'k8s',
      id: 'kubelet',
      owner: 'k8s.KubeletSpecController',
      createdMs: machine.booted_ms,
      spec: {
        image: `ghcr.io/siderolabs/kubelet:${machine.kubelet_pending?.version ?? machine.kubelet_version}`,
        expectedNodename: machine.name,
      },
    },
  ],
};

const staticPodStatus: ResourceKind = {
  type: 'StaticPodStatuses.kubernetes.talos.dev',
  display: 'StaticPodStatus',
  columns: [column('READY', 'ready')],
  resources: (cluster, machine) =>
    cluster.store
      .list('pods', 'kube-system')
      .filter(({ metadata }) => metadata.labels?.tier === 'control-plane' && metadata.name.endsWith(machine.name))
      .map(pod => ({
        namespace: 'k8s',
        id: `kube-system/${pod.metadata.name}`,
        owner: 'k8s.KubeletStaticPodController',
        createdMs: Date.parse(pod.metadata.creationTimestamp),
        spec: { ready: isReady(pod) ? 'True' : 'False', status: pod.status },
      })),
};

/** What a node says of its part in Kubernetes. */
export const KUBERNETES_KINDS: readonly ResourceKind[] = [kubeletSpec, staticPodStatus];

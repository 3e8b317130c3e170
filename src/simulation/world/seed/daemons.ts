interface Daemon {
  namespace: string;
  name: string;
  image: string;
  cpu: string;
  memory: string;
  /** On every node; else on workers only. */
  isEverywhere: boolean;
}

/** The DaemonSets of every cluster. */
export const daemons = (kubernetesVersion: string): Daemon[] => [
  {
    namespace: 'kube-system',
    name: 'kube-flannel',
    image: 'ghcr.io/siderolabs/flannel:v0.27.4',
    cpu: '100m',
    memory: '50Mi',
    isEverywhere: true,
  },
  {
    namespace: 'kube-system',
    name: 'kube-proxy',
    image: `registry.k8s.io/kube-proxy:${kubernetesVersion}`,
    cpu: '20m',
    memory: '64Mi',
    isEverywhere: true,
  },
  {
    namespace: 'monitoring',
    name: 'node-exporter',
    image: 'quay.io/prometheus/node-exporter:v1.10.2',
    cpu: '50m',
    memory: '64Mi',
    isEverywhere: true,
  },
  {
    namespace: 'storage',
    name: 'csi-node',
    image: 'ghcr.io/example/csi-node:1.8.0',
    cpu: '50m',
    memory: '96Mi',
    isEverywhere: false,
  },
];

/** A DaemonSet of one container on the host's network. */
export function daemonSet(daemon: Daemon): Record<string, unknown> {
  const labels = { 'app.kubernetes.io/name': daemon.name, 'k8s-app': daemon.name };
  return {
    spec: {
      selector: { matchLabels: { 'k8s-app': daemon.name } },
      revisionHistoryLimit: 10,
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } },
      template: {
        metadata: { labels },
        spec: {
          hostNetwork: true,
          priorityClassName: 'system-node-critical',
          priority: 2_000_001_000,
          containers: [
            {
              name: daemon.name,
              image: daemon.image,
              imagePullPolicy: 'IfNotPresent',
              resources: { requests: { cpu: daemon.cpu, memory: daemon.memory } },
            },
          ],
          ...(daemon.isEverywhere
            ? { tolerations: [{ operator: 'Exists', effect: 'NoSchedule' }] }
            : { nodeSelector: { 'kubernetes.io/os': 'linux' } }),
        },
      },
    },
    status: {},
  };
}

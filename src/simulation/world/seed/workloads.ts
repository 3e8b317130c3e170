import { asObject, at } from '../../kubernetes-api/json.ts';
import type { SimCluster } from '../cluster.ts';
import { writeDeploymentStatus } from '../controllers/deployment-status.ts';
import { createSet } from '../controllers/deployments.ts';
import { budgetStatus } from '../controllers/disruption-budgets.ts';
import { runningStatus } from '../controllers/pod-status.ts';
import type { PodMaking } from '../controllers/pod-template.ts';
import { generatedName, podOf, templateHash } from '../controllers/pod-template.ts';
import { writeReplicaSetStatus } from '../controllers/replica-sets.ts';
import { statefulMaking, writeStatefulStatus } from '../controllers/stateful-sets.ts';
import { attachNewVolumes, bindClaim, bindTo, createVolume } from '../controllers/volumes.ts';
import { claimNamesOf } from '../pods.ts';
import { spreadOf } from '../random.ts';
import type { KubeObject } from '../store.ts';
import { kubeTime } from '../store.ts';
import type { Workload } from './catalogue.ts';

const HOUR_MS = 3_600_000;
const TEN_MINUTES_MS = 600_000;

export interface Requests {
  cpu: string;
  memory: string;
  [resource: string]: string;
}

/** Chooses the node of the next pod; undefined leaves it pending. */
export type Placing = () => string | undefined;

const isDns = ({ namespace, name }: Workload): boolean => namespace === 'kube-system' && name === 'coredns';

const labelsOf = (workload: Workload): Record<string, string> => ({
  app: workload.name,
  'app.kubernetes.io/name': workload.name,
  // As every Kubernetes finds its DNS.
  ...(isDns(workload) ? { 'k8s-app': 'kube-dns' } : {}),
});

/** As Talos deploys it: a cluster without workers has names too. */
const ON_CONTROL_PLANE = { key: 'node-role.kubernetes.io/control-plane', operator: 'Exists', effect: 'NoSchedule' };

function templateOf(workload: Workload, requests: Requests): Record<string, unknown> {
  const labels = labelsOf(workload);
  const required = [{ labelSelector: { matchLabels: { app: workload.name } }, topologyKey: 'kubernetes.io/hostname' }];
  return {
    metadata: { labels },
    spec: {
      containers: [
        {
          name: workload.name,
          image: workload.image,
          imagePullPolicy: 'IfNotPresent',
          ports: [{ containerPort: 8080, protocol: 'TCP' }],
          resources: { requests },
        },
      ],
      terminationGracePeriodSeconds: 30,
      ...(isDns(workload) ? { tolerations: [ON_CONTROL_PLANE] } : {}),
      ...(workload.namespace === 'shop' ? { volumes: [{ name: 'tmp', emptyDir: {} }] } : {}),
      ...(workload.isExclusive === true
        ? { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: required } } }
        : {}),
    },
  };
}

/** Creates a pod that has been running for a while on the node it is given. */
export function createRunningPod(
  cluster: SimCluster,
  owner: KubeObject,
  making: PodMaking,
  node: string | undefined,
): KubeObject {
  const pod = podOf(cluster, owner, at(owner, 'spec', 'template'), making);
  if (node === undefined) return cluster.store.create('pods', pod);
  const sinceMs = cluster.now() - spreadOf(`age ${pod.metadata.uid}`, 6, 20 * 24 * 6) * TEN_MINUTES_MS;
  pod.metadata.creationTimestamp = kubeTime(sinceMs);
  pod.spec = { ...asObject(pod.spec), nodeName: node };
  pod.status = runningStatus(cluster, pod, { isReady: true, restarts: 0, sinceMs: sinceMs + 20_000 });
  return cluster.store.create('pods', pod);
}

export function ensureNamespace(cluster: SimCluster, name: string): void {
  if (cluster.store.get('namespaces', undefined, name) !== undefined) return;
  cluster.store.create('namespaces', {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name,
      creationTimestamp: kubeTime(cluster.now() - 40 * 24 * HOUR_MS),
      labels: { 'kubernetes.io/metadata.name': name },
    },
    spec: { finalizers: ['kubernetes'] },
    status: { phase: 'Active' },
  });
}

/** Creates a workload in its steady state: all its pods running where `place` puts them. */
export function createWorkload(cluster: SimCluster, workload: Workload, requests: Requests, place: Placing): void {
  ensureNamespace(cluster, workload.namespace);
  if (workload.kind === 'Deployment') createDeployment(cluster, workload, requests, place);
  else createStatefulSet(cluster, workload, requests, place);
}

function createDeployment(cluster: SimCluster, workload: Workload, requests: Requests, place: Placing): void {
  const { namespace, name, replicas } = workload;
  const template = templateOf(workload, requests);
  const deployment = cluster.store.create('deployments.apps', {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      namespace,
      name,
      labels: labelsOf(workload),
      annotations: { 'deployment.kubernetes.io/revision': '1' },
      creationTimestamp: kubeTime(cluster.now() - 30 * 24 * HOUR_MS),
    },
    spec: {
      replicas,
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
      selector: { matchLabels: { app: name } },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
      template,
    },
    status: {},
  });
  const hash = templateHash(template);
  const empty = createSet(cluster, deployment, hash, '1');
  const set = cluster.store.replace('replicasets.apps', { ...empty, spec: { ...asObject(empty.spec), replicas } });
  for (let index = 0; index < replicas; index += 1) {
    const generateName = `${set.metadata.name}-`;
    const podName = generatedName(cluster, namespace, generateName);
    createRunningPod(cluster, set, { name: podName, generateName }, place());
  }
  writeReplicaSetStatus(cluster, namespace, set.metadata.name);
  const current = cluster.store.get('replicasets.apps', namespace, set.metadata.name);
  writeDeploymentStatus(cluster, deployment, current === undefined ? [] : [current], hash);
}

function createStatefulSet(cluster: SimCluster, workload: Workload, requests: Requests, place: Placing): void {
  const { namespace, name, replicas } = workload;
  const storageClassName = workload.volume === 'pinned' ? 'local' : 'standard';
  const claim = {
    metadata: { name: 'data' },
    spec: { accessModes: ['ReadWriteOnce'], storageClassName, resources: { requests: { storage: '20Gi' } } },
  };
  const set = cluster.store.create('statefulsets.apps', {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: {
      namespace,
      name,
      labels: labelsOf(workload),
      creationTimestamp: kubeTime(cluster.now() - 30 * 24 * HOUR_MS),
    },
    spec: {
      replicas,
      serviceName: name,
      podManagementPolicy: 'OrderedReady',
      revisionHistoryLimit: 10,
      selector: { matchLabels: { app: name } },
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
      template: templateOf(workload, requests),
      ...(workload.volume === undefined ? {} : { volumeClaimTemplates: [claim] }),
    },
    status: {},
  });
  for (let ordinal = 0; ordinal < replicas; ordinal += 1) {
    const node = place();
    const pod = createRunningPod(cluster, set, statefulMaking(cluster, set, ordinal), node);
    provideVolumes(cluster, pod, workload, node);
  }
  writeStatefulStatus(cluster, namespace, name);
}

function provideVolumes(cluster: SimCluster, pod: KubeObject, workload: Workload, node: string | undefined): void {
  const { namespace = '' } = pod.metadata;
  for (const claimName of claimNamesOf(pod)) {
    const claim = cluster.store.get('persistentvolumeclaims', namespace, claimName);
    if (claim === undefined) continue;
    if (workload.volume !== 'pinned' || node === undefined) bindClaim(cluster, namespace, claimName);
    else {
      const matchExpressions = [{ key: 'kubernetes.io/hostname', operator: 'In', values: [node] }];
      createVolume(cluster, claim, `local-${claimName}`, {
        local: { path: `/var/mnt/${claimName}` },
        nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions }] } },
      });
      bindTo(cluster, claim, `local-${claimName}`);
    }
  }
  attachNewVolumes(cluster, pod);
}

/** Creates a workload's budget, with its status as the disruption controller would have it. */
export function createBudget(cluster: SimCluster, workload: Workload): void {
  const created = cluster.store.create('poddisruptionbudgets.policy', {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { namespace: workload.namespace, name: workload.name },
    spec: { ...budgetSpec(workload), selector: { matchLabels: { app: workload.name } } },
    status: {},
  });
  cluster.store.replace('poddisruptionbudgets.policy', { ...created, status: budgetStatus(cluster, created) });
}

/** A workload cut to fit must still be able to lose a pod. */
function budgetSpec({ budget, replicas }: Workload): Workload['budget'] {
  if (typeof budget.minAvailable !== 'number') return budget;
  return { minAvailable: Math.min(budget.minAvailable, replicas - 1) };
}

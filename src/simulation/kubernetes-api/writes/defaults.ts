import type { ObjectStore } from '../../world/store.ts';
import { asNumber, asObject, asObjects, asText, at, type JsonObject } from '../json.ts';
import { podDefaults, podSpecDefaults } from './pod-defaults.ts';

type Fill = (object: JsonObject) => JsonObject;

const withSpec = (object: JsonObject, defaults: JsonObject): JsonObject => ({
  ...object,
  spec: { ...defaults, ...asObject(object.spec) },
});

function withTemplate(object: JsonObject): JsonObject {
  const template = asObject(at(object, 'spec', 'template'));
  const filled = { ...template, spec: podSpecDefaults(template.spec) };
  return { ...object, spec: { ...asObject(object.spec), template: filled } };
}

function rollingUpdate(strategy: unknown, defaults: JsonObject): JsonObject {
  const given = asObject(strategy);
  const type = asText(given.type, 'RollingUpdate');
  if (type !== 'RollingUpdate') return { ...given, type };
  return { ...given, type, rollingUpdate: { ...defaults, ...asObject(given.rollingUpdate) } };
}

const deployment: Fill = object => {
  const strategy = rollingUpdate(at(object, 'spec', 'strategy'), { maxSurge: '25%', maxUnavailable: '25%' });
  const filled = withSpec(object, { replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 });
  return withTemplate({ ...filled, spec: { ...asObject(filled.spec), strategy } });
};

const statefulSet: Fill = object => {
  const updateStrategy = rollingUpdate(at(object, 'spec', 'updateStrategy'), { partition: 0 });
  const filled = withSpec(object, {
    replicas: 1,
    revisionHistoryLimit: 10,
    podManagementPolicy: 'OrderedReady',
    persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
  });
  return withTemplate({ ...filled, spec: { ...asObject(filled.spec), updateStrategy } });
};

const daemonSet: Fill = object => {
  const updateStrategy = rollingUpdate(at(object, 'spec', 'updateStrategy'), { maxSurge: 0, maxUnavailable: 1 });
  const filled = withSpec(object, { revisionHistoryLimit: 10 });
  return withTemplate({ ...filled, spec: { ...asObject(filled.spec), updateStrategy } });
};

const service: Fill = object => {
  const spec = asObject(object.spec);
  const ports = asObjects(spec.ports).map(port => ({ protocol: 'TCP', targetPort: port.port, ...port }));
  return withSpec(
    { ...object, spec: { ...spec, ports } },
    { type: 'ClusterIP', sessionAffinity: 'None', internalTrafficPolicy: 'Cluster', ipFamilyPolicy: 'SingleStack' },
  );
};

/** Applied to every write of the kind, so that leaving a field out twice is no change. */
const DEFAULTS: Record<string, Fill> = {
  'deployments.apps': deployment,
  'replicasets.apps': object => withTemplate(withSpec(object, { replicas: 1 })),
  'statefulsets.apps': statefulSet,
  'daemonsets.apps': daemonSet,
  services: service,
  persistentvolumeclaims: object => withSpec(object, { volumeMode: 'Filesystem' }),
  persistentvolumes: object => withSpec(object, { volumeMode: 'Filesystem', persistentVolumeReclaimPolicy: 'Retain' }),
  secrets: object => ({ type: 'Opaque', ...object }),
  'storageclasses.storage.k8s.io': object => ({ reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate', ...object }),
};

/** The status an object starts with, whatever the creator sent. Kinds not named start without one. */
const FIRST_STATUS: Record<string, JsonObject> = {
  namespaces: { phase: 'Active' },
  persistentvolumeclaims: { phase: 'Pending' },
  persistentvolumes: { phase: 'Pending' },
  services: { loadBalancer: {} },
  'replicasets.apps': { replicas: 0 },
  'statefulsets.apps': { replicas: 0, availableReplicas: 0 },
  'daemonsets.apps': {
    currentNumberScheduled: 0,
    desiredNumberScheduled: 0,
    numberMisscheduled: 0,
    numberReady: 0,
  },
};

/** Kinds whose creator brings the status along. */
const KEEPS_STATUS = new Set(['nodes', 'volumeattachments.storage.k8s.io']);

/** Fills in what is left out, as on every write. */
export const withDefaults = (key: string, object: JsonObject): JsonObject => DEFAULTS[key]?.(object) ?? object;

function priorityOf(store: ObjectStore, pod: JsonObject): number {
  const name = asText(at(pod, 'spec', 'priorityClassName'));
  const builtIn = { 'system-cluster-critical': 2_000_000_000, 'system-node-critical': 2_000_001_000 }[name];
  return builtIn ?? asNumber(store.get('priorityclasses.scheduling.k8s.io', undefined, name)?.value);
}

/** What a creation adds besides the defaults: first status, priority, a namespace's finalizer. */
export function asCreated(store: ObjectStore, key: string, object: JsonObject): JsonObject {
  if (key === 'pods') return podDefaults(object, priorityOf(store, object));
  const filled = withDefaults(key, object);
  if (key === 'namespaces') filled.spec = { finalizers: ['kubernetes'] };
  if (KEEPS_STATUS.has(key)) return filled;
  const { status: _sent, ...rest } = filled;
  const first = FIRST_STATUS[key] ?? (key === 'deployments.apps' || key.startsWith('poddisruption') ? {} : undefined);
  return first === undefined ? rest : { ...rest, status: first };
}

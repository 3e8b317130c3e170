import type { Effect, EffectKind } from '../../src/model/effect.ts';
import type { workloadEffects } from '../../src/model/workload-effects.ts';
import type { ClusterWriters } from '../../src/ports.ts';

type WorkloadEffectKind = (typeof workloadEffects)[number]['shape']['kind']['value'];

const cluster = 'production';
const namespace = 'shop';
const workload = { api_version: 'apps/v1', kind: 'Deployment', namespace, name: 'web' };
const ref = { apiVersion: 'apps/v1', kind: 'Deployment', namespace, name: 'web' };

const MANIFEST = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n';

/** One of each effect on workloads; what `notingWorkloads` keeps is what they name. */
export const workloadEffectCases: { [Kind in WorkloadEffectKind]: Extract<Effect, { kind: Kind }> } = {
  create_namespace: { kind: 'create_namespace', cluster, namespace, labels: {} },
  apply_objects: { kind: 'apply_objects', cluster, namespace, manifest_sha256: 'x', objects: [] },
  restore_objects: { kind: 'restore_objects', cluster, namespace, manifest_sha256: 'x' },
  scale_workload: { kind: 'scale_workload', cluster, workload, replicas: 2 },
  restart_workload: { kind: 'restart_workload', cluster, workload, at: '2026-11-22T10:00:00Z' },
  rollback_workload: { kind: 'rollback_workload', cluster, workload, revision: 'web-1' },
  delete_objects: { kind: 'delete_objects', cluster, objects: [{ ...workload, uid: 'u' }] },
  label_node: { kind: 'label_node', cluster, node: 'w-1', labels: { zone: 'a' }, annotations: {} },
  taint_node: { kind: 'taint_node', cluster, node: 'w-1', add: [], remove: [{ key: 'gpu', effect: 'NoSchedule' }] },
  delete_node: { kind: 'delete_node', cluster, node: 'w-1', uid: 'u' },
};

/** Those before which the Lease is checked (SAFETY 6). */
export const workloadDisruptions: readonly EffectKind[] = [
  'apply_objects',
  'restore_objects',
  'scale_workload',
  'restart_workload',
  'rollback_workload',
  'delete_objects',
  'taint_node',
  'delete_node',
];

type Note = <Answer>(what: string, answer: Answer) => () => Promise<Answer>;

/** Writers that note what reached them. */
export const notingWorkloads = (note: Note): Pick<ClusterWriters, 'workloads' | 'manifests'> => ({
  workloads: {
    cluster,
    createNamespace: note('create_namespace', 'created' as const),
    apply: note('apply_objects', [
      { kind: 'applied' as const, ref, uid: 'u', change: 'created' as const, warnings: [] },
    ]),
    restore: note('restore_objects', [{ kind: 'restored' as const, ref }]),
    scale: note('scale_workload', { kind: 'changed' as const }),
    restart: note('restart_workload', { kind: 'changed' as const }),
    rollBack: note('rollback_workload', { kind: 'unchanged' as const }),
    deleteObjects: note('delete_objects', [{ kind: 'gone' as const, ref }]),
    labelNode: note('label_node', { kind: 'changed' as const }),
    taintNode: note('taint_node', { kind: 'changed' as const }),
    deleteNode: note('delete_node', 'deleted' as const),
  },
  manifests: {
    read: () => Promise.resolve(MANIFEST),
    keepPrior: () => Promise.resolve(),
    prior: () => Promise.resolve([{ ref, uid: 'u', applied: undefined }]),
  },
});

/** Effects on workloads, namespaces and Node objects (model/effect.ts). Journalled: no member holds a manifest, only its hash. */
import * as z from 'zod';

const cluster = { cluster: z.string() };
const ObjectName = z.object({
  api_version: z.string(),
  kind: z.string(),
  /** Absent: of the cluster. */
  namespace: z.string().optional(),
  name: z.string(),
});
const workload = { ...cluster, workload: ObjectName };
const manifest = {
  ...cluster,
  /** Where objects go that name no namespace. */
  namespace: z.string(),
  /** Of a private file (ports/private-files.ts): a manifest may hold secrets. */
  manifest_sha256: z.string(),
};
const taint = { key: z.string(), effect: z.enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute']) };

export const workloadEffects = [
  z.object({
    kind: z.literal('create_namespace'),
    ...cluster,
    namespace: z.string(),
    labels: z.record(z.string(), z.string()),
  }),
  z.object({ kind: z.literal('apply_objects'), ...manifest, objects: z.array(ObjectName) }),
  /** Takes the apply of the same manifest by the same operation back. */
  z.object({ kind: z.literal('restore_objects'), ...manifest }),
  z.object({ kind: z.literal('scale_workload'), ...workload, replicas: z.number().int().min(0) }),
  /** `at` is chosen when it is decided: the same restart twice is one. */
  z.object({ kind: z.literal('restart_workload'), ...workload, at: z.string() }),
  /** `revision` is the name of a ReplicaSet or ControllerRevision: the same rollback twice is one. */
  z.object({ kind: z.literal('rollback_workload'), ...workload, revision: z.string() }),
  z.object({ kind: z.literal('delete_objects'), ...cluster, objects: z.array(ObjectName.extend({ uid: z.string() })) }),
  /** null takes one away. */
  z.object({
    kind: z.literal('label_node'),
    ...cluster,
    node: z.string(),
    labels: z.record(z.string(), z.string().nullable()),
    annotations: z.record(z.string(), z.string().nullable()),
  }),
  z.object({
    kind: z.literal('taint_node'),
    ...cluster,
    node: z.string(),
    add: z.array(z.object({ ...taint, value: z.string() })),
    remove: z.array(z.object(taint)),
  }),
  /** The Node object, after its machine is gone. */
  z.object({ kind: z.literal('delete_node'), ...cluster, node: z.string(), uid: z.string() }),
];

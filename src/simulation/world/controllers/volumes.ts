import { asText, at } from '../../kubernetes-api/json.ts';
import type { SimCluster } from '../cluster.ts';
import { recordEvent } from '../event-recorder.ts';
import { claimNamesOf, isFinished, nodeOf } from '../pods.ts';
import { sha256Hex } from '../random.ts';
import type { KubeObject } from '../store.ts';
import { kubeTime } from '../store.ts';
import { keyOf, splitKey, workQueue } from './work-queue.ts';

const ATTACHMENTS = 'volumeattachments.storage.k8s.io';
const ATTACH_MS = 3_000;
const DETACH_MS = 4_000;

/** Binds claims, attaches their volumes where pods need them, and detaches them when the last pod there is gone. */
export function runVolumes(cluster: SimCluster): void {
  const bind = workQueue(cluster, 'claims', 500, key => bindClaim(cluster, ...splitKey(key)));
  const attach = workQueue(cluster, 'attach', ATTACH_MS, key => attachClaims(cluster, ...splitKey(key)));
  const detach = workQueue(cluster, 'detach', DETACH_MS, name => detachIfUnused(cluster, name));
  cluster.faults.onChange((fault, change) => {
    if (fault.kind !== 'volume_stuck' || change === 'armed') return;
    for (const { metadata } of cluster.store.list(ATTACHMENTS)) detach(metadata.name);
  });
  cluster.store.onEvent(({ resource, type, object, previous }) => {
    if (resource === 'persistentvolumeclaims' && type === 'ADDED') bind(keyOf(object));
    if (resource !== 'pods' || claimNamesOf(object).length === 0) return;
    if (type !== 'DELETED' && nodeOf(object) !== undefined && nodeOf(previous ?? object) !== nodeOf(object))
      attach(keyOf(object));
    if (type === 'ADDED' && nodeOf(object) !== undefined) attach(keyOf(object));
    if (type === 'DELETED') {
      for (const volume of attachableVolumes(cluster, object)) detach(attachmentName(volume, nodeOf(object) ?? ''));
    }
  });
}

const attachmentName = (volume: KubeObject, node: string): string =>
  `csi-${sha256Hex(`${volume.metadata.name} ${String(at(volume, 'spec', 'csi', 'driver'))} ${node}`)}`;

function volumesOf(cluster: SimCluster, pod: KubeObject): (KubeObject | undefined)[] {
  return claimNamesOf(pod).map(name => {
    const claim = cluster.store.get('persistentvolumeclaims', pod.metadata.namespace, name);
    return cluster.store.get('persistentvolumes', undefined, asText(at(claim, 'spec', 'volumeName')));
  });
}

/** Volumes of a pod that a CSI driver has to attach: local ones need none. */
const attachableVolumes = (cluster: SimCluster, pod: KubeObject): KubeObject[] =>
  volumesOf(cluster, pod).flatMap(volume => (at(volume, 'spec', 'csi') === undefined || !volume ? [] : [volume]));

/** True when every volume of the pod is there: what its kubelet waits for. */
export function claimsAttached(cluster: SimCluster, pod: KubeObject): boolean {
  const node = nodeOf(pod) ?? '';
  return volumesOf(cluster, pod).every(volume => {
    if (volume === undefined) return false;
    if (at(volume, 'spec', 'csi') === undefined) return true;
    const attachment = cluster.store.get(ATTACHMENTS, undefined, attachmentName(volume, node));
    return at(attachment, 'status', 'attached') === true;
  });
}

/** Provisions a volume for a claim: networked, attachable anywhere. */
export function bindClaim(cluster: SimCluster, namespace: string, name: string): void {
  const claim = cluster.store.get('persistentvolumeclaims', namespace, name);
  if (claim === undefined || at(claim, 'status', 'phase') === 'Bound') return;
  const volumeName = asText(at(claim, 'spec', 'volumeName')) || `pvc-${claim.metadata.uid}`;
  if (cluster.store.get('persistentvolumes', undefined, volumeName) === undefined) {
    createVolume(cluster, claim, volumeName, {
      csi: { driver: 'csi.sim.example', volumeHandle: volumeName, fsType: 'xfs' },
    });
  }
  bindTo(cluster, claim, volumeName);
}

/** A volume of the claim's size and class, bound to it. */
export function createVolume(
  cluster: SimCluster,
  claim: KubeObject,
  name: string,
  source: Record<string, unknown>,
): KubeObject {
  return cluster.store.create('persistentvolumes', {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name },
    spec: {
      capacity: { storage: at(claim, 'spec', 'resources', 'requests', 'storage') ?? '1Gi' },
      accessModes: ['ReadWriteOnce'],
      persistentVolumeReclaimPolicy: 'Delete',
      storageClassName: at(claim, 'spec', 'storageClassName') ?? 'standard',
      volumeMode: 'Filesystem',
      claimRef: {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        namespace: claim.metadata.namespace,
        name: claim.metadata.name,
        uid: claim.metadata.uid,
      },
      ...source,
    },
    status: { phase: 'Bound' },
  });
}

export function bindTo(cluster: SimCluster, claim: KubeObject, volumeName: string): void {
  const spec = claim.spec as Record<string, unknown>;
  cluster.store.replace('persistentvolumeclaims', {
    ...claim,
    spec: { ...spec, volumeName },
    status: { phase: 'Bound', accessModes: ['ReadWriteOnce'], capacity: at(spec, 'resources', 'requests') },
  });
}

/** Attaches a bound pod's volumes; one still attached elsewhere (ReadWriteOnce) has to be let go there first. */
function attachClaims(cluster: SimCluster, namespace: string, name: string): void {
  const pod = cluster.store.get('pods', namespace, name);
  const node = pod === undefined ? undefined : nodeOf(pod);
  if (pod === undefined || node === undefined || isFinished(pod)) return;
  if (volumesOf(cluster, pod).includes(undefined)) {
    cluster.clock.scheduleOnce(1_000, 'work attach', `${namespace}/${name}`);
    return;
  }
  for (const volume of attachableVolumes(cluster, pod)) {
    const elsewhere = cluster.store
      .list(ATTACHMENTS)
      .some(
        other =>
          at(other, 'spec', 'source', 'persistentVolumeName') === volume.metadata.name &&
          at(other, 'spec', 'nodeName') !== node,
      );
    if (elsewhere) {
      tellMultiAttach(cluster, pod, volume);
      cluster.clock.scheduleOnce(1_000, 'work attach', `${namespace}/${name}`);
    } else attach(cluster, volume, node);
  }
}

function tellMultiAttach(cluster: SimCluster, pod: KubeObject, volume: KubeObject): void {
  const why = `Multi-Attach error for volume "${volume.metadata.name}"`;
  const message = `${why} Volume is already exclusively attached to one node and can't be attached to another`;
  const component = 'attachdetach-controller';
  recordEvent(cluster, pod, { type: 'Warning', reason: 'FailedAttachVolume', message, component });
}

function attach(cluster: SimCluster, volume: KubeObject, node: string): void {
  const name = attachmentName(volume, node);
  if (cluster.store.get(ATTACHMENTS, undefined, name) !== undefined) return;
  cluster.store.create(ATTACHMENTS, {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'VolumeAttachment',
    metadata: { name },
    spec: {
      attacher: at(volume, 'spec', 'csi', 'driver'),
      nodeName: node,
      source: { persistentVolumeName: volume.metadata.name },
    },
    status: { attached: true },
  });
}

/** Attaches the volumes of a pod that is new and alone in using them. */
export function attachNewVolumes(cluster: SimCluster, pod: KubeObject): void {
  for (const volume of attachableVolumes(cluster, pod)) attach(cluster, volume, nodeOf(pod) ?? '');
}

function detachIfUnused(cluster: SimCluster, name: string): void {
  const attachment = cluster.store.get(ATTACHMENTS, undefined, name);
  if (attachment === undefined) return;
  const volume = at(attachment, 'spec', 'source', 'persistentVolumeName');
  const isUsed = cluster.pods
    .onNode(asText(at(attachment, 'spec', 'nodeName')))
    .some(pod => attachableVolumes(cluster, pod).some(other => other.metadata.name === volume));
  if (isUsed) return;
  const node = asText(at(attachment, 'spec', 'nodeName'));
  const claim = at(cluster.store.get('persistentvolumes', undefined, asText(volume)), 'spec', 'claimRef');
  const scope = { node, namespace: asText(at(claim, 'namespace')) };
  if (cluster.faults.active('volume_stuck', scope) === undefined) cluster.store.remove(ATTACHMENTS, undefined, name);
  else markStuck(cluster, attachment);
}

/** The attach/detach controller has asked for it; the driver fails, and its finalizer holds the attachment. */
function markStuck(cluster: SimCluster, attachment: KubeObject): void {
  if (attachment.metadata.deletionTimestamp !== undefined) return;
  const now = kubeTime(cluster.now());
  cluster.store.replace(ATTACHMENTS, {
    ...attachment,
    metadata: {
      ...attachment.metadata,
      deletionTimestamp: now,
      deletionGracePeriodSeconds: 0,
      finalizers: ['external-attacher/csi-sim-example'],
    },
    status: {
      attached: true,
      detachError: {
        time: now,
        message: 'rpc error: code = DeadlineExceeded desc = volume is still in use on the node',
      },
    },
  });
}

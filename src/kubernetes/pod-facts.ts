import type { V1PersistentVolume, V1Pod, V1Toleration } from '@kubernetes/client-node';
import { podRequests } from '../decisions/pod-requests.ts';
import type { PodController, PodFacts } from '../model/facts.ts';
import { required, timeOf } from './wire.ts';

const MIRROR_ANNOTATION = 'kubernetes.io/config.mirror';
const CORDON_TAINT = 'node.kubernetes.io/unschedulable';
const HOSTNAME_LABEL = 'kubernetes.io/hostname';

/** Whether a toleration matches the cordon's taint, key unschedulable without value, effect NoSchedule (core/v1 ToleratesTaint). */
function toleratesCordon({ key, operator, value, effect }: V1Toleration): boolean {
  if (effect && effect !== 'NoSchedule') return false;
  if (key && key !== CORDON_TAINT) return false;
  return operator === 'Exists' || (key === CORDON_TAINT && (!operator || operator === 'Equal') && !value);
}

function controllerOf(pod: V1Pod): PodController | undefined {
  const owner = pod.metadata?.ownerReferences?.find(reference => reference.controller === true);
  return owner === undefined ? undefined : { kind: owner.kind, name: owner.name, uid: owner.uid };
}

/** "namespace/claim" of a persistent volume whose data is on one node: local, hostPath, or bound to a hostname. */
export function localClaim({ spec }: V1PersistentVolume): string | undefined {
  const terms = spec?.nodeAffinity?.required?.nodeSelectorTerms ?? [];
  const isBoundToNode = terms.some(term => term.matchExpressions?.some(({ key }) => key === HOSTNAME_LABEL));
  const isLocal = spec?.local !== undefined || spec?.hostPath !== undefined || isBoundToNode;
  return isLocal && spec?.claimRef !== undefined ? `${spec.claimRef.namespace}/${spec.claimRef.name}` : undefined;
}

/** "namespace/claim" of each volume claim the pod mounts. */
export const claimsOf = ({ metadata, spec }: V1Pod): string[] =>
  (spec?.volumes ?? []).flatMap(({ persistentVolumeClaim: claim }) =>
    claim === undefined ? [] : [`${metadata?.namespace}/${claim.claimName}`],
  );

/** A pod; `localClaims` are the claims whose volume is on one node. */
export function podFacts(pod: V1Pod, localClaims: ReadonlySet<string>): PodFacts {
  const { metadata, spec, status } = pod;
  const namespace = required(metadata?.namespace, 'metadata.namespace');
  const volumes = spec?.volumes ?? [];
  return {
    namespace,
    name: required(metadata?.name, 'metadata.name'),
    uid: required(metadata?.uid, 'metadata.uid'),
    nodeName: spec?.nodeName || undefined,
    phase: status?.phase ?? 'Unknown',
    isReady: status?.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True') ?? false,
    terminatingSince: timeOf(metadata?.deletionTimestamp),
    controller: controllerOf(pod),
    isMirror: Object.hasOwn(metadata?.annotations ?? {}, MIRROR_ANNOTATION),
    hasEmptyDir: volumes.some(volume => volume.emptyDir !== undefined),
    hasLocalVolume: claimsOf(pod).some(claim => localClaims.has(claim)),
    toleratesCordon: spec?.tolerations?.some(toleratesCordon) ?? false,
    labels: metadata?.labels ?? {},
    restarts: (status?.containerStatuses ?? []).reduce((sum, container) => sum + container.restartCount, 0),
    images: (spec?.containers ?? []).map(container => container.image ?? ''),
    requests: podRequests(spec),
  };
}

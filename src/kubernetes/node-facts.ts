import type { V1Lease, V1Node } from '@kubernetes/client-node';
import { quantityMillis, quantityUnits } from '../decisions/quantity.ts';
import type { NodeFacts } from '../model/facts.ts';
import { required, timeOf } from './wire.ts';

/** Annotations of our cordon (SAFETY 8). */
export const CORDONED_BY = 'containers-gm/cordoned-by';
export const PRIOR_UNSCHEDULABLE = 'containers-gm/prior-unschedulable';

const CONTROL_PLANE_LABEL = 'node-role.kubernetes.io/control-plane';

/** A node without its lease. Amounts it does not tell intelligibly are 0: nothing fits. */
export function nodeFacts(node: V1Node): NodeFacts {
  const { metadata, spec, status } = node;
  const annotations = metadata?.annotations ?? {};
  const ready = status?.conditions?.find(condition => condition.type === 'Ready')?.status;
  const prior = annotations[PRIOR_UNSCHEDULABLE];
  const allocatable = status?.allocatable ?? {};
  return {
    name: required(metadata?.name, 'metadata.name'),
    role: Object.hasOwn(metadata?.labels ?? {}, CONTROL_PLANE_LABEL) ? 'control-plane' : 'worker',
    uid: required(metadata?.uid, 'metadata.uid'),
    resourceVersion: required(metadata?.resourceVersion, 'metadata.resourceVersion'),
    systemUuid: status?.nodeInfo?.systemUUID ?? '',
    bootId: status?.nodeInfo?.bootID ?? '',
    internalIp: status?.addresses?.find(address => address.type === 'InternalIP')?.address,
    osImage: status?.nodeInfo?.osImage ?? '',
    kubeletVersion: status?.nodeInfo?.kubeletVersion ?? '',
    ready: ready === 'True' ? true : ready === 'False' ? false : 'unknown',
    unschedulable: spec?.unschedulable === true,
    cordonOwner: annotations[CORDONED_BY],
    cordonPriorUnschedulable: prior === 'true' ? true : prior === 'false' ? false : undefined,
    leaseRenewedAt: undefined,
    allocatable: {
      cpuMillis: quantityMillis(allocatable.cpu) ?? 0,
      memoryBytes: quantityUnits(allocatable.memory) ?? 0,
      pods: quantityUnits(allocatable.pods) ?? 0,
    },
    labels: metadata?.labels ?? {},
    taints: (spec?.taints ?? []).map(({ key, value, effect }) => ({ key, value: value ?? '', effect })),
  };
}

/** When the node's Lease in kube-node-lease was renewed, in epoch milliseconds. */
export function leaseRenewal(lease: V1Lease): { node: string; renewedAt: number | undefined } {
  return { node: required(lease.metadata?.name, 'metadata.name'), renewedAt: timeOf(lease.spec?.renewTime) };
}

import type {
  V1DaemonSet,
  V1LabelSelector,
  V1Lease,
  V1PodDisruptionBudget,
  V1VolumeAttachment,
} from '@kubernetes/client-node';
import type { BudgetFacts, DaemonSetFacts, LabelSelector, LeaseFacts, VolumeAttachmentFacts } from '../model/facts.ts';
import { required, timeOf } from './wire.ts';

function selectorOf(selector: V1LabelSelector | undefined): LabelSelector | undefined {
  if (selector === undefined || selector === null) return undefined;
  return {
    ...(selector.matchLabels === undefined ? {} : { matchLabels: selector.matchLabels }),
    ...(selector.matchExpressions === undefined
      ? {}
      : {
          matchExpressions: selector.matchExpressions.map(({ key, operator, values }) => ({
            key,
            operator,
            ...(values === undefined ? {} : { values }),
          })),
        }),
  };
}

/** A PodDisruptionBudget; one whose status is not written yet allows nothing. */
export function budgetFacts({ metadata, spec, status }: V1PodDisruptionBudget): BudgetFacts {
  return {
    namespace: required(metadata?.namespace, 'metadata.namespace'),
    name: required(metadata?.name, 'metadata.name'),
    selector: selectorOf(spec?.selector),
    disruptionsAllowed: status?.disruptionsAllowed ?? 0,
    currentHealthy: status?.currentHealthy ?? 0,
    desiredHealthy: status?.desiredHealthy ?? 0,
    expectedPods: status?.expectedPods ?? 0,
    generation: metadata?.generation ?? 0,
    observedGeneration: status?.observedGeneration ?? 0,
    unhealthyPodEvictionPolicy: spec?.unhealthyPodEvictionPolicy === 'AlwaysAllow' ? 'AlwaysAllow' : 'IfHealthyBudget',
  };
}

export function daemonSetFacts({ metadata }: V1DaemonSet): DaemonSetFacts {
  return {
    namespace: required(metadata?.namespace, 'metadata.namespace'),
    name: required(metadata?.name, 'metadata.name'),
    uid: required(metadata?.uid, 'metadata.uid'),
  };
}

/** An attachment counts as attached until the attacher says otherwise. */
export function volumeAttachmentFacts({ metadata, spec, status }: V1VolumeAttachment): VolumeAttachmentFacts {
  return {
    name: required(metadata?.name, 'metadata.name'),
    nodeName: required(spec?.nodeName, 'spec.nodeName'),
    attached: status?.attached !== false,
  };
}

/** A Lease; an empty holder is no holder. */
export function leaseFacts({ metadata, spec }: V1Lease): LeaseFacts {
  return {
    holder: spec?.holderIdentity || undefined,
    renewedAt: timeOf(spec?.renewTime),
    resourceVersion: required(metadata?.resourceVersion, 'metadata.resourceVersion'),
  };
}

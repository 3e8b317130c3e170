/** Why something does not work: the three likeliest causes, each with its evidence and the rule it follows from (R256, R262). */
import type { NodeSymptoms } from '../model/symptoms.ts';
import { type Cause, type CauseFound, ranked, UNKNOWN } from './causes/cause.ts';
import { containerCauses } from './causes/container-causes.ts';
import { isReadyNode, type MachineLook, machineCauses } from './causes/machine-causes.ts';
import { nodeCauses } from './causes/node-causes.ts';
import { placementCauses } from './causes/placement-causes.ts';
import { isHealthyPod, type WorkloadLook } from './causes/pods.ts';

export type { Cause } from './causes/cause.ts';
export type { MachineLook } from './causes/machine-causes.ts';
export { isHealthyPod, type WorkloadLook, worstFirst } from './causes/pods.ts';
export { suspects } from './causes/suspects.ts';

export interface Diagnosis {
  state: 'healthy' | 'unhealthy';
  /** Likeliest first, at most three; of something unhealthy that nothing explains one that says `unknown`. */
  causes: Cause[];
}

/** A workload: unhealthy when a pod that should run is not ready, or fewer are than it asks for. */
export function diagnoseWorkload(look: WorkloadLook): Diagnosis {
  const { workload, nodes } = look;
  const running = workload.pods.filter(pod => pod.phase !== 'Succeeded');
  const ready = running.filter(isHealthyPod).length;
  const isShort = workload.desired !== undefined && ready < workload.desired;
  const isUnhealthy = isShort || ready < running.length;
  const found = [...containerCauses(look), ...placementCauses(look), ...nodes.flatMap(awayOf(look))];
  return concluded(found, isUnhealthy);
}

/** A node: unhealthy when it is not Ready, or something that it needs is certainly not there. */
export function diagnoseNode(look: MachineLook): Diagnosis {
  const found = [...nodeCauses(look.node, look.events), ...machineCauses(look)];
  return concluded(found, !isReadyNode(look.node) || found.some(({ weight }) => weight >= 90));
}

function concluded(found: readonly CauseFound[], isUnhealthy: boolean): Diagnosis {
  const causes = ranked(found);
  if (!isUnhealthy) return { state: 'healthy', causes };
  return { state: 'unhealthy', causes: causes.length === 0 ? [UNKNOWN] : causes };
}

/** A pod on a node that is not Ready is not ready for that reason, whatever else is said of it. */
const awayOf =
  ({ workload }: WorkloadLook) =>
  (node: NodeSymptoms): CauseFound[] => {
    const there = workload.pods.filter(pod => pod.nodeName === node.name);
    const ready = node.conditions.find(({ type }) => type === 'Ready');
    if (isReadyNode(node) || there.length === 0) return [];
    return [
      {
        cause: 'node_not_ready',
        weight: 92,
        subject: node.name,
        message: `node ${node.name} is not Ready, and ${there.length} of the pods are on it`,
        evidence: [`Ready is ${ready?.status ?? 'not told'}: ${ready?.reason ?? ''} ${ready?.message ?? ''}`],
        rule: 'seed line 523, R256: a node that does not answer takes its pods with it',
        remedy: `investigate with node ${node.name}.`,
        affected: there.length,
      },
    ];
  };

import { compareIdentity } from '../../decisions/identity.ts';
import { limits } from '../../decisions/upgrade-turn/turn.ts';
import { endpointsFor } from '../../decisions/upgrade-turn.ts';
import { onNode } from './in-cluster.ts';
import type { StepPerformer } from './step.ts';

/** Both sources say that the node serves: Kubernetes (Ready, Lease fresh) and its machine (the same machine, running) (SAFETY 1, 4). */
export const proveNode: StepPerformer<'prove_node'> = async context => {
  const { cluster, node, target } = await onNode(context);
  const waiting = (reason: string) => ({
    kind: 'wait' as const,
    reason,
    whatEndsIt: 'Kubernetes and Talos both say that it serves',
    pollMs: limits.pollMs,
    atMostMs: limits.proofMs,
    remedy: `look at ${node.name} (investigate), then control_operation resume`,
  });
  if (node.ready !== true) return waiting(`${node.name} is not Ready`);
  if (node.leaseRenewedAt === undefined || context.now - node.leaseRenewedAt > limits.leaseFreshMs) {
    return waiting(`the Lease of ${node.name} is not fresh`);
  }
  const where = { address: target.address, endpoints: endpointsFor(target.address, cluster.config.talos.endpoints) };
  const machine = await cluster.talos.machine(where, context.signal);
  const compared = compareIdentity(node, machine);
  const differing = Object.entries(compared).flatMap(([part, agreement]) => (agreement === 'differs' ? [part] : []));
  if (differing.length > 0) {
    return {
      kind: 'failed',
      code: 'CONTRACTOR_SUSPECT',
      reason: `${node.name} and its machine differ in ${differing.join(', ')}`,
      remedy: 'check the Talos context and endpoints of the cluster, then control_operation resume',
      evidence: differing.map(part => `${part} of node and machine`),
    };
  }
  if (machine.stage !== 'running')
    return waiting(`the machine of ${node.name} is ${machine.stage ?? 'of unknown stage'}`);
  return {
    kind: 'done',
    reason: `${node.name} is Ready, its machine runs`,
    evidence: [`Ready, Lease fresh, boot ${node.bootId}`, `Talos: stage ${machine.stage}, version ${machine.version}`],
  };
};

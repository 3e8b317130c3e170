import { limits } from '../../decisions/upgrade-turn/turn.ts';
import { onMachine } from './on-machine.ts';
import type { StepPerformer } from './step.ts';

/** The machine is a node: the same system UUID, Ready (seed 699). */
export const awaitJoin: StepPerformer<'await_join'> = async context => {
  const { cluster, where, systemUuid } = onMachine(context);
  const nodes = await cluster.kubernetes.nodes(context.signal);
  const node = nodes.find(({ internalIp }) => internalIp === where.address);
  const waiting = (reason: string) => ({
    kind: 'wait' as const,
    reason,
    whatEndsIt: 'it is a Ready node',
    pollMs: limits.pollMs,
    atMostMs: 30 * 60_000,
    remedy: 'look at the machine’s kubelet (investigate), then control_operation resume',
  });
  if (!node) return waiting(`${where.address} is no node yet`);
  if (systemUuid !== undefined && node.systemUuid.toLowerCase() !== systemUuid.toLowerCase()) {
    return {
      kind: 'failed',
      code: 'CONTRACTOR_SUSPECT',
      reason: `node ${node.name} at ${where.address} is another machine than was configured`,
      remedy: 'look at both, then plan again',
    };
  }
  if (node.ready !== true) return waiting(`${node.name} is not Ready`);
  return {
    kind: 'done',
    reason: `${node.name} has joined, Ready`,
    evidence: [`system UUID ${node.systemUuid}`, `kubelet ${node.kubeletVersion}`],
    result: { node: node.name, headline: `${node.name} joined` },
  };
};

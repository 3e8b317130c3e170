/** A human who looks at the machine before answering a halt, and says what there is. */
import type { NodeProgress, Operation } from '../../../src/model/operation.ts';
import type { SimCluster } from '../../../src/simulation/world/cluster.ts';
import { isBusy, orderReboot } from '../../../src/simulation/world/machines/sequences.ts';
import type { Control } from './division.ts';

const resume: Control = { action: 'resume', reason: 'go on' };

/** What became of the attempt that is in doubt. Undefined once that was said, or when the node is brought up by hand. */
function finding({ node, attempts, cluster }: NodeProgress, sim: SimCluster): Control | undefined {
  const attempt = attempts.at(-1);
  const machine = sim.machines.get(node);
  if (attempt === undefined || machine === undefined || isBusy(machine)) return undefined;
  const isWritten = machine.next_slot !== machine.running_slot;
  const isInstalled = attempt.kind === 'install' && isWritten;
  if (isInstalled && attempt.reboots) {
    orderReboot(sim, machine);
    return undefined;
  }
  return {
    action: 'resolve',
    node: `${cluster}/${node}`,
    as: isInstalled ? 'done' : 'not_started',
    reason: `its other slot is ${isWritten ? 'written' : 'as it was'}, and it runs on`,
  };
}

/** Answers a doubt with what there is, then resumes; resumes after what was proved not to have been started. */
export function careful(operation: Operation, { cluster }: { cluster: SimCluster }): Control | undefined {
  const { stopped, nodes, finished_at } = operation;
  if (stopped?.code === 'CONTRACTOR_FAILED') return resume;
  if (stopped?.code !== 'OUTCOME_UNKNOWN') return undefined;
  const inDoubt = nodes.find(({ state }) => state === 'in_doubt');
  const isSaid = inDoubt?.resolved !== undefined && inDoubt.resolved.at >= (finished_at ?? '');
  return (inDoubt === undefined || isSaid ? undefined : finding(inDoubt, cluster)) ?? resume;
}

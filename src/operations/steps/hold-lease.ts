import { inCluster } from './in-cluster.ts';
import type { StepPerformer } from './step.ts';

/** One general manager a cluster (SAFETY 6); each disruptive effect checks it again. */
export const holdLease: StepPerformer<'hold_lease'> = async context => {
  const { name } = inCluster(context).cluster.config;
  const { leases, goneHolders } = context.state;
  const gone = goneHolders.get(name);
  if (leases.has(name) && gone === undefined) return { kind: 'done', reason: `the Lease of ${name} is held` };
  return {
    kind: 'effect',
    effect: { kind: 'hold_lease', cluster: name, ...(gone !== undefined && { instead_of: gone }) },
    reason: 'one operation a cluster (SAFETY 6)',
  };
};

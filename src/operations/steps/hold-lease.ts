import { inCluster } from './in-cluster.ts';
import type { StepPerformer } from './step.ts';

/** One general manager a cluster (SAFETY 6); each disruptive effect checks it again. */
export const holdLease: StepPerformer<'hold_lease'> = async context => {
  const { cluster } = inCluster(context);
  const name = cluster.config.name;
  if (context.progress.last_outcome?.result === 'ok') return { kind: 'done', reason: `the Lease of ${name} is held` };
  return {
    kind: 'effect',
    effect: { kind: 'hold_lease', cluster: name },
    reason: 'one operation a cluster (SAFETY 6)',
  };
};

import { checkQuorumLost } from '../../decisions/checks/node-state.ts';
import { readControlPlane } from '../read-control-plane.ts';
import { escalationsNow, tellPrime } from './escalate.ts';
import { inCluster } from './in-cluster.ts';
import type { StepPerformer } from './step.ts';

const AT_MOST_MS = 24 * 3_600_000;
const HOUR_MS = 3_600_000;

/**
 * Until etcd serves again. What destroys data is not done here: a lost quorum is restored by a plan of its own, which Cortex Prime
 * approves by its hash (ledger R243); this names it. Past an hour Prime is told (R251).
 */
export const awaitRecovery: StepPerformer<'await_recovery'> = async scene => {
  const { cluster } = inCluster(scene);
  const { name } = cluster.config;
  const { now, progress, signal } = scene;
  const { machines, etcd, servers } = await readControlPlane(cluster, signal);
  const serving = servers.filter(({ etcdReady }) => etcdReady === true);
  if (serving.length > 0) {
    return {
      kind: 'done',
      reason: `etcd of ${name} serves`,
      evidence: serving.map(({ url }) => `${url} serves`),
      result: { headline: `control plane of ${name} serves` },
    };
  }
  const isLost = checkQuorumLost({ members: machines.length, views: etcd, machines, servers }).issues.length === 0;
  const plan = `decompose_task {"playbook": "recover_etcd", "cluster": "${name}"}`;
  const isLate = now - Date.parse(progress.started_at ?? new Date(now).toISOString()) > HOUR_MS;
  const what = isLost ? `etcd of ${name} has lost its quorum: ${plan}` : `the control plane of ${name} does not serve`;
  return {
    kind: 'wait',
    reason: isLate ? `${what}; it has lasted over an hour` : what,
    whatEndsIt: isLost ? 'Cortex Prime approves that plan, and it is carried out' : 'an API server serves again',
    pollMs: 15_000,
    atMostMs: AT_MOST_MS,
    remedy: `${plan} plans the restore; control_operation resume looks again`,
    ...(isLost && { result: { proposes: { playbook: 'recover_etcd', cluster: name } } }),
    ...(isLate && {
      before: async () => {
        await tellPrime(scene, await escalationsNow(scene));
      },
    }),
  };
};

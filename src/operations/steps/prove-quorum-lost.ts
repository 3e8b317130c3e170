import { checkQuorumLost } from '../../decisions/checks/node-state.ts';
import { readControlPlane } from '../read-control-plane.ts';
import { inCluster } from './in-cluster.ts';
import type { StepLook, StepPerformer, StepScene } from './step.ts';

/** Two looks at least this far apart: an election, or a network that comes back, takes far less (SAFETY 3b). */
export const APART_MS = 2 * 60_000;
const AT_MOST_MS = 20 * 60_000;

/**
 * etcd's quorum is lost when two looks at every member, at least two minutes apart, both say so. Any sign of a leader, or an API server
 * with a working etcd, ends it: nothing is restored over a cluster that lives.
 */
export const proveQuorumLost: StepPerformer<'prove_quorum_lost'> = async scene => {
  const { now, progress } = scene;
  const { problem, evidence, headline } = await lookAtQuorum(scene);
  if (problem !== undefined) return stands(problem);
  const first = progress.result?.first_look_at;
  if (typeof first !== 'number') {
    return {
      ...waiting(`${headline}: first look at ${new Date(now).toISOString()}`, now + APART_MS),
      result: { first_look_at: now },
    };
  }
  if (now - first < APART_MS) return waiting(progress.reason ?? headline, first + APART_MS);
  return {
    kind: 'done',
    reason: `${headline}: seen twice, ${Math.round((now - first) / 1000)} s apart`,
    evidence,
    result: { headline },
  };
};

/** What of a look speaks against a lost quorum; undefined: nothing. */
export async function lookAtQuorum(scene: StepScene) {
  const { cluster } = inCluster(scene);
  const { machines, etcd, servers } = await readControlPlane(cluster, scene.signal);
  const found = checkQuorumLost({ members: machines.length, views: etcd, machines, servers });
  const evidence = Array.isArray(found.figures.evidence) ? found.figures.evidence.map(String) : [];
  return { problem: found.issues[0]?.message, evidence, headline: `${cluster.config.name}: ${found.headline}` };
}

/** Nothing is wiped or restored then. */
export const stands = (problem: string): StepLook => ({
  kind: 'failed',
  code: 'QUORUM_AT_RISK',
  reason: problem,
  remedy: 'nothing was restored: look at the members (cluster_health), then control_operation resume looks again',
});

const waiting = (reason: string, until: number): Extract<StepLook, { kind: 'wait' }> => ({
  kind: 'wait',
  reason,
  whatEndsIt: `a second look after ${new Date(until).toISOString()} says the same`,
  pollMs: 15_000,
  atMostMs: AT_MOST_MS,
  remedy: 'look at the members (cluster_health), then control_operation resume',
});

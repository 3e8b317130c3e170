import { checkQuorumLost } from '../../decisions/checks/node-state.ts';
import { type Escalation, escalationsOf } from '../../decisions/emergency/escalation.ts';
import { DivisionError } from '../../errors.ts';
import type { ClusterPorts } from '../../ports.ts';
import { type ControlPlaneLook, readControlPlane } from '../read-control-plane.ts';
import { snapshotsOf } from '../recovery-records.ts';
import type { StepPerformer, StepScene } from './step.ts';

/** An incident is Cortex Prime's at once under four conditions (seed lines 509 to 513); each is told once, with what it rests on. */
export const escalate: StepPerformer<'escalate'> = async scene => {
  const found = await escalationsNow(scene);
  if (found.length === 0) {
    return { kind: 'done', reason: 'none of the four conditions holds: nobody is woken', result: { conditions: [] } };
  }
  const reasons = found.map(({ reason }) => reason).join('; ');
  return {
    kind: 'write',
    reason: `Cortex Prime is told: ${reasons}`,
    write: async () => ({
      conditions: found.map(({ condition }) => condition),
      handoff_ids: await tellPrime(scene, found),
      headline: `escalated to Cortex Prime: ${found.map(({ condition }) => condition).join(', ')}`,
    }),
  };
};

/** What holds now, of all clusters of the plan. */
export async function escalationsNow(scene: StepScene): Promise<Escalation[]> {
  const { plan, state, now, signal, clusterNamed } = scene;
  const clusters = plan.clusters.flatMap(({ name }) => clusterNamed(name) ?? []);
  const looks = await Promise.all(
    clusters.map(async ports => ({ ports, look: await readControlPlane(ports, signal) })),
  );
  const failing = looks.filter(({ look }) => !look.servers.some(({ etcdReady }) => etcdReady === true));
  const lost = failing.filter(({ look }) => isQuorumLost(look));
  const ages = await Promise.all(lost.map(({ ports }) => snapshotAge(scene, ports)));
  const gone = lost.some(({ look }) =>
    look.planes.some(({ facts }) => facts.error !== undefined && facts.stage === undefined),
  );
  const begun = [...state.steps.values()].flatMap(({ started_at }) => started_at ?? []).sort()[0];
  return escalationsOf({
    failing: failing.map(({ ports }) => ports.config.name),
    isQuorumLost: lost.length > 0,
    snapshotAgeMs: ages.includes(undefined) ? undefined : Math.max(0, ...ages.flatMap(age => age ?? [])),
    elapsedMs: begun === undefined ? 0 : now - Date.parse(begun),
    expectedMs: failing.length > 0 ? plan.estimate.minutes_expected * 60_000 : undefined,
    changesArchitecture: gone,
  });
}

const isQuorumLost = ({ machines, etcd, servers }: ControlPlaneLook): boolean =>
  checkQuorumLost({ members: machines.length, views: etcd, machines, servers }).issues.length === 0;

async function snapshotAge({ ports, now }: StepScene, { config }: ClusterPorts): Promise<number | undefined> {
  try {
    const [newest] = await snapshotsOf(ports, config.name);
    return newest && Math.max(0, now - newest.takenAt);
  } catch (error) {
    // What can't be read is no backup.
    if (error instanceof DivisionError && error.code !== 'CANCELLED') return undefined;
    throw error;
  }
}

/** One handoff a condition, once an operation, whichever step finds it first. */
export async function tellPrime(
  { ports, plan, operationId }: StepScene,
  found: readonly Escalation[],
): Promise<string[]> {
  const { handoffs } = await ports.handoffs.outgoing();
  const ids: string[] = [];
  for (const { condition, reason, rule } of found) {
    const reference = `${operationId}/escalation/${condition}`;
    const sent = handoffs.find(({ reading }) => reading.context.reference === reference);
    const id =
      sent?.id ??
      (
        await ports.handoffs.send({
          to: 'cortex-prime',
          handoffType: 'escalation',
          priority: 'critical',
          taskId: `${condition.replaceAll('_', '-')}-${operationId}`,
          context: {
            summary: reason,
            condition,
            rule,
            clusters: plan.clusters.map(({ name }) => name),
            operation_id: operationId,
            simulated: plan.simulated,
            reference,
          },
          once: reference,
        })
      ).handoffId;
    ids.push(id);
  }
  return ids;
}

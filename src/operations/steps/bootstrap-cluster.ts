import { limits } from '../../decisions/upgrade-turn/turn.ts';
import type { ClusterPorts } from '../../ports.ts';
import { type PlaneMachine, readPlane } from '../read-control-plane.ts';
import { etcdServiceOf, waitsForData } from './etcd-service.ts';
import { inCluster } from './in-cluster.ts';
import { lookAtAttempt } from './once-only.ts';
import type { StepLook, StepPerformer, StepScene } from './step.ts';

const AT_MOST_MS = 30 * 60_000;

interface Plane {
  address: string;
  /** Of the machine that was configured here. */
  systemUuid: string;
  look: PlaneMachine;
  /** Of its etcd service; undefined while it does not tell. */
  etcd: string | undefined;
}

/**
 * Begins the cluster's etcd on its first control plane machine: once, ever (ledger R324, SAFETY 3). Every control plane machine is looked
 * at before: as long as one of them does not say that its etcd waits for data nothing is sent, and etcd that runs anywhere without an
 * attempt of ours is somebody else's. The contractor asks the same again and keeps a claim for the cluster's whole life.
 */
export const bootstrapCluster: StepPerformer<'bootstrap_cluster'> = async scene => {
  const { cluster } = inCluster(scene);
  const { name } = cluster.config;
  const planes = await lookAtPlanes(scene, cluster);
  const [first] = planes;
  if (!first) return failed('NOT_FOUND', 'no control plane machine was configured', 'plan again');
  const other = planes.find(({ look, systemUuid }) => isAnother(look, systemUuid));
  if (other) return failed('CONTRACTOR_SUSPECT', `${other.address} is another machine than was configured`, LOOK_AT_IT);
  const attempts = scene.progress.attempts ?? [];
  if (attempts.length > 0 && serves(first)) return bootstrapped(cluster, first);
  if (attempts.length === 0) {
    const running = planes.find(({ etcd }) => etcd === 'Running');
    if (running) {
      const reason = `etcd runs on ${running.address} already: ${name} was bootstrapped, and not by this operation`;
      return failed('OPERATION_CONFLICT', reason, 'look at who did; a cluster that is there is not created again');
    }
    const notReady = planes.find(({ etcd }) => !waitsForData(etcd));
    if (notReady) return waitingFor(`etcd of ${notReady.address} is ${notReady.etcd ?? 'not known'}`);
  }
  const { facts, target } = first.look;
  const bootId = attempts.at(-1)?.boot_id ?? facts.bootId;
  if (bootId === undefined) return waitingFor(`${first.address} does not tell its boot`);
  const attempt = await lookAtAttempt(scene, {
    cluster,
    kind: 'bootstrap',
    systemUuid: first.systemUuid,
    bootId,
    atMostMs: AT_MOST_MS,
    running: `etcd of ${name} begins on ${first.address}`,
    dispatch: attemptId => ({
      kind: 'effect',
      reason: `etcd of all ${planes.length} control plane machines waits for data`,
      effect: {
        kind: 'bootstrap',
        cluster: name,
        node: first.address,
        attempt_id: attemptId,
        system_uuid: first.systemUuid,
        boot_id: bootId,
        address: target.address,
        endpoints: [...target.endpoints],
        control_plane: planes.map(({ address }) => address),
      },
    }),
  });
  return attempt ?? waitingFor(`etcd does not run on ${first.address} yet`);
};

/** The control plane machines that this operation configured, in their order. */
async function lookAtPlanes({ plan, state, step, signal }: StepScene, cluster: ClusterPorts): Promise<Plane[]> {
  const { endpoints } = cluster.config.talos;
  return Promise.all(
    endpoints.flatMap((address, machine) => {
      const configured = plan.steps.find(
        ({ action, target }) =>
          action.does === 'configure_machine' && target.cluster === step.target.cluster && target.machine === machine,
      );
      const uuid = configured && state.steps.get(configured.id)?.result?.system_uuid;
      return typeof uuid === 'string' ? lookAtPlane(cluster, address, uuid, signal) : [];
    }),
  );
}

async function lookAtPlane(
  cluster: ClusterPorts,
  address: string,
  systemUuid: string,
  signal: AbortSignal,
): Promise<Plane> {
  const look = await readPlane(cluster, address, signal);
  return { address, systemUuid, look, etcd: await etcdServiceOf(cluster, look.target, signal) };
}

const isAnother = ({ facts }: PlaneMachine, systemUuid: string): boolean =>
  facts.systemUuid !== undefined && facts.systemUuid.toLowerCase() !== systemUuid.toLowerCase();

/** Its service says so, and so does etcd itself. */
const serves = ({ etcd, look }: Plane): boolean => etcd === 'Running' && (look.etcd.members?.length ?? 0) > 0;

const bootstrapped = (cluster: ClusterPorts, { address, look }: Plane): StepLook => ({
  kind: 'done',
  reason: `etcd of ${cluster.config.name} began on ${address}`,
  evidence: ['service etcd: Running', `${look.etcd.members?.length ?? 0} etcd members`],
  result: { headline: `${cluster.config.name} is bootstrapped` },
});

const LOOK_AT_IT = 'look at it, then plan again';

const failed = (
  code: 'NOT_FOUND' | 'CONTRACTOR_SUSPECT' | 'OPERATION_CONFLICT',
  reason: string,
  remedy: string,
): StepLook => ({ kind: 'failed', code, reason, remedy });

const waitingFor = (reason: string): StepLook => ({
  kind: 'wait',
  reason,
  whatEndsIt: 'etcd of every control plane machine waits for data, then etcd runs',
  pollMs: limits.pollMs,
  atMostMs: AT_MOST_MS,
  remedy: 'look at etcd on the control plane machines’ consoles, then control_operation resume',
});

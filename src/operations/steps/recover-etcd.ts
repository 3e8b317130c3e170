import { untrusted } from '../../decisions/untrusted.ts';
import { limits } from '../../decisions/upgrade-turn/turn.ts';
import type { TargetNode } from '../../model/plan.ts';
import type { ClusterPorts } from '../../ports.ts';
import { readPlane } from '../read-control-plane.ts';
import { etcdServiceOf, waitsForData } from './etcd-service.ts';
import { inCluster } from './in-cluster.ts';
import { lookAtAttempt } from './once-only.ts';
import { resultOf, type StepLook, type StepPerformer, type StepScene } from './step.ts';

const AT_MOST_MS = 30 * 60_000;

/**
 * Begins etcd anew from the chosen snapshot on exactly one control plane machine, once (SAFETY 3, contractors 5.3); the others join it by
 * themselves. Only while etcd of every planned machine waits for data; machines that did not answer when it was planned are gone.
 */
export const recoverEtcd: StepPerformer<'recover_etcd'> = async scene => {
  const { cluster } = inCluster(scene);
  const { name } = cluster.config;
  const targets = scene.plan.clusters.find(each => each.name === name)?.targets ?? [];
  const [first] = targets.toSorted((one, other) => (one.address < other.address ? -1 : 1));
  const snapshot = resultOf(scene, 'choose_snapshot');
  if (!first || typeof snapshot?.path !== 'string' || typeof snapshot.sha256 !== 'string') {
    return { kind: 'failed', code: 'NOT_FOUND', reason: 'no snapshot was chosen', remedy: 'plan again' };
  }
  const attempts = scene.progress.attempts ?? [];
  if (attempts.length === 0) {
    const notReady = await firstNotWaiting(scene, cluster, targets);
    if (notReady !== undefined) return waitingFor(notReady);
  }
  const { facts, target: where } = await readPlane(cluster, first.address, scene.signal);
  const bootId = attempts.at(-1)?.boot_id ?? facts.bootId;
  if (bootId === undefined) return waitingFor(`the machine of ${first.name} does not answer`);
  const { path, sha256 } = snapshot;
  const attempt = await lookAtAttempt(scene, {
    cluster,
    kind: 'recover-etcd',
    systemUuid: first.system_uuid,
    bootId,
    atMostMs: AT_MOST_MS,
    running: `etcd is restored on ${first.name}`,
    dispatch: attemptId => ({
      kind: 'effect',
      reason: `etcd of all ${targets.length} machines waits for data`,
      effect: {
        kind: 'recover_etcd',
        cluster: name,
        node: first.name,
        attempt_id: attemptId,
        system_uuid: first.system_uuid,
        boot_id: bootId,
        address: where.address,
        endpoints: [...where.endpoints],
        path,
        sha256,
        control_plane: [...cluster.config.talos.endpoints],
        gone: cluster.config.talos.endpoints.filter(address => !targets.some(target => target.address === address)),
      },
    }),
  });
  return attempt ?? restored(scene, cluster, first);
};

async function firstNotWaiting(
  { signal }: StepScene,
  cluster: ClusterPorts,
  targets: readonly TargetNode[],
): Promise<string | undefined> {
  const states = await Promise.all(
    targets.map(async ({ name, address }) => {
      const { target } = await readPlane(cluster, address, signal);
      return { name, state: await etcdServiceOf(cluster, target, signal) };
    }),
  );
  const other = states.find(({ state }) => !waitsForData(state));
  return other && `etcd of ${other.name} is ${other.state ?? 'not known'}`;
}

/** talosctl says that it is done: etcd behind an API server has to show it. */
async function restored({ signal }: StepScene, cluster: ClusterPorts, { name }: TargetNode): Promise<StepLook> {
  const servers = await cluster.kubernetes.servers(signal);
  const serving = servers.filter(({ etcdReady }) => etcdReady === true);
  if (serving.length === 0) return waitingFor('no API server serves from the restored etcd yet');
  const cameBack = await leaseOfSnapshot(cluster, signal);
  return {
    kind: 'done',
    reason: `etcd of ${cluster.config.name} begins anew on ${name}`,
    evidence: [...serving.map(({ url }) => `${url} serves`), ...(cameBack === undefined ? [] : [cameBack])],
    result: { headline: [`etcd of ${cluster.config.name} is restored`, cameBack].filter(Boolean).join('; ') },
  };
}

/** A snapshot brings back the Lease of the operation it was taken under: nobody takes that over but by a person's word (SAFETY 6). */
async function leaseOfSnapshot({ kubernetes, config }: ClusterPorts, signal: AbortSignal): Promise<string | undefined> {
  const holder = (await kubernetes.lease(signal))?.holder;
  if (holder === undefined || holder === '') return undefined;
  return `the snapshot brought back the Lease of ${untrusted(holder)}: the next operation stops at it, until control_operation resolve (node ${config.name}, as abandon) says that it is gone`;
}

const waitingFor = (reason: string): StepLook => ({
  kind: 'wait',
  reason,
  whatEndsIt: 'every etcd waits for data, then an API server serves',
  pollMs: limits.pollMs,
  atMostMs: AT_MOST_MS,
  remedy: 'look at etcd on the control plane machines (investigate), then control_operation resume',
});

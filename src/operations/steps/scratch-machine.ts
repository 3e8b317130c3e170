import { join } from 'node:path';
import { DivisionError } from '../../errors.ts';
import type { ClusterPorts, TalosTarget } from '../../ports.ts';
import { inCluster } from './in-cluster.ts';
import { resultOf, type StepScene } from './step.ts';

export interface ScratchMachine {
  cluster: ClusterPorts;
  /** Whose backup is proved. */
  source: ClusterPorts;
  where: TalosTarget;
  /** Of the very machine, as it said when it had no configuration: no other is restored to, or wiped. */
  systemUuid: string | undefined;
}

/** The one machine of the scratch cluster. [INPUT_INVALID when it is none, NOT_FOUND] */
export function scratchMachine(scene: StepScene): ScratchMachine {
  const { cluster } = inCluster(scene);
  const { name, scratch, talos } = cluster.config;
  const source = scene.clusterNamed(scene.step.target.backup_of ?? '');
  if (!source) throw new DivisionError('NOT_FOUND', `${scene.step.id}: its cluster is gone`, 'plan again');
  const [address, ...others] = talos.endpoints;
  const isOfSource = address !== undefined && source.config.talos.endpoints.includes(address);
  if (!scratch || address === undefined || others.length > 0 || isOfSource) {
    throw new DivisionError(
      'INPUT_INVALID',
      `${name} is no scratch cluster: it has scratch: true and one endpoint, which is no other cluster’s`,
      `put clusters.${name} right in division.yaml, then plan again`,
    );
  }
  const uuid = scene.progress.result?.system_uuid ?? resultOf(scene, 'configure_scratch')?.system_uuid;
  return {
    cluster,
    source,
    where: { address, endpoints: [address] },
    systemUuid: typeof uuid === 'string' ? uuid : undefined,
  };
}

/** The snapshot of the cluster that this operation has proved whole. [NOT_FOUND] */
export function provedSnapshot({ plan, state, step, ports }: StepScene): {
  name: string;
  path: string;
  sha256: string;
} {
  const of = step.target.backup_of;
  const verified = plan.steps.find(({ action, target }) => action.does === 'verify_snapshot' && target.cluster === of);
  const progress = verified && state.steps.get(verified.id);
  const { snapshot, sha256 } = progress?.result ?? {};
  if (progress?.state === 'done' && typeof snapshot === 'string' && typeof sha256 === 'string') {
    return { name: snapshot, path: join(ports.snapshotDirectory, snapshot), sha256 };
  }
  throw new DivisionError('NOT_FOUND', `there is no snapshot of ${of} that is whole`, 'take one, then plan again');
}

/** What binds an attempt to the machine, in this boot of it (SAFETY 1, 3). */
export const attemptOn = (
  {
    cluster,
    where,
    systemUuid,
    bootId,
  }: Pick<ScratchMachine, 'cluster' | 'where'> & { systemUuid: string; bootId: string },
  attemptId: string,
) => ({
  cluster: cluster.config.name,
  node: where.address,
  attempt_id: attemptId,
  system_uuid: systemUuid,
  boot_id: bootId,
  address: where.address,
  endpoints: [...where.endpoints],
});

export const isAnother = (found: string | undefined, wanted: string | undefined): boolean =>
  found !== undefined && wanted !== undefined && found.toLowerCase() !== wanted.toLowerCase();

export const anotherMachine = (address: string) => ({
  kind: 'failed' as const,
  code: 'CONTRACTOR_SUSPECT' as const,
  reason: `${address} is another machine than before`,
  remedy: 'look at it: it was not touched; then plan again',
});

import { describe, expect, it } from 'vitest';
import { DivisionError } from '../../src/errors.ts';
import { type Authorization, mintAuthorization } from '../../src/model/authorization.ts';
import { Effect, type EffectKind } from '../../src/model/effect.ts';
import { performEffect } from '../../src/operations/perform-effect.ts';
import type { WorkloadWriter } from '../../src/ports/workloads.ts';
import type { ClusterWriter, ClusterWriters, ContractorActor } from '../../src/ports.ts';
import { notingWorkloads, workloadDisruptions, workloadEffectCases } from './workload-effect-cases.ts';

const attempt = { attempt_id: 'a', system_uuid: 'u', boot_id: 'b', address: '10.0.0.1', endpoints: ['10.0.0.2'] };
const reached = { address: '10.0.0.1', endpoints: ['10.0.0.2'] };
const node = { cluster: 'production', node: 'w-1' };
/** One of each kind there is: the compiler asks for the next one. */
const effects: { [Kind in EffectKind]: Extract<Effect, { kind: Kind }> } = {
  hold_lease: { kind: 'hold_lease', cluster: 'production' },
  release_lease: { kind: 'release_lease', cluster: 'production' },
  snapshot: { kind: 'snapshot', ...node, address: '10.0.0.1', endpoints: [], path: '/s' },
  forfeit: { kind: 'forfeit', ...node, address: '10.0.0.1', endpoints: [] },
  cordon: { kind: 'cordon', ...node, resource_version: '1', prior_unschedulable: false },
  evict: { kind: 'evict', ...node, pods: [{ namespace: 'shop', name: 'cart', uid: 'p' }] },
  install: { kind: 'install', ...node, ...attempt, image: 'i', reboots: true },
  reboot: { kind: 'reboot', ...node, ...attempt },
  uncordon: { kind: 'uncordon', ...node },
  apply_config: {
    kind: 'apply_config',
    ...node,
    ...reached,
    system_uuid: 'u',
    path: '/c',
    sha256: 'x',
    mode: 'auto',
    maintenance: false,
  },
  patch_config: { kind: 'patch_config', ...node, ...reached, system_uuid: 'u', patch: { machine: {} }, mode: 'auto' },
  bootstrap: { kind: 'bootstrap', ...node, ...attempt, control_plane: ['10.0.0.1'] },
  recover_etcd: { kind: 'recover_etcd', ...node, ...attempt, path: '/s', sha256: 'x', control_plane: [], gone: [] },
  reset: {
    kind: 'reset',
    ...node,
    ...attempt,
    graceful: true,
    reboots: true,
    labels: ['EPHEMERAL'],
    quorum_is_lost: false,
  },
  shutdown: { kind: 'shutdown', ...node, ...attempt, force: true },
  rollback_boot: { kind: 'rollback_boot', ...node, ...attempt },
  upgrade_kubernetes: {
    kind: 'upgrade_kubernetes',
    ...node,
    ...attempt,
    from: '1.33.1',
    to: '1.34.1',
    kubelets: false,
  },
  rotate_certificates: {
    kind: 'rotate_certificates',
    ...node,
    ...attempt,
    authority: 'talos',
    talosconfig_path: '/t',
  },
  remove_etcd_member: { kind: 'remove_etcd_member', ...node, ...reached, member_id: 'a49c021e76e707db' },
  leave_etcd: { kind: 'leave_etcd', ...node, ...reached },
  defragment: { kind: 'defragment', ...node, ...reached },
  disarm_alarm: { kind: 'disarm_alarm', ...node, ...reached },
  write_kubeconfig: { kind: 'write_kubeconfig', ...node, ...reached, path: '/k' },
  ...workloadEffectCases,
};
const kinds = Effect.options.map(option => option.shape.kind.value);
const disruptions: readonly EffectKind[] = [
  'cordon',
  'evict',
  'forfeit',
  'install',
  'reboot',
  'apply_config',
  'patch_config',
  'reset',
  'shutdown',
  'rollback_boot',
  'upgrade_kubernetes',
  'rotate_certificates',
  'remove_etcd_member',
  'leave_etcd',
  'defragment',
  ...workloadDisruptions,
];
const grounds = {
  planHash: 'h',
  operationId: 'op-1',
  cluster: 'production',
  effects: kinds,
  level: 'coo' as const,
  rule: 'test',
};

/** Writers that note what reached them. */
function noting(): { writers: ClusterWriters; reached: string[] } {
  const reached: string[] = [];
  const note =
    <Answer>(what: string, answer: Answer) =>
    async (): Promise<Answer> => {
      reached.push(what);
      return answer;
    };
  const kubernetes: ClusterWriter = {
    cluster: 'production',
    cordon: note('cordon', 'cordoned' as const),
    uncordon: note('uncordon', 'uncordoned' as const),
    evict: note('evict', { kind: 'evicted' as const }),
    holdLease: note('hold_lease', undefined),
    releaseLease: note('release_lease', undefined),
  };
  const claim = { accepted: true, detail: 'accepted' };
  const applied = { changed: true, reboots: false, detail: 'applied' };
  const talos: ContractorActor = {
    cluster: 'production',
    snapshot: note('snapshot', { path: '/s', bytes: 1, sha256: 'x' }),
    forfeitLeadership: note('forfeit', undefined),
    install: note('install', claim),
    reboot: note('reboot', claim),
    applyConfig: note('apply_config', applied),
    patchConfig: note('patch_config', applied),
    bootstrap: note('bootstrap', claim),
    recoverEtcd: note('recover_etcd', claim),
    reset: note('reset', claim),
    shutdown: note('shutdown', claim),
    rollbackBoot: note('rollback_boot', claim),
    upgradeKubernetes: note('upgrade_kubernetes', claim),
    rotateCertificates: note('rotate_certificates', claim),
    removeEtcdMember: note('remove_etcd_member', 'removed'),
    leaveEtcd: note('leave_etcd', 'left'),
    defragment: note('defragment', 'done'),
    disarmAlarm: note('disarm_alarm', []),
    writeKubeconfig: note('write_kubeconfig', { path: '/k', bytes: 1, sha256: 'x', server: 's', expiresAt: 0 }),
  };
  return { writers: { kubernetes, talos, ...notingWorkloads(note) }, reached };
}

/** True for a port whose every method takes an Authorization first: checked where this file is compiled. */
type AsksForAuthority<Port> = {
  [Name in keyof Port]: Port[Name] extends (...given: infer Given) => unknown
    ? Given extends [Authorization, ...unknown[]]
      ? never
      : Name
    : never;
}[keyof Port] extends never
  ? true
  : false;
const byType: [AsksForAuthority<ClusterWriter>, AsksForAuthority<WorkloadWriter>, AsksForAuthority<ContractorActor>] = [
  true,
  true,
  true,
];

describe('every effect there is', () => {
  it('has its case here, and every writing port asks for an Authorization by its type', () => {
    expect(Object.keys(effects).sort()).toEqual(kinds.toSorted());
    expect(byType).toEqual([true, true, true]);
  });

  it.each(kinds)(
    'SAFETY 2: %s reaches nothing without the right to exactly it, for this cluster and operation',
    async kind => {
      const rights = [
        mintAuthorization({ ...grounds, effects: kinds.filter(other => other !== kind) }),
        mintAuthorization({ ...grounds, cluster: 'staging' }),
        mintAuthorization({ ...grounds, operationId: 'op-2' }),
      ];
      for (const authorization of rights) {
        const { writers, reached } = noting();
        const signal = new AbortController().signal;
        const performed = performEffect(effects[kind], { writers, authorization, operationId: 'op-1', signal });
        await expect(performed).rejects.toMatchObject({ code: 'AUTHORITY_REFUSED' });
        expect(reached).toEqual([]);
      }
    },
  );

  it.each(kinds)(
    'SAFETY 6: %s with the right to it reaches its writer, a disruption after the Lease was checked',
    async kind => {
      const { writers, reached } = noting();
      const authorization = mintAuthorization(grounds);
      const signal = new AbortController().signal;
      const outcome = await performEffect(effects[kind], { writers, authorization, operationId: 'op-1', signal });
      expect(outcome.result).toBe('ok');
      expect(reached).toEqual(disruptions.includes(kind) ? ['hold_lease', kind] : [kind]);
    },
  );
});

describe('what is done where there is no Kubernetes to hold the Lease in', () => {
  const unavailable = () => Promise.reject(new DivisionError('KUBERNETES_UNAVAILABLE', 'no server answers', 'wait'));
  const foreign = () => Promise.reject(new DivisionError('OPERATION_CONFLICT', 'held by another', 'resolve'));
  const lost = { ...effects.reset, quorum_is_lost: true };
  const configured = { ...effects.apply_config, maintenance: true };

  async function performed(effect: Effect, holdLease: ClusterWriter['holdLease'], sinceLook = () => 0) {
    const { writers, reached } = noting();
    const context = { authorization: mintAuthorization(grounds), operationId: 'op-1', sinceLook };
    const kubernetes = { ...writers.kubernetes, holdLease };
    const signal = new AbortController().signal;
    const outcome = await performEffect(effect, { ...context, signal, writers: { ...writers, kubernetes } });
    return { result: outcome.result, reached };
  }

  it('a machine without a configuration takes one without the Lease; one that is a node does not', async () => {
    expect(await performed(configured, unavailable)).toEqual({ result: 'ok', reached: ['apply_config'] });
    expect(await performed(effects.apply_config, unavailable)).toEqual({ result: 'refused', reached: [] });
  });

  it('with the quorum proved lost a machine is reset although no server answers, and only then', async () => {
    expect(await performed(lost, unavailable)).toEqual({ result: 'ok', reached: ['reset'] });
    expect(await performed(effects.reset, unavailable)).toEqual({ result: 'refused', reached: [] });
  });

  it('SAFETY 6: a foreign holder keeps it from being sent all the same, and so does an old look', async () => {
    await expect(performed(lost, foreign)).rejects.toMatchObject({ code: 'OPERATION_CONFLICT' });
    expect(await performed(lost, unavailable, () => 1e9)).toEqual({ result: 'refused', reached: [] });
  });
});

/** The model world behind the ports of a cluster: what an engine reads is the world, what it does changes the world. */
import type { Effect } from '../../src/model/effect.ts';
import type { ClusterFacts, NodeFacts } from '../../src/model/facts.ts';
import type { AttemptDispatch, ClusterPorts, ClusterWriters } from '../../src/ports.ts';
import { type ModelWorld, OPERATION } from '../decisions/upgrade-turn/model-world.ts';
import { clusterPorts } from '../mcp/front-fixture.ts';
import { noMachineActions } from '../ports/no-machines.ts';
import { noWorkloads, noWorkloadWriters } from './no-workloads.ts';

export const cluster = 'production';

/** `operationId`: whose cordons and Leases the world's own operation's are. `onEffect` is told of each before it has any. */
export function modelCluster(
  world: ModelWorld,
  operationId: string,
  onEffect: (kind: Effect['kind'], node?: string) => Promise<void>,
): { ports: ClusterPorts; writers: ClusterWriters } {
  const ours = (name: string | undefined): string | undefined => (name === OPERATION ? operationId : name);
  const nodes = (): NodeFacts[] =>
    (world.facts().cluster?.nodes ?? []).map(node => ({ ...node, cordonOwner: ours(node.cordonOwner) }));
  const whole = (): ClusterFacts => {
    const { cluster: facts } = world.facts();
    if (!facts) throw new Error('the model world shows no cluster');
    const { lease } = facts;
    return { ...facts, nodes: nodes(), lease: lease && { ...lease, holder: ours(lease.holder) ?? '' } };
  };
  const nameAt = (address: string): string => nodes().find(({ internalIp }) => internalIp === address)?.name ?? '';
  const perform = async (effect: Effect) => {
    await onEffect(effect.kind, 'node' in effect ? effect.node : undefined);
    return world.perform(effect);
  };
  const base = clusterPorts(cluster);
  const endpoints = nodes().flatMap(({ role, internalIp = '' }) => (role === 'control-plane' ? [internalIp] : []));
  const dispatchOf = ({ address, attemptId, systemUuid, bootId, supersedes }: AttemptDispatch) => ({
    cluster,
    node: nameAt(address),
    attempt_id: attemptId,
    system_uuid: systemUuid,
    boot_id: bootId,
    address,
    endpoints,
    ...(supersedes !== undefined && { supersedes: [...supersedes] }),
  });
  return {
    ports: {
      config: { ...base.config, talos: { ...base.config.talos, endpoints } },
      kubernetes: {
        ...base.kubernetes,
        facts: async () => whole(),
        nodes: async () => nodes(),
        node: async name => nodes().find(node => node.name === name),
        servers: async () => [...world.facts().servers],
      },
      workloads: noWorkloads(cluster),
      talos: {
        ...base.talos,
        machine: async ({ address }) => {
          const machine = world.facts().machines.get(nameAt(address));
          return machine ?? { ...(await base.talos.machine({ address, endpoints }, never)), ...unanswered };
        },
        etcd: async ({ address }) => {
          const view = world.facts().etcd.find(candidate => candidate.address === address);
          if (!view) throw new Error(`no etcd at ${address}`);
          return view;
        },
        attempt: async id => world.facts(id).receipt ?? { state: 'unknown' },
      },
    },
    writers: {
      ...noWorkloadWriters(cluster),
      kubernetes: {
        cluster,
        cordon: async (_by, { node }) => {
          await perform({ kind: 'cordon', cluster, node, resource_version: '1', prior_unschedulable: false });
          return 'cordoned';
        },
        uncordon: async (_by, { node }) => {
          await perform({ kind: 'uncordon', cluster, node });
          return 'uncordoned';
        },
        evict: async (_by, pod, _signal, fence) => {
          await fence();
          const node = world.facts().cluster?.pods.find(({ uid }) => uid === pod.uid)?.nodeName ?? '';
          await perform({ kind: 'evict', cluster, node, pods: [pod] });
          return { kind: 'evicted' };
        },
        holdLease: async () => {
          world.perform({ kind: 'hold_lease', cluster });
        },
        releaseLease: async () => {
          await perform({ kind: 'release_lease', cluster });
        },
      },
      talos: {
        ...noMachineActions,
        cluster,
        snapshot: async (_by, { path, address }) => {
          await perform({ kind: 'snapshot', cluster, node: nameAt(address), address, endpoints, path });
          return { path, bytes: 544, sha256: '00' };
        },
        forfeitLeadership: async (_by, { address }) => {
          await perform({ kind: 'forfeit', cluster, node: nameAt(address), address, endpoints });
        },
        install: async (_by, attempt) => {
          const { image, reboots } = attempt;
          const { result, detail } = await perform({ kind: 'install', ...dispatchOf(attempt), image, reboots });
          return { accepted: result === 'ok', detail };
        },
        reboot: async (_by, attempt) => {
          const { result, detail } = await perform({ kind: 'reboot', ...dispatchOf(attempt) });
          return { accepted: result === 'ok', detail };
        },
      },
    },
  };
}

const never = new AbortController().signal;
/** A machine that is away answers nothing. */
const unanswered = { version: undefined, bootId: undefined, systemUuid: undefined, stage: undefined, ready: undefined };

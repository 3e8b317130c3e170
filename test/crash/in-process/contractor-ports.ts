/** The Talos ports of a cluster over the contractor's process and the simulation's machines. */
import { createHash } from 'node:crypto';
import { capabilities } from '../../../src/contractors/capability-map.ts';
import type { Authorization } from '../../../src/model/authorization.ts';
import type { ClusterConfig } from '../../../src/model/config.ts';
import type { EffectKind } from '../../../src/model/effect.ts';
import {
  type EtcdViewFacts,
  type MachineFacts,
  type MachinePart,
  machineParts,
  unknownEtcdView,
  unknownMachine,
} from '../../../src/model/facts.ts';
import type { ContractorActor, ContractorReader, TalosTarget } from '../../../src/ports.ts';
import { controlPlaneOnly, needEtcd } from '../../../src/simulation/talosctl-face/commands/etcd-access.ts';
import type { Target } from '../../../src/simulation/talosctl-face/run.ts';
import type { SavedWorld } from '../../../src/simulation/world/world.ts';
import { commands } from '../../../src/talosctl/argv.ts';
import { machineActions } from './machine-actions.ts';
import { machineReads } from './machine-reads.ts';
import type { WorldContractor } from './world-contractor.ts';
import { ask, failed, reach } from './world-talosctl.ts';

/** What each part of a reading tells. */
const told: Record<MachinePart, (target: Target) => Partial<MachineFacts>> = {
  version: ({ machine }) => ({ version: machine.running.version }),
  system_uuid: ({ machine }) => ({ systemUuid: machine.system_uuid }),
  boot_id: ({ machine }) => ({ bootId: machine.boot_id }),
  stage: ({ machine: { stage, is_ready } }) => ({
    stage: stage === 'shutting down' ? 'shuttingDown' : stage,
    ready: is_ready,
  }),
  nodename: ({ machine }) => ({ nodename: machine.name }),
  extensions: ({ cluster, machine: { running } }) => ({
    schematic: running.schematic,
    extensions: (cluster.schematics[running.schematic] ?? []).map(({ name }) => name),
  }),
  platform: ({ machine }) => ({ platform: machine.platform }),
  secure_boot: () => ({ isSecureBoot: false }),
};

/** What a try at reading answered, or why it failed. */
function tried<T>(read: () => T): { value: T } | { why: string } {
  try {
    return { value: read() };
  } catch (error) {
    return { why: error instanceof Error ? error.message : String(error) };
  }
}

function statusOf({ cluster: { etcd }, machine }: Target): EtcdViewFacts['status'] {
  const own = etcd.memberOf(machine.name);
  return {
    memberId: own?.id ?? '',
    leaderId: etcd.leader,
    raftTerm: etcd.raftTerm,
    raftIndex: etcd.raftIndex,
    raftAppliedIndex: etcd.raftIndex,
    dbSizeBytes: undefined,
    isLearner: own?.learner ?? false,
    errors: etcd.leader === undefined ? ['etcdserver: no leader'] : [],
  };
}

const listsOf = ({ cluster: { etcd } }: Target) => ({
  members: etcd.members.map(({ id, name, ip, learner }) => ({
    id,
    hostname: name,
    peerUrls: [`https://${ip}:2380`],
    isLearner: learner,
  })),
  alarms: etcd.alarms().map(({ member, alarm }) => ({ memberId: member.id, alarm })),
});

/** Status, members and alarms through one node; the last two need a leader. */
function etcdView(world: SavedWorld, target: TalosTarget): EtcdViewFacts {
  const { address } = target;
  const found = tried(() => {
    const reached = reach(world, target);
    controlPlaneOnly('etcd status', reached);
    needEtcd(reached, { leader: false });
    return reached;
  });
  if ('why' in found) return unknownEtcdView(address, found.why);
  const view = { ...unknownEtcdView(address, ''), error: undefined, status: statusOf(found.value) };
  const lists = tried(() => {
    needEtcd(found.value, { leader: true });
    return listsOf(found.value);
  });
  return 'why' in lists ? { ...view, error: lists.why } : { ...view, ...lists.value };
}

export function contractorReader(
  world: SavedWorld,
  config: ClusterConfig,
  contractor: WorldContractor,
): ContractorReader {
  return {
    ...machineReads(world),
    cluster: config.name,
    contractor: config.talos.contractor,
    usage: { calls: 0, failures: 0 },
    capabilities: async () => ({
      profile: contractor.keepsReceipts ? 'own' : 'other',
      offered: Object.keys(capabilities),
      keepsReceipts: contractor.keepsReceipts,
      clientVersion: world.talosctlVersion,
    }),
    machine: async (target, _signal, parts = machineParts) => {
      const found = reach(world, target);
      const nothing = { ...unknownMachine(target.address, ''), error: undefined };
      return Object.assign(nothing, ...parts.map(part => told[part](found))) as MachineFacts;
    },
    etcd: async target => etcdView(world, target),
    attempt: async attemptId => contractor.receipt(attemptId),
  };
}

export function contractorActor(
  world: SavedWorld,
  config: ClusterConfig,
  contractor: WorldContractor,
): ContractorActor {
  const assertMay = (authorization: Authorization, effect: EffectKind): void => {
    if (!authorization.permits(effect, config.name)) throw new Error(`${effect} without the right to it`);
  };
  const { files } = contractor;
  return {
    ...machineActions(world, contractor, assertMay),
    cluster: config.name,
    snapshot: async (authorization, { path, ...target }, signal) => {
      assertMay(authorization, 'snapshot');
      if (files.has(path)) throw failed('there is a file at the path of the snapshot');
      const bytes = (await ask(world, target, commands.etcdSnapshot(path), signal)).files.get(path);
      if (bytes === undefined) throw failed('talosctl saved nothing');
      files.add(path);
      return { path, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
    },
    forfeitLeadership: async (authorization, target, signal) => {
      assertMay(authorization, 'forfeit');
      await ask(world, target, commands.etcdForfeitLeadership(), signal);
    },
    install: async (authorization, attempt) => {
      assertMay(authorization, 'install');
      return contractor.dispatch({ kind: 'install', ...attempt });
    },
    reboot: async (authorization, attempt) => {
      assertMay(authorization, 'reboot');
      return contractor.dispatch({ kind: 'reboot', ...attempt });
    },
  };
}

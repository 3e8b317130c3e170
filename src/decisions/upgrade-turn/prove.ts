import { judgeEtcd } from '../quorum.ts';
import { isSameVersion, talosVersionOfImage } from '../versions.ts';
import {
  boundedWait,
  type Decided,
  limits,
  observed,
  proofKey,
  remember,
  type TurnAt,
  type TurnMemory,
} from './turn.ts';

interface Check {
  name: string;
  holds: boolean;
  evidence: string;
}

const leaseKey = ({ cluster, node }: TurnAt<'prove'>['stage']): string => `lease:${cluster.name}/${node.name}`;

/** The first renewal of the node's Lease that was seen since it booted. */
function noteLease(turn: TurnAt<'prove'>): TurnMemory {
  const renewedAt = turn.facts.node?.leaseRenewedAt;
  const isKnown = renewedAt === undefined || turn.memory.has(leaseKey(turn.stage));
  return isKnown ? turn.memory : remember(turn.memory, leaseKey(turn.stage), renewedAt);
}

/** What Kubernetes shows of the node: cheap to ask, so it is asked first and alone. */
function kubernetesChecks({ facts, stage, plan, memory }: TurnAt<'prove'>): Check[] {
  const { node } = facts;
  const target = plan.requested.to_version;
  const leaseAge = node?.leaseRenewedAt === undefined ? undefined : facts.now - node.leaseRenewedAt;
  const firstSeen = memory.get(leaseKey(stage));
  // Its clock may not be ours: a Lease that is renewed while we look is fresh whatever the time says.
  const wasRenewed = firstSeen !== undefined && node?.leaseRenewedAt !== undefined && node.leaseRenewedAt > firstSeen;
  const isRecent = leaseAge !== undefined && Math.abs(leaseAge) <= limits.leaseFreshMs;
  const isResolvedDone = stage.progress.resolved?.as === 'done';
  return [
    {
      name: 'another boot',
      holds: node !== undefined && node.bootId !== '' && (node.bootId !== stage.attempt.boot_id || isResolvedDone),
      evidence: `Kubernetes: boot id ${node?.bootId ?? 'unknown'}`,
    },
    {
      name: `Kubernetes shows ${target}`,
      holds: node !== undefined && isSameVersion(talosVersionOfImage(node.osImage), target),
      evidence: `Kubernetes: ${node?.osImage ?? 'unknown'}`,
    },
    { name: 'Ready', holds: node?.ready === true, evidence: `Ready ${node?.ready ?? 'unknown'}` },
    {
      name: 'a fresh node Lease',
      // The watch cache does not know it; the whole look, which is direct, does.
      holds: facts.isWatched === true || isRecent || wasRenewed,
      evidence: `Lease renewed ${leaseAge === undefined ? 'never' : `${Math.round(leaseAge / 1000)} s ago`}`,
    },
  ];
}

/** SAFETY 4, talos: the same from the machine itself, by its own connection. */
function talosChecks({ facts, stage, plan }: TurnAt<'prove'>): Check[] {
  const { node: planned } = stage;
  const target = plan.requested.to_version;
  const machine = facts.machines.get(planned.name);
  return [
    {
      name: 'the same boot in Talos',
      holds: machine?.bootId !== undefined && machine.bootId === facts.node?.bootId,
      evidence: `Talos: boot id ${machine?.bootId ?? 'unknown'}`,
    },
    {
      name: `Talos runs ${target}`,
      holds: isSameVersion(machine?.version, target),
      evidence: `Talos: ${machine?.version ?? 'unknown'}`,
    },
    {
      name: 'the planned schematic',
      holds:
        machine?.schematic === undefined
          ? !isFactoryImage(planned.installer)
          : planned.installer.includes(machine.schematic),
      evidence: `schematic ${machine?.schematic ?? 'none'}`,
    },
    {
      name: 'the planned machine',
      holds: machine?.systemUuid?.toLowerCase() === planned.system_uuid.toLowerCase(),
      evidence: `system UUID ${machine?.systemUuid ?? 'unknown'}`,
    },
    {
      name: 'stage running',
      holds: machine?.stage === 'running' && machine.ready === true,
      evidence: `stage ${machine?.stage ?? 'unknown'}, ready ${machine?.ready ?? 'unknown'}`,
    },
  ];
}

const isFactoryImage = (image: string): boolean => /-installer(-secureboot)?\/[0-9a-f]{64}:/.test(image);

function controlPlaneChecks(turn: TurnAt<'prove'>): Check[] {
  const { facts } = turn;
  const etcd = judgeEtcd(facts.controlPlanes, facts.etcd);
  const silent = facts.servers.filter(server => !server.reachable || server.etcdReady !== true);
  return [
    {
      name: 'etcd is whole',
      holds: etcd.isHealthy,
      evidence: etcd.isHealthy ? `${etcd.memberCount} etcd members` : `etcd: ${etcd.findings[0]?.message}`,
    },
    {
      name: 'each API server answers',
      holds: facts.servers.length > 0 && silent.length === 0,
      evidence: silent.length === 0 ? `${facts.servers.length} API servers` : `not ready: ${silent[0]?.url}`,
    },
  ];
}

const isOldVersion = ({ facts, stage }: TurnAt<'prove'>): boolean =>
  facts.node !== undefined && isSameVersion(talosVersionOfImage(facts.node.osImage), stage.node.from_version);

/** Proved → uncordon; the old version from both sources → rolled back, and the line stops; else a bounded wait for what is missing. */
export function decideProve(looked: TurnAt<'prove'>): Decided {
  const turn = { ...looked, memory: noteLease(looked) };
  const { facts, stage, state } = turn;
  const isWholeLook = turn.memory.has(proofKey(stage));
  const shown = kubernetesChecks(turn);
  if (!isWholeLook && shown.every(check => check.holds || isOldVersion(turn))) {
    return { decision: { kind: 'look' }, memory: remember(turn.memory, proofKey(stage), facts.now) };
  }
  const planes = stage.node.role === 'control-plane' ? controlPlaneChecks(turn) : [];
  const all = isWholeLook ? [...shown, ...talosChecks(turn), ...planes] : shown;
  const missing = all.filter(check => !check.holds);
  const evidence = all.map(check => check.evidence);
  if (missing.length === 0) {
    return {
      decision: {
        kind: 'effect',
        reason: `proved: ${evidence.join('; ')}`,
        effect: { kind: 'uncordon', cluster: stage.cluster.name, node: stage.node.name },
      },
    };
  }
  const machine = facts.machines.get(stage.node.name);
  const isOld =
    isOldVersion(turn) &&
    isSameVersion(machine?.version, stage.node.from_version) &&
    machine?.bootId !== stage.attempt.boot_id &&
    machine?.bootId === facts.node?.bootId;
  if (isOld) {
    return { decision: observed(stage, 'rolled_back', `it booted ${stage.node.from_version} again`, evidence) };
  }
  return boundedWait(
    turn,
    Math.max(Date.parse(stage.progress.state_since ?? state.progressedAt), Date.parse(state.progressedAt)),
    limits.proofMs,
    {
      reason: `${stage.node.name} is not proved yet: ${missing.map(check => check.name).join(', ')}`,
      whatEndsIt: 'every part of the proof holds',
    },
    {
      code: 'NODE_NOT_READY',
      remedy: `look at ${stage.node.name}; it stays cordoned. control_operation resume looks again`,
      evidence,
    },
  );
}

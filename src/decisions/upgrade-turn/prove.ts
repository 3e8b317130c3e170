import { judgeEtcd } from '../quorum.ts';
import { isSameVersion, talosVersionOfImage } from '../versions.ts';
import { boundedWait, type Decided, limits, observed, type TurnAt } from './turn.ts';

interface Check {
  name: string;
  holds: boolean;
  evidence: string;
}

/** SAFETY 4, talos: from Talos and from Kubernetes, each by its own connection; a control plane node also from etcd and each API server. */
function checks(turn: TurnAt<'prove'>): Check[] {
  const { facts, stage, plan } = turn;
  const { attempt, node: planned, progress } = stage;
  const target = plan.requested.to_version;
  const machine = facts.machines.get(planned.name);
  const node = facts.node;
  const leaseAge = node?.leaseRenewedAt === undefined ? undefined : facts.now - node.leaseRenewedAt;
  const isResolvedDone = progress.resolved?.as === 'done';
  const bootChanged =
    machine?.bootId !== undefined &&
    machine.bootId === node?.bootId &&
    (machine.bootId !== attempt.boot_id || isResolvedDone);
  const list: Check[] = [
    {
      name: 'another boot, seen by both',
      holds: bootChanged,
      evidence: `boot id Talos ${machine?.bootId ?? 'unknown'}, Kubernetes ${node?.bootId ?? 'unknown'}`,
    },
    {
      name: `Talos runs ${target}`,
      holds: isSameVersion(machine?.version, target),
      evidence: `Talos: ${machine?.version ?? 'unknown'}`,
    },
    {
      name: `Kubernetes shows ${target}`,
      holds: node !== undefined && isSameVersion(talosVersionOfImage(node.osImage), target),
      evidence: `Kubernetes: ${node?.osImage ?? 'unknown'}`,
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
    { name: 'Ready', holds: node?.ready === true, evidence: `Ready ${node?.ready ?? 'unknown'}` },
    {
      name: 'a fresh node Lease',
      holds: leaseAge !== undefined && leaseAge <= limits.leaseFreshMs,
      evidence: `Lease renewed ${leaseAge === undefined ? 'never' : `${Math.round(leaseAge / 1000)} s ago`}`,
    },
  ];
  return planned.role === 'control-plane' ? [...list, ...controlPlaneChecks(turn)] : list;
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

/** Proved → uncordon; the old version from both sources → rolled back, and the line stops; else a bounded wait for what is missing. */
export function decideProve(turn: TurnAt<'prove'>): Decided {
  const { facts, stage, state } = turn;
  const all = checks(turn);
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
    isSameVersion(machine?.version, stage.node.from_version) &&
    facts.node !== undefined &&
    isSameVersion(talosVersionOfImage(facts.node.osImage), stage.node.from_version) &&
    machine?.bootId !== stage.attempt.boot_id &&
    machine?.bootId === facts.node.bootId;
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

import type { MachineFacts, NodeFacts } from '../../model/facts.ts';
import type { Attempt, NodeProgress } from '../../model/operation.ts';
import { stillBound } from '../identity.ts';
import { judgeEtcd, mayTakeDown } from '../quorum.ts';
import { installsSeparately, isSameVersion } from '../versions.ts';
import { attemptId, installEffect, rebootEffect } from './attempt.ts';
import { drainOf } from './drain.ts';
import { afterDispatch } from './receipt.ts';
import { boundedWait, CHECK_TALOS, type Decided, limits, observed, stop, type TurnAt } from './turn.ts';

/** The drained node's install, and its reboot where that is an effect of its own (SAFETY 10). */
export function decideInstall(turn: TurnAt<'install'>): Decided {
  const { facts, stage } = turn;
  const node = facts.cluster?.nodes.find(candidate => candidate.name === stage.node.name);
  const machine = facts.machines.get(stage.node.name);
  if (!facts.cluster || !node) return unreadable(turn, 'NODE_NOT_READY', `Kubernetes does not show ${stage.node.name}`);
  const silent = () => unreadable(turn, 'CONTRACTOR_UNAVAILABLE', `Talos did not answer for ${stage.node.name}`);
  const { attempt } = stage;
  if (attempt && !attempt.not_started) {
    if (node.bootId !== attempt.boot_id) {
      return {
        decision: observed(stage, 'validating', 'it booted again', [`boot id ${attempt.boot_id} → ${node.bootId}`]),
      };
    }
    const next = () => (machine ? reboot(turn, node, machine) : silent());
    return isResolvedAsInstalled(stage.progress, attempt) ? next() : afterDispatch(turn, attempt, next);
  }
  if (turn.state.isCancelAsked)
    return { decision: observed(stage, 'skipped', 'cancelled before anything was installed') };
  return machine ? install(turn, node, machine) : silent();
}

/** Somebody looked, when its receipt could not tell (SAFETY 3c). */
const isResolvedAsInstalled = ({ resolved }: NodeProgress, attempt: Attempt): boolean =>
  resolved?.as === 'done' && Date.parse(resolved.at) >= Date.parse(attempt.intended_at);

function unreadable(turn: TurnAt<'install'>, code: string, reason: string): Decided {
  return boundedWait(
    turn,
    turn.state.progressedAt,
    limits.gateMs,
    { reason, whatEndsIt: 'Kubernetes and Talos agree on the node' },
    { code, remedy: 'run cluster_health, repair, then control_operation resume' },
  );
}

/** Identity before each effect (SAFETY 1); undefined when it holds. */
function refusedIdentity(turn: TurnAt<'install'>, node: NodeFacts, machine: MachineFacts): Decided | undefined {
  const bound = stillBound(turn.stage.node, node, machine);
  if (bound.ok) return undefined;
  if (bound.kind === 'unknown') return unreadable(turn, 'CONTRACTOR_UNINTELLIGIBLE', bound.reason);
  return {
    decision: stop('CONTRACTOR_SUSPECT', bound.reason, CHECK_TALOS, bound.evidence),
  };
}

function install(turn: TurnAt<'install'>, node: NodeFacts, machine: MachineFacts): Decided {
  const { facts, stage, plan, operationId } = turn;
  const refused = refusedIdentity(turn, node, machine);
  if (refused) return refused;
  const isStillDrained =
    node.unschedulable &&
    node.cordonOwner === operationId &&
    facts.cluster !== undefined &&
    drainOf(facts.cluster, stage.progress).isDrained;
  if (!isStillDrained) return { decision: observed(stage, 'draining', 'no longer cordoned and empty') };
  if (machine.stage !== 'running') {
    return unreadable(turn, 'NODE_NOT_READY', `${node.name} is in stage ${machine.stage ?? 'unknown'}`);
  }
  if (stage.node.role === 'control-plane') {
    const etcd = judgeEtcd(facts.controlPlanes, facts.etcd);
    const may = mayTakeDown(node.name, etcd, facts.controlPlanes, plan.requested.accept_api_outage);
    if (!may.ok) {
      return boundedWait(
        turn,
        turn.state.progressedAt,
        limits.gateMs,
        { reason: may.reason, whatEndsIt: 'etcd is whole' },
        {
          code: 'QUORUM_AT_RISK',
          remedy: 'repair etcd (cluster_health names the member), then control_operation resume',
          evidence: etcd.findings.map(finding => finding.message),
        },
      );
    }
  }
  if (isSameVersion(machine.version, plan.requested.to_version)) {
    return { decision: observed(stage, 'done', `somebody else brought it to ${machine.version}`) };
  }
  const reboots = !installsSeparately(machine.version, turn.talosctlVersion);
  const id = attemptId(operationId, 'install', stage, node.bootId);
  return { decision: installEffect(stage, id, node.bootId, turn.endpoints, reboots) };
}

function reboot(turn: TurnAt<'install'>, node: NodeFacts, machine: MachineFacts): Decided {
  const refused = refusedIdentity(turn, node, machine);
  if (refused) return refused;
  const id = attemptId(turn.operationId, 'reboot', turn.stage, node.bootId);
  return { decision: rebootEffect(turn.stage, id, node.bootId, turn.endpoints) };
}

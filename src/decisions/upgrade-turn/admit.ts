import type { NodeFacts } from '../../model/facts.ts';
import type { PlannedNode } from '../../model/plan.ts';
import { stillBound } from '../identity.ts';
import { nodeKey } from '../operation-state.ts';
import { judgeEtcd, mayTakeDown } from '../quorum.ts';
import { isSameVersion, talosVersionOfImage } from '../versions.ts';
import { type Problem, unservingPods, unsettled } from './settled.ts';
import {
  boundedWait,
  CHECK_TALOS,
  type Decided,
  endpointsFor,
  limits,
  observed,
  remember,
  stop,
  type Turn,
  type TurnAt,
} from './turn.ts';

/** Soft bound of the soak: replacements that take longer than this don't hold the next node back, budgets still do. */
const SOAK_MS = 5 * 60_000;
const MAXIMUM_FORFEITS = 3;

/** Full health, then the next node: a control plane node that does not lead first, the leader last after forfeiting (SAFETY 10). */
export function decideAdmit(turn: TurnAt<'admit'>): Decided {
  const { facts, stage, memory } = turn;
  const cluster = stage.cluster.name;
  const kubernetes = facts.cluster;
  if (!kubernetes) return gate(turn, [problem('NODE_NOT_READY', `${cluster} could not be read`)]);
  const isControlPlane = stage.candidates.some(node => node.role === 'control-plane');

  const problems = unsettled(kubernetes, givenUp(turn));
  if (problems.length > 0) return gate(turn, problems);
  const soaking = soak(turn, unservingPods(kubernetes.pods));
  if (soaking) return soaking;

  if (!isControlPlane)
    return admit({ ...turn, memory: withBaseline(turn, unservingPods(kubernetes.pods)) }, stage.candidates[0]);
  const etcd = judgeEtcd(facts.controlPlanes, facts.etcd);
  if (!etcd.isHealthy)
    return gate(
      turn,
      etcd.findings.map(({ message }) => problem('QUORUM_AT_RISK', message)),
    );
  const next = stage.candidates.find(node => node.name !== etcd.leaderNode) ?? stage.candidates[0];
  if (next && next.name === etcd.leaderNode && facts.controlPlanes.length > 1) return forfeit(turn, next);
  const may = next && mayTakeDown(next.name, etcd, facts.controlPlanes, turn.plan.requested.accept_api_outage);
  if (may && !may.ok) return gate(turn, [problem('QUORUM_AT_RISK', may.reason)]);
  return admit({ ...turn, memory }, next);
}

function givenUp(turn: TurnAt<'admit'>): ReadonlySet<string> {
  const { cluster } = turn.stage;
  const names = cluster.nodes.filter(node => {
    const progress = turn.state.nodes.get(nodeKey(cluster.name, node.name));
    return progress?.failure_accepted === true;
  });
  return new Set(names.map(node => node.name));
}

const problem = (code: string, message: string): Problem => ({ code, message });

/** Waits until they are gone; the first is what is named. */
function gate(turn: TurnAt<'admit'>, problems: readonly Problem[]): Decided {
  const [first] = problems;
  return boundedWait(
    turn,
    turn.state.progressedAt,
    limits.gateMs,
    { reason: `before the next node of ${turn.stage.cluster.name}: ${first?.message}`, whatEndsIt: 'full health' },
    {
      code: first?.code ?? 'NODE_NOT_READY',
      remedy: 'run cluster_health, repair, then control_operation resume',
      evidence: problems.map(({ message }) => message),
    },
  );
}

const baselineKey = (turn: TurnAt<'admit'>): string => `serving-baseline:${turn.stage.cluster.name}`;

function withBaseline(turn: TurnAt<'admit'>, unserving: number): Turn['memory'] {
  return turn.memory.has(baselineKey(turn)) ? turn.memory : remember(turn.memory, baselineKey(turn), unserving);
}

/** Waits, softly bounded, until no more pods are out of service than before the first node. */
function soak(turn: TurnAt<'admit'>, unserving: number): Decided | undefined {
  const memory = withBaseline(turn, unserving);
  const baseline = memory.get(baselineKey(turn)) ?? unserving;
  const since = Date.parse(turn.state.progressedAt);
  if (unserving <= baseline || turn.facts.now - since > SOAK_MS) return undefined;
  return {
    memory,
    decision: {
      kind: 'wait',
      reason: `evicted workloads of ${turn.stage.cluster.name} are coming back`,
      whatEndsIt: 'their replacements are Ready',
      pollMs: limits.pollMs,
    },
  };
}

function forfeit(turn: TurnAt<'admit'>, leader: PlannedNode): Decided {
  const { stage, state } = turn;
  const tries = state.forfeited.filter(past => past.cluster === stage.cluster.name && past.node === leader.name);
  const last = tries.at(-1);
  // The election takes about a second; two members must name the new leader before this is asked again.
  if (last && turn.facts.now - Date.parse(last.at) < 30_000) {
    return {
      memory: turn.memory,
      decision: {
        kind: 'wait',
        reason: `${leader.name} was asked to forfeit etcd leadership`,
        whatEndsIt: 'two members name a new leader',
        pollMs: 2_000,
      },
    };
  }
  if (tries.length >= MAXIMUM_FORFEITS) {
    return {
      decision: stop(
        'QUORUM_AT_RISK',
        `${leader.name} keeps etcd leadership after ${tries.length} requests to forfeit it`,
        'look at the other members with cluster_health, then control_operation resume',
      ),
    };
  }
  return {
    memory: turn.memory,
    decision: {
      kind: 'effect',
      reason: 'only the etcd leader is left: it hands leadership over first (SAFETY 10)',
      effect: {
        kind: 'forfeit',
        cluster: stage.cluster.name,
        node: leader.name,
        address: leader.address,
        endpoints: endpointsFor(leader.address, turn.endpoints),
      },
    },
  };
}

function admit(turn: TurnAt<'admit'>, next: PlannedNode | undefined): Decided {
  const { facts, stage, plan, operationId } = turn;
  const node: NodeFacts | undefined = facts.cluster?.nodes.find(candidate => candidate.name === next?.name);
  const machine = next && facts.machines.get(next.name);
  if (!next || !node || !machine) {
    const name = next?.name ?? 'the next node';
    const missing = node ? 'CONTRACTOR_UNAVAILABLE' : 'NODE_NOT_READY';
    return gate(turn, [
      problem(missing, node ? `Talos did not answer for ${name}` : `Kubernetes does not show ${name}`),
    ]);
  }
  const bound = stillBound(next, node, machine);
  if (!bound.ok && bound.kind === 'unknown') return gate(turn, [problem('CONTRACTOR_UNINTELLIGIBLE', bound.reason)]);
  if (!bound.ok) {
    return {
      decision: stop('CONTRACTOR_SUSPECT', bound.reason, CHECK_TALOS, bound.evidence),
    };
  }
  const target = plan.requested.to_version;
  if (isSameVersion(machine.version, target) && isSameVersion(talosVersionOfImage(node.osImage), target)) {
    return {
      memory: turn.memory,
      decision: observed({ cluster: stage.cluster, node: next }, 'done', `already runs ${target}`, [
        `Talos: ${machine.version}`,
        `Kubernetes: ${node.osImage}`,
      ]),
    };
  }
  if (node.cordonOwner !== undefined && node.cordonOwner !== operationId) {
    return {
      decision: stop(
        'OPERATION_CONFLICT',
        `${next.name} is cordoned by ${node.cordonOwner}`,
        'end that operation first, then control_operation resume',
      ),
    };
  }
  return {
    memory: turn.memory,
    decision: {
      kind: 'effect',
      reason: `${next.name} is next: ${stage.cluster.name} is healthy`,
      effect: {
        kind: 'cordon',
        cluster: stage.cluster.name,
        node: next.name,
        resource_version: node.resourceVersion,
        prior_unschedulable: node.cordonPriorUnschedulable ?? node.unschedulable,
      },
    },
  };
}

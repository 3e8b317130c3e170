/** The decider of a rolling Talos upgrade: facts in, one decision out (SAFETY, all of it). */
import type { NodeProgress } from '../model/operation.ts';
import { isTouched, nodeKey, type OperationState } from './operation-state.ts';
import { decideAdmit } from './upgrade-turn/admit.ts';
import { decideBoot } from './upgrade-turn/boot.ts';
import { decideClose } from './upgrade-turn/close.ts';
import { decideDoubt } from './upgrade-turn/doubt.ts';
import { decideDrain } from './upgrade-turn/drain.ts';
import { decideInstall } from './upgrade-turn/install.ts';
import { decideOpen } from './upgrade-turn/open.ts';
import { decideProve } from './upgrade-turn/prove.ts';
import { decideRelease } from './upgrade-turn/release.ts';
import { decideSnapshot } from './upgrade-turn/snapshot.ts';
import {
  boundedWait,
  type Decided,
  limits,
  type Stage,
  sentAt,
  stop,
  type Turn,
  type TurnDecision,
} from './upgrade-turn/turn.ts';

export { isActive, phaseOf, readingsFor, stageOf } from './upgrade-turn/stage.ts';
export type { Decided, Readings, Stage, Turn, TurnDecision, TurnFacts, TurnMemory } from './upgrade-turn/turn.ts';
export { endpointsFor, mayRestOnWatch } from './upgrade-turn/turn.ts';

/** Stages at which no node is under way: the only ones at which the line stops, pauses or is cancelled. */
const betweenNodes: readonly Stage['kind'][] = ['open', 'snapshot', 'admit', 'close', 'end'];

export const isBetweenNodes = (stage: Stage): boolean => betweenNodes.includes(stage.kind);

/** One decision for one look at the world. Total: every stage and every missing fact has an answer. */
export function decideTurn(turn: Turn): Decided {
  const stopped = isBetweenNodes(turn.stage) ? decideBetweenNodes(turn) : undefined;
  if (stopped) return stopped;
  if (turn.facts.unavailable) return decideUnavailable(turn, turn.facts.unavailable);
  const takeover =
    turn.stage.kind === 'open' || turn.stage.kind === 'end' ? undefined : takeLease(turn.stage, turn.state);
  if (takeover) return { decision: takeover };
  const { stage, ...rest } = turn;
  switch (stage.kind) {
    case 'open':
      return decideOpen({ ...rest, stage });
    case 'snapshot':
      return decideSnapshot({ ...rest, stage });
    case 'admit':
      return decideAdmit({ ...rest, stage });
    case 'drain':
      return decideDrain({ ...rest, stage });
    case 'install':
      return decideInstall({ ...rest, stage });
    case 'boot':
      return decideBoot({ ...rest, stage });
    case 'doubt':
      return decideDoubt({ ...rest, stage });
    case 'prove':
      return decideProve({ ...rest, stage });
    case 'release':
      return decideRelease({ ...rest, stage });
    case 'close':
      return decideClose({ ...rest, stage });
    case 'end':
      return { decision: decideEnd(turn) };
  }
}

/** A Lease lost on the way, whose new holder a human resolved to be gone: taken back before anything else (SAFETY 6). */
function takeLease({ cluster }: Exclude<Stage, { kind: 'end' }>, state: OperationState): TurnDecision | undefined {
  const holder = state.goneHolders.get(cluster.name);
  if (holder === undefined) return undefined;
  const effect = { kind: 'hold_lease', cluster: cluster.name, instead_of: holder } as const;
  return { kind: 'effect', effect, reason: 'its holder was resolved to be gone for good' };
}

/** Cancel, a failure that stops the line, or pause: in this order, and without looking at the clusters. */
function decideBetweenNodes(turn: Turn): Decided | undefined {
  const { state, stage } = turn;
  const failed = [...state.nodes.values()].find(
    node => (node.state === 'failed' || node.state === 'rolled_back') && node.failure_accepted !== true,
  );
  if (state.isCancelAsked) return { decision: decideCancel(turn) };
  if (failed) return { decision: stopFor(failed) };
  if (state.isPauseAsked && stage.kind !== 'end') return { decision: { kind: 'pause' } };
  return undefined;
}

/** A node that failed stops the line until somebody resumes. */
function stopFor(node: NodeProgress): TurnDecision {
  const name = nodeKey(node.cluster, node.node);
  return isTouched(node)
    ? stop(
        node.state === 'rolled_back' ? 'NODE_NOT_READY' : 'OUTCOME_UNKNOWN',
        `${name}: ${node.reason}`,
        `${name} stays cordoned: repair it by hand; control_operation resume goes on with the others`,
        node.evidence,
      )
    : stop(
        node.not_started !== undefined ? 'CONTRACTOR_FAILED' : 'DISRUPTION_BLOCKED',
        `${name}: ${node.reason}`,
        `${name} was uncordoned, nothing was installed: remove the reason, then control_operation resume`,
        node.evidence,
      );
}

function decideCancel(turn: Turn): TurnDecision {
  const [held] = turn.state.leases;
  if (held !== undefined) {
    return { kind: 'effect', effect: { kind: 'release_lease', cluster: held }, reason: 'cancelled' };
  }
  return { kind: 'finish', status: 'cancelled', summary: `cancelled: ${countDone(turn.state)}` };
}

function countDone(state: OperationState): string {
  const nodes = [...state.nodes.values()];
  return `${nodes.filter(node => node.state === 'done').length} of ${nodes.length} nodes upgraded`;
}

function decideEnd(turn: Turn): TurnDecision {
  const lost = [...turn.state.nodes.values()].filter(node => node.failure_accepted === true);
  if (lost.length > 0) {
    const names = lost.map(node => nodeKey(node.cluster, node.node));
    return {
      ...stop(
        'NODE_NOT_READY',
        `${countDone(turn.state)}; given up: ${names.join(', ')}`,
        'repair these nodes by hand, uncordon them, then plan again',
        names,
      ),
      status: 'failed',
    };
  }
  return {
    kind: 'finish',
    status: 'succeeded',
    summary: `${countDone(turn.state)} to Talos ${turn.plan.requested.to_version}`,
  };
}

/** While a reboot of ours is under way an API that does not answer is a wait until the node's deadline (SAFETY 5). */
function decideUnavailable(turn: Turn, unavailable: { code: string; message: string }): Decided {
  const { stage, state } = turn;
  const ownReboot = 'attempt' in stage && stage.attempt?.reboots ? stage.attempt : undefined;
  return boundedWait(
    turn,
    ownReboot ? sentAt(ownReboot) : state.progressedAt,
    ownReboot ? limits.bootMs : limits.apiMs,
    {
      reason: ownReboot ? 'the API is away while a control plane node of ours reboots' : unavailable.message,
      whatEndsIt: 'an API server answers',
    },
    {
      code: unavailable.code,
      remedy: 'make the API servers, and etcd behind them, answer, then control_operation resume',
    },
  );
}

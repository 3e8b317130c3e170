import type { ClusterFacts, NodeFacts, PodFacts } from '../../model/facts.ts';
import type { NodeProgress } from '../../model/operation.ts';
import { type DrainDecision, drainNode } from '../drain.ts';
import { nameSome } from '../verdict.ts';
import { boundedWait, type Decided, limits, observed, remember, type TurnAt, type TurnMemory, wait } from './turn.ts';

/** An eviction refused is asked again after 1, 2, 4, 8, then every 10 s of cluster time (rolling-upgrades 3.3). */
const backoffMs = (tries: number): number => Math.min(10_000, 1_000 * 2 ** Math.max(0, tries - 1));

/** Cordon, then evict what may be evicted, until the node was seen empty twice and its volumes are detached. */
export function decideDrain(turn: TurnAt<'drain'>): Decided {
  const { facts, stage, state, progress } = { ...turn, progress: turn.stage.progress };
  const node = facts.cluster?.nodes.find(candidate => candidate.name === stage.node.name);
  if (!facts.cluster || !node) {
    return boundedWait(
      turn,
      state.progressedAt,
      limits.gateMs,
      { reason: `${stage.node.name} is not in Kubernetes`, whatEndsIt: 'the node is back' },
      { code: 'NODE_NOT_READY', remedy: 'look at the node, then control_operation resume' },
    );
  }
  if (state.isCancelAsked) return { decision: observed(stage, 'skipped', 'cancelled before anything was installed') };
  if (!node.unschedulable || node.cordonOwner !== turn.operationId) return cordonAgain(turn, node);
  if (progress.state === 'pending') {
    return { decision: observed(stage, 'cordoned', 'unschedulable, and ours'), memory: turn.memory };
  }
  const drain = drainOf(facts.cluster, progress);
  const givenUp = giveUp(turn, drain);
  if (givenUp) return givenUp;
  const due = drain.evict.filter(pod => (turn.memory.get(dueKey(pod)) ?? 0) <= facts.now);
  if (due.length > 0) return evict(turn, due);
  if (!drain.isDrained) {
    // What was seen directly is not taken back on the watch cache's word: it may be behind.
    const memory = facts.isWatched ? turn.memory : remember(turn.memory, emptyKey(turn), 0);
    return { decision: stillThere(drain), memory };
  }
  return decideEmpty(turn);
}

/** What the node's drain still asks for, given what this operation evicted already. */
export const drainOf = ({ pods, budgets, daemonSets }: ClusterFacts, progress: NodeProgress): DrainDecision =>
  drainNode({
    node: progress.node,
    pods,
    budgets,
    daemonSets,
    evicted: new Set(progress.evicted),
    evictedControllers: new Set(progress.evicted_controllers),
  });

const dueKey = (pod: PodFacts): string => `evict-due:${pod.uid}`;
const triesKey = (pod: PodFacts): string => `evict-tries:${pod.uid}`;
const emptyKey = (turn: TurnAt<'drain'>): string => `empty:${turn.stage.cluster.name}/${turn.stage.node.name}`;

function cordonAgain(turn: TurnAt<'drain'>, node: NodeFacts): Decided {
  const { stage } = turn;
  return {
    memory: turn.memory,
    decision: {
      kind: 'effect',
      reason: node.unschedulable ? 'the cordon is not ours' : 'the node is schedulable: cordon before going on',
      effect: {
        kind: 'cordon',
        cluster: stage.cluster.name,
        node: stage.node.name,
        resource_version: node.resourceVersion,
        prior_unschedulable: stage.progress.cordon?.prior_unschedulable ?? node.unschedulable,
      },
    },
  };
}

function evict(turn: TurnAt<'drain'>, pods: readonly PodFacts[]): Decided {
  let memory: TurnMemory = turn.memory;
  for (const pod of pods) {
    const tries = (memory.get(triesKey(pod)) ?? 0) + 1;
    memory = remember(remember(memory, triesKey(pod), tries), dueKey(pod), turn.facts.now + backoffMs(tries));
  }
  return {
    memory,
    decision: {
      kind: 'effect',
      reason: `${pods.length} pods may leave ${turn.stage.node.name} within their budgets`,
      effect: {
        kind: 'evict',
        cluster: turn.stage.cluster.name,
        node: turn.stage.node.name,
        pods: pods.map(({ namespace, name, uid, controller }) => ({
          namespace,
          name,
          uid,
          ...(controller && { controller_uid: controller.uid }),
        })),
      },
    },
  };
}

const podNames = (pods: readonly { pod: PodFacts }[]): string =>
  nameSome(
    pods.map(({ pod }) => `${pod.namespace}/${pod.name}`),
    3,
  );

function stillThere(drain: DrainDecision) {
  const [delayed] = drain.delayed;
  if (delayed) {
    return wait(`budget ${delayed.budget} allows no disruption now`, 'it allows one', 2_000);
  }
  if (drain.leaving.length > 0) return wait(`terminating: ${podNames(drain.leaving)}`, 'they are gone', 2_000);
  return wait(`evictions were refused`, 'they are asked again', 1_000);
}

/** Past its bound, or denied for good: nothing was installed, so the cordon is given back and the line stops (SAFETY 8). */
function giveUp(turn: TurnAt<'drain'>, drain: DrainDecision): Decided | undefined {
  const { stage, facts } = turn;
  // Not the time that nobody drained: between runs, in doubt, halted.
  const { cordon, resolved } = stage.progress;
  const since = Math.max(
    Date.parse(cordon?.at ?? turn.state.progressedAt),
    turn.runSince,
    resolved ? Date.parse(resolved.at) : 0,
  );
  const isLate = facts.now - since > limits.drainMs;
  const isDenied = stage.progress.problem !== undefined || drain.blocked.length > 0;
  if (!isLate && !isDenied) return undefined;
  const { problem, last_refusal: refusal } = stage.progress;
  // The first is the reason: a pod that only takes its time to leave comes last.
  const left = [
    ...drain.blocked.map(({ message }) => message),
    ...(problem === undefined ? [] : [problem]),
    ...drain.delayed.map(({ pod, reason }) => `${pod.namespace}/${pod.name}: ${reason}`),
    ...(refusal === undefined || refusal === problem || drain.evict.length === 0 ? [] : [refusal]),
    ...drain.leaving.map(({ pod, reason }) => `${pod.namespace}/${pod.name}: ${reason}`),
  ];
  if (!isLate && drain.podsLeft === 0) return undefined;
  const why = isLate ? `not drained in ${limits.drainMs / 60_000} min` : 'a pod may not be evicted';
  return { decision: observed(stage, 'failed', `${why}: ${left[0] ?? 'pods keep coming'}`, left.slice(0, 20)) };
}

/** Listed empty twice, since a pod may land by toleration or race with the cordon; then the volumes (rolling-upgrades 3.3). */
function decideEmpty(turn: TurnAt<'drain'>): Decided {
  const { stage, facts, memory } = turn;
  const firstSeen = memory.get(emptyKey(turn)) ?? 0;
  if (firstSeen === 0) {
    return {
      memory: remember(memory, emptyKey(turn), facts.now),
      decision: wait(`${stage.node.name} is empty`, 'a second look finds it empty too', 1_000),
    };
  }
  const attached = (facts.cluster?.volumeAttachments ?? []).filter(
    volume => volume.nodeName === stage.node.name && volume.attached,
  );
  if (attached.length === 0) {
    return { decision: observed(stage, 'installing', 'drained: seen empty twice, volumes detached') };
  }
  const names = nameSome(
    attached.map(volume => volume.name),
    3,
  );
  if (facts.now - firstSeen <= limits.detachMs) {
    return { memory, decision: wait(`volumes are still attached: ${names}`, 'they are detached') };
  }
  return { decision: observed(stage, 'failed', `volumes stay attached to the empty node: ${names}`) };
}

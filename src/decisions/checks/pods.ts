import type { PodSymptoms } from '../../model/symptoms.ts';
import { nameSome } from '../verdict.ts';
import { type Check, type CheckIssue, headlineOf, issueOf, unknownIssue } from './check.ts';

const HOUR_MS = 3_600_000;
/** A pod that starts is not ready for a while. */
const STARTING_MS = 5 * 60_000;
const NAMED_MAX = 20;

const nameOf = ({ namespace, name }: PodSymptoms): string => `${namespace}/${name}`;
const isOver = ({ phase }: PodSymptoms): boolean => phase === 'Succeeded';
const condition = (pod: PodSymptoms, type: string) => pod.conditions.find(found => found.type === type);
const isReady = (pod: PodSymptoms): boolean => condition(pod, 'Ready')?.status === 'True';

/** Words of Kubernetes' own; a server's free text stays out. */
const word = (text: string | undefined): string => (/^[A-Za-z][A-Za-z0-9]{0,60}$/.test(text ?? '') ? (text ?? '') : '');

/** Why a pod is not ready: no node, a container that waits or ended, else only that it is so. */
function reasonOf(pod: PodSymptoms): string {
  const scheduled = condition(pod, 'PodScheduled');
  if (scheduled?.status === 'False') return word(scheduled.reason) || 'not scheduled';
  const waiting = pod.containers.find(container => container.waiting !== undefined)?.waiting;
  const ended = pod.containers.find(container => !container.isRunning && container.ended !== undefined)?.ended;
  return word(waiting?.reason) || word(ended?.reason) || word(pod.reason) || 'not ready';
}

/** Pods without a node, failed, or not ready for longer than a start takes, each with its reason (ledger R106, R118). */
export function checkPods(pods: readonly PodSymptoms[], now: number): Check {
  const rule = 'R106: pod scheduling and readiness';
  const active = pods.filter(pod => !isOver(pod) && pod.terminatingSince === undefined);
  const ailing = active.filter(pod => !isReady(pod));
  const isLong = (pod: PodSymptoms): boolean => {
    const since = condition(pod, 'Ready')?.since ?? condition(pod, 'PodScheduled')?.since;
    return since === undefined || now - since > STARTING_MS;
  };
  const told = ailing.filter(pod => pod.phase === 'Failed' || isLong(pod));
  const issues: CheckIssue[] = [
    ...told
      .slice(0, NAMED_MAX)
      .map(pod => issueOf('warning', rule, nameOf(pod), `${nameOf(pod)} is ${pod.phase}: ${reasonOf(pod)}`)),
    ...(told.length > NAMED_MAX
      ? [issueOf('warning', rule, 'pods', `${told.length - NAMED_MAX} more pods are not ready`)]
      : []),
  ];
  const inPhase = (phase: string): number => active.filter(pod => pod.phase === phase).length;
  return {
    issues,
    headline: headlineOf(`${active.length - ailing.length} of ${active.length} pods ready`, issues),
    figures: {
      pods: {
        total: active.length,
        ready: active.length - ailing.length,
        pending: inPhase('Pending'),
        failed: inPhase('Failed'),
      },
      starting: ailing.length - told.length,
    },
  };
}

/** Restart counters at one look. */
export interface RestartLook {
  at: number;
  /** Of each pod that ever restarted. */
  restarts: Readonly<Record<string, number>>;
  /** Those that may have restarted more than the limit within the last hour. */
  suspects: readonly string[];
}

const restartsOf = (pod: PodSymptoms): number => pod.containers.reduce((sum, { restarts }) => sum + restarts, 0);

const lastRestartAt = (pod: PodSymptoms): number | undefined => {
  const times = pod.containers.filter(({ restarts }) => restarts > 0).map(({ ended }) => ended?.finishedAt);
  return times.includes(undefined) ? undefined : Math.max(...times.flatMap(time => time ?? []));
};

/**
 * A pod is a suspect when its lifetime's count is above the limit and its last restart is not known to be older than an hour. All
 * others are decided at the first look (R122: 709 in a lifetime say nothing of an hour).
 */
export const restartLook = (pods: readonly PodSymptoms[], now: number, limit: number): RestartLook => ({
  at: now,
  restarts: Object.fromEntries(pods.filter(pod => restartsOf(pod) > 0).map(pod => [nameOf(pod), restartsOf(pod)])),
  suspects: pods
    .filter(pod => {
      const last = lastRestartAt(pod);
      return restartsOf(pod) > limit && (last === undefined || now - last < HOUR_MS);
    })
    .map(nameOf),
});

export interface RestartVerdict {
  /** Pod → restarts since the first look: more than the limit within an hour. */
  over: ReadonlyMap<string, number>;
  /** May still come to more within the hour of the first look. */
  undecided: readonly string[];
  /** The looks are too far apart to say which hour it was in: begin again with the later one. */
  isTooLate: boolean;
}

/** By deltas of counters between two looks (ledger R122: strictly more than `limit` within an hour). */
export function restartRate(first: RestartLook, later: RestartLook, limit: number): RestartVerdict {
  const elapsed = later.at - first.at;
  const deltas = later.suspects.map((pod): [string, number] => {
    const [before, now] = [first.restarts[pod] ?? 0, later.restarts[pod] ?? 0];
    // A counter that is below what it was belongs to another pod of that name: all of it is since then.
    return [pod, now < before ? now : now - before];
  });
  const over = new Map(deltas.filter(([, delta]) => delta > limit));
  if (elapsed > HOUR_MS + STARTING_MS && over.size > 0) return { over: new Map(), undecided: [], isTooLate: true };
  const undecided = elapsed >= HOUR_MS ? [] : later.suspects.filter(pod => !over.has(pod));
  return { over, undecided, isTooLate: false };
}

/** Pods that restart more than `limit` times an hour (seed 210). */
export function checkRestarts(first: RestartLook, later: RestartLook, limit: number): Check {
  const { over, undecided } = restartRate(first, later, limit);
  const rule = 'R122: pod restart rate';
  const minutes = Math.round((later.at - first.at) / 60_000);
  const issues: CheckIssue[] = [...over].map(([pod, restarts]) =>
    issueOf(
      'warning',
      rule,
      pod,
      `${pod} restarted ${restarts} times in ${minutes} minutes, more than ${limit} an hour`,
    ),
  );
  if (undecided.length > 0) {
    issues.push(
      unknownIssue('pods', `the restart rate of ${undecided.length} pods is not known yet: ${nameSome(undecided)}`),
    );
  }
  return {
    issues,
    headline: headlineOf(`${over.size} pods restart too often`, issues),
    figures: { over: Object.fromEntries(over), watched_minutes: minutes, suspects: later.suspects.slice(0, NAMED_MAX) },
  };
}

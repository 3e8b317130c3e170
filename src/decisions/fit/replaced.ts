import type { PodFacts } from '../../model/facts.ts';
import { isFinished } from '../budgets.ts';
import { matchesLabels } from '../selector.ts';
import type { PodAsk } from './pod-ask.ts';

/** A pod there is that the workload's new pods replace. */
export const isReplaced = (ask: PodAsk, pod: PodFacts): boolean =>
  pod.namespace === ask.namespace &&
  pod.controller?.kind === ask.controllerKind &&
  ask.controllerKind !== 'Job' &&
  matchesLabels(ask.selector, pod.labels);

/** The pods, present and running, that an ask replaces. */
export const replacedBy = (ask: PodAsk, pods: readonly PodFacts[]): PodFacts[] =>
  pods.filter(pod => !isFinished(pod) && isReplaced(ask, pod));

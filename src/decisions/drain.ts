import type { BudgetFacts, PodFacts } from '../model/facts.ts';
import {
  allowedNow,
  budgetName,
  budgetsOf,
  bypassesBudgets,
  goesUnhealthy,
  isFinished,
  neverAllows,
  podName,
} from './budgets.ts';
import { type DrainNote, type DrainScope, EVICTION, filterPod } from './drain-filters.ts';
import { type LocalFinding, sortedBy } from './verdict.ts';

export interface DrainInput extends DrainScope {
  /** Every pod of the cluster: what a budget still has elsewhere counts. */
  pods: readonly PodFacts[];
  budgets: readonly BudgetFacts[];
}

interface PodReason {
  pod: PodFacts;
  reason: string;
  rule: string;
}

export interface DrainDecision {
  /** Ask for these evictions now, with uid precondition: together they stay within every budget. None while anything is blocked. */
  evict: readonly PodFacts[];
  /** May go, but a budget says not now. */
  delayed: readonly (PodReason & { budget: string })[];
  /** Terminating, or evicted by us and not gone yet: waited for. */
  leaving: readonly PodReason[];
  /** Stay on the node and don't count. */
  skipped: readonly PodReason[];
  /** Will not go by waiting: the node must not be installed or rebooted. */
  blocked: readonly (PodReason & LocalFinding)[];
  /** What the evictions cost: data on emptyDir, pods tied to the node, pods nothing recreates. */
  notes: readonly { pod: PodFacts; note: DrainNote }[];
  /** Pods that still have to leave: evict, delayed, leaving and blocked. */
  podsLeft: number;
  /** No pod has to leave any more. */
  isDrained: boolean;
}

/**
 * What draining a node has to do next: kubectl's filters in kubectl's order, then budgets. Ask again after every batch; nothing here
 * depends on the order of its input.
 */
export function drainNode(input: DrainInput): DrainDecision {
  const decision = {
    candidates: [] as PodFacts[],
    leaving: [] as PodReason[],
    skipped: [] as PodReason[],
    blocked: [] as (PodReason & LocalFinding)[],
    notes: [] as { pod: PodFacts; note: DrainNote }[],
  };
  for (const pod of sortedBy(onNode(input), podName)) {
    const filtered = filterPod(pod, input);
    switch (filtered.kind) {
      case 'skip':
        decision.skipped.push({ pod, reason: filtered.reason, rule: filtered.rule });
        break;
      case 'leaving':
        decision.leaving.push({ pod, reason: filtered.reason, rule: filtered.rule });
        break;
      case 'block':
        decision.blocked.push(blockedPod(pod, filtered.reason, filtered.remedy, filtered.rule));
        break;
      case 'evict':
        decision.candidates.push(pod);
        decision.notes.push(...filtered.notes.map(note => ({ pod, note })));
        break;
    }
  }
  const asked = withinBudgets(decision.candidates, input);
  const blocked = [...decision.blocked, ...asked.blocked];
  const podsLeft = asked.evict.length + asked.delayed.length + decision.leaving.length + blocked.length;
  return {
    // As kubectl: a drain that can't end disrupts nothing.
    evict: blocked.length > 0 ? [] : asked.evict,
    delayed: asked.delayed,
    leaving: decision.leaving,
    skipped: decision.skipped,
    blocked,
    notes: decision.notes,
    podsLeft,
    isDrained: podsLeft === 0,
  };
}

const onNode = (input: DrainInput): PodFacts[] => input.pods.filter(pod => pod.nodeName === input.node);

const blockedPod = (pod: PodFacts, reason: string, remedy: string, rule: string): PodReason & LocalFinding => ({
  pod,
  reason,
  rule,
  code: 'DISRUPTION_BLOCKED',
  subject: podName(pod),
  message: `${podName(pod)} on ${pod.nodeName}: ${reason}`,
  remedy,
});

interface Asked {
  evict: PodFacts[];
  delayed: (PodReason & { budget: string })[];
  blocked: (PodReason & LocalFinding)[];
}

function withinBudgets(candidates: readonly PodFacts[], input: DrainInput): Asked {
  const left = remainingAllowances(input);
  const asked: Asked = { evict: [], delayed: [], blocked: [] };
  const isKeptForNames = keptForNames(input);
  // Tolerating pods first: a later look could not tell them from recreated ones.
  for (const pod of [
    ...candidates.filter(pod => pod.toleratesCordon),
    ...candidates.filter(pod => !pod.toleratesCordon),
  ]) {
    const protecting = bypassesBudgets(pod) ? [] : budgetsOf(pod, input.budgets);
    const [budget] = protecting;
    if (protecting.length > 1) {
      const names = sortedBy(protecting, budgetName).map(budgetName).join(' and ');
      const reason = `two budgets protect it (${names}): the API server refuses its eviction`;
      asked.blocked.push(blockedPod(pod, reason, 'change the selector of one of the two budgets', EVICTION));
    } else if (budget && !goesUnhealthy(pod, budget)) {
      askBudget(pod, budget, left, asked);
    } else if (isKeptForNames(pod, asked.evict)) {
      const reason = 'no other DNS pod is Ready: names would not resolve';
      asked.delayed.push({ pod, reason, rule: 'rolling-upgrades 2 no. 22', budget: 'one Ready DNS pod (implicit)' });
    } else {
      asked.evict.push(pod);
    }
  }
  return { ...asked, evict: sortedBy(asked.evict, podName) };
}

/** Pods we evicted whose termination these facts don't show yet are taken off what the facts' budgets allow. */
function remainingAllowances(input: DrainInput): Map<string, number> {
  const underWay = onNode(input).filter(pod => input.evicted.has(pod.uid) && !bypassesBudgets(pod));
  return new Map(
    input.budgets.map(budget => {
      const taken = underWay.filter(pod => budgetsOf(pod, [budget]).length > 0).length;
      return [budgetName(budget), Math.max(0, allowedNow(budget) - taken)];
    }),
  );
}

function askBudget(pod: PodFacts, budget: BudgetFacts, left: Map<string, number>, asked: Asked): void {
  const name = budgetName(budget);
  const { currentHealthy, desiredHealthy, expectedPods } = budget;
  const allowed = left.get(name) ?? 0;
  if (allowed > 0) {
    left.set(name, allowed - 1);
    asked.evict.push(pod);
  } else if (neverAllows(budget)) {
    const reason = `budget ${name} never allows a disruption: it wants ${desiredHealthy} healthy of ${expectedPods} expected`;
    const remedy = `raise the replicas behind ${name}, or its maxUnavailable`;
    asked.blocked.push(blockedPod(pod, reason, remedy, 'rolling-upgrades 2 no. 1'));
  } else if (!pod.isReady && budget.unhealthyPodEvictionPolicy === 'IfHealthyBudget') {
    const reason = `it is not ready, and budget ${name} (${currentHealthy} healthy, wants ${desiredHealthy}) protects unready pods too: repair it or set unhealthyPodEvictionPolicy: AlwaysAllow`;
    asked.delayed.push({ pod, reason, rule: 'KEP-3017', budget: name });
  } else {
    const reason = `budget ${name} allows none now (${currentHealthy} healthy, wants ${desiredHealthy})`;
    asked.delayed.push({ pod, reason, rule: EVICTION, budget: name });
  }
}

/**
 * Cluster DNS keeps one Ready pod although it often has no budget. A single replica is not held back: no waiting would end it
 * (preflight warns of it).
 */
function keptForNames(input: DrainInput): (pod: PodFacts, evicting: readonly PodFacts[]) => boolean {
  const isDns = (pod: PodFacts): boolean => pod.namespace === 'kube-system' && pod.labels['k8s-app'] === 'kube-dns';
  const replicas = input.pods.filter(
    pod => isDns(pod) && !isFinished(pod) && pod.terminatingSince === undefined && !input.evicted.has(pod.uid),
  );
  return (pod, evicting) =>
    isDns(pod) &&
    pod.isReady &&
    replicas.length > 1 &&
    !replicas.some(other => other.uid !== pod.uid && other.isReady && !evicting.includes(other));
}

import type { ClusterFacts, PodFacts } from '../model/facts.ts';
import { allowedNow, budgetName, isFinished, podName } from './budgets.ts';
import { type DrainDecision, drainNode } from './drain.ts';
import { type DrainNote, KUBECTL } from './drain-filters.ts';
import type { ClusterTargets } from './node-target.ts';
import { judgeSpareCapacity } from './spare-capacity.ts';
import { groupedBy, type Judgement, type LocalFinding, nameSome, sortedBy } from './verdict.ts';

/** What the drains of the planned nodes will meet, and whether the evicted pods fit elsewhere. */
export function judgePods(facts: ClusterFacts, targets: ClusterTargets): Judgement {
  const nodes = sortedBy(targets.nodes, node => node.name);
  const drains = nodes.map(node =>
    drainNode({
      node: node.name,
      pods: facts.pods,
      budgets: facts.budgets,
      daemonSets: facts.daemonSets,
      evicted: new Set(),
    }),
  );
  const workers = nodes.filter(node => node.role === 'worker').map(node => node.name);
  const capacity = judgeSpareCapacity(facts, workers);
  return {
    blocked: [...blockedPods(drains), ...capacity.blocked],
    warnings: [
      ...exhaustedBudgets(facts, drains),
      ...notes(drains),
      ...capacity.warnings,
      ...singleDns(facts, nodes.length),
    ],
  };
}

/** One finding a reason, naming the pods it holds for. */
function blockedPods(drains: readonly DrainDecision[]): LocalFinding[] {
  const blocked = drains.flatMap(drain => drain.blocked);
  return groupedBy(blocked, ({ reason }) => reason).flatMap(([, group]) => {
    const [first] = group;
    if (!first) return [];
    const names = sortedBy(group, ({ subject }) => subject).map(({ subject, pod }) => `${subject} on ${pod.nodeName}`);
    const { code, subject, remedy, rule, reason } = first;
    return [{ code, subject, message: `${nameSome(names)}: ${reason}`, remedy, rule }];
  });
}

/** Budgets that allow nothing at this moment but may later: the drain waits for them. */
function exhaustedBudgets(facts: ClusterFacts, drains: readonly DrainDecision[]): LocalFinding[] {
  const exhausted = new Set(facts.budgets.filter(budget => allowedNow(budget) === 0).map(budgetName));
  const delayed = drains.flatMap(drain => drain.delayed).filter(({ budget }) => exhausted.has(budget));
  return groupedBy(delayed, ({ budget }) => budget).flatMap(([budget, group]) => {
    const hint = group.find(({ rule }) => rule === 'KEP-3017') ?? group[0];
    if (!hint) return [];
    const names = sortedBy(group, ({ pod }) => podName(pod)).map(({ pod }) => podName(pod));
    return [
      {
        code: 'DISRUPTION_BLOCKED',
        subject: budget,
        message: `${nameSome(names)}: ${hint.reason}`,
        remedy: 'make the pods behind this budget healthy, or the drain waits until its deadline',
        rule: hint.rule,
      },
    ];
  });
}

const NOTE_TEXTS: Record<DrainNote, { says: string; remedy: string }> = {
  'empty-dir': { says: 'lose their emptyDir data when evicted', remedy: 'nothing, if it is a cache' },
  'local-volume': {
    says: 'keep data on their node: they stay Pending until it is back',
    remedy: 'nothing, if that is acceptable',
  },
  'daemon-set-missing': {
    says: 'name a DaemonSet that does not exist: they are evicted for good',
    remedy: 'check who owns them',
  },
};

function notes(drains: readonly DrainDecision[]): LocalFinding[] {
  const noted = drains.flatMap(drain => drain.notes);
  return groupedBy(noted, ({ note }) => note).map(([note, group]) => {
    const names = sortedBy(group, ({ pod }) => podName(pod)).map(({ pod }) => podName(pod));
    const { says, remedy } = NOTE_TEXTS[note];
    return {
      code: 'DISRUPTION_BLOCKED',
      subject: `${group.length} pods`,
      message: `${group.length} pods ${says}: ${nameSome(names, 2)}`,
      remedy,
      rule: KUBECTL,
    };
  });
}

function singleDns(facts: ClusterFacts, planned: number): LocalFinding[] {
  const isDns = (pod: PodFacts): boolean => pod.namespace === 'kube-system' && pod.labels['k8s-app'] === 'kube-dns';
  const replicas = facts.pods.filter(pod => isDns(pod) && !isFinished(pod) && pod.terminatingSince === undefined);
  if (planned === 0 || replicas.length !== 1) return [];
  return [
    {
      code: 'DISRUPTION_BLOCKED',
      subject: 'kube-system/coredns',
      message: 'cluster DNS has a single replica: names do not resolve while it moves',
      remedy: 'scale coredns to 2',
      rule: 'rolling-upgrades 2 no. 22',
    },
  ];
}

import type { ClusterFacts, NodeFacts, PodFacts } from '../model/facts.ts';
import { isFinished, podName } from './budgets.ts';
import { type LocalFinding, sortedBy } from './verdict.ts';

interface Amount {
  cpuMillis: number;
  memoryBytes: number;
  pods: number;
}

const RULE = 'rolling-upgrades 4.3 L3: the rest must hold the pods of the node that is out';
const resources = ['cpuMillis', 'memoryBytes', 'pods'] as const satisfies readonly (keyof Amount)[];
const NAMES: Record<keyof Amount, string> = { cpuMillis: 'CPU', memoryBytes: 'memory', pods: 'pod slots' };

const takes = (pod: PodFacts): boolean => !isFinished(pod);

/** It must find another node while its own is out: not a DaemonSet's, not static, not tied to its node. */
const mustMove = (pod: PodFacts): boolean =>
  takes(pod) && !pod.isMirror && !pod.hasLocalVolume && pod.controller?.kind !== 'DaemonSet';

const amountOf = (pod: PodFacts): Amount => ({ ...pod.requests, pods: 1 });

const add = (left: Amount, right: Amount, sign: 1 | -1 = 1): Amount => ({
  cpuMillis: left.cpuMillis + sign * right.cpuMillis,
  memoryBytes: left.memoryBytes + sign * right.memoryBytes,
  pods: left.pods + sign * right.pods,
});

const total = (amounts: readonly Amount[]): Amount =>
  amounts.reduce((sum, amount) => add(sum, amount), { cpuMillis: 0, memoryBytes: 0, pods: 0 });

/** What does not fit, worst first by name; empty when all does. */
const short = (needed: Amount, free: Amount): string[] =>
  resources.filter(resource => needed[resource] > free[resource]).map(resource => NAMES[resource]);

/**
 * Do the pods of each planned worker fit on the other schedulable, Ready workers while it is out? Two necessary conditions, by
 * requests: all together into the sum of what is free, the largest into one node. Taints and affinities are not looked at.
 */
export function judgeSpareCapacity(
  facts: ClusterFacts,
  planned: readonly string[],
): { blocked: LocalFinding[]; warnings: LocalFinding[] } {
  const workers = facts.nodes.filter(node => node.role === 'worker');
  const free = new Map(workers.map(node => [node.name, freeOn(node, facts.pods)]));
  const hosts = workers.filter(node => node.ready === true && !node.unschedulable);
  const blocked: LocalFinding[] = [];
  const warnings: LocalFinding[] = [];
  for (const name of planned) {
    const moving = sortedBy(
      facts.pods.filter(pod => pod.nodeName === name && mustMove(pod)),
      podName,
    );
    const rest = hosts.filter(host => host.name !== name).map(host => free.get(host.name) ?? total([]));
    if (moving.length === 0) continue;
    if (rest.length === 0) {
      const message = `no other worker takes pods: the ${moving.length} pods of ${name} stay Pending while it is out`;
      warnings.push(finding(name, message, 'nothing, if that is acceptable'));
      continue;
    }
    const lacking = short(total(moving.map(amountOf)), total(rest));
    const homeless = moving.find(pod => rest.every(host => short(amountOf(pod), host).length > 0));
    if (lacking.length > 0) {
      const message = `without ${name} the other workers lack ${lacking.join(' and ')} for its ${moving.length} pods`;
      blocked.push(finding(name, message, 'add a worker, or lower requests'));
    } else if (homeless) {
      const message = `${podName(homeless)} of ${name} fits on no single other worker`;
      blocked.push(finding(name, message, 'add a larger worker, or lower its requests'));
    }
  }
  return { blocked, warnings };
}

const finding = (node: string, message: string, remedy: string): LocalFinding => ({
  code: 'CAPACITY_SHORT',
  subject: node,
  message,
  remedy,
  rule: RULE,
});

const freeOn = (node: NodeFacts, pods: readonly PodFacts[]): Amount =>
  add(node.allocatable, total(pods.filter(pod => pod.nodeName === node.name && takes(pod)).map(amountOf)), -1);

import type { PodFacts } from '../../model/facts.ts';
import { isFinished } from '../budgets.ts';
import { matchesLabels } from '../selector.ts';
import type { Constraint, FitNode, Obstacle } from './obstacles.ts';
import type { PodAsk } from './pod-ask.ts';

interface Amount {
  cpuMillis: number;
  memoryBytes: number;
  pods: number;
}

const NAMES: Readonly<Record<keyof Amount, Constraint>> = {
  cpuMillis: 'CPU',
  memoryBytes: 'memory',
  pods: 'pod slots',
};
const resources = ['cpuMillis', 'memoryBytes', 'pods'] as const satisfies readonly (keyof Amount)[];

type Hosted = Pick<PodFacts, 'namespace' | 'labels'>;

/** What is left on a node, and whom its pods keep away. */
export class Room {
  readonly node: FitNode;
  readonly #free: Amount;
  readonly #hosted: Hosted[] = [];

  /** `pods` are those bound to the node; finished ones hold nothing. */
  constructor(node: FitNode, pods: readonly PodFacts[]) {
    this.node = node;
    this.#free = { ...node.allocatable };
    for (const pod of pods) if (!isFinished(pod)) this.#take(pod.requests, pod);
  }

  #take(requests: { cpuMillis: number; memoryBytes: number }, pod: Hosted): void {
    this.#free.cpuMillis -= requests.cpuMillis;
    this.#free.memoryBytes -= requests.memoryBytes;
    this.#free.pods -= 1;
    this.#hosted.push(pod);
  }

  /** How many pods of a workload still fit, and what ends it. */
  fits(ask: PodAsk): { count: number; obstacle: Obstacle } {
    const isApart = (pod: Hosted): boolean =>
      pod.namespace === ask.namespace && ask.apart.some(selector => matchesLabels(selector, pod.labels));
    const apart: Obstacle = { constraint: 'anti-affinity', reason: 'anti-affinity' };
    if (this.#hosted.some(isApart)) return { count: 0, obstacle: apart };
    const asked: Amount = { ...ask.requests, pods: 1 };
    let least = { count: Number.POSITIVE_INFINITY, obstacle: apart };
    for (const resource of resources) {
      const count =
        asked[resource] === 0 ? Number.POSITIVE_INFINITY : Math.floor(this.#free[resource] / asked[resource]);
      const constraint = NAMES[resource];
      if (count < least.count)
        least = { count: Math.max(0, count), obstacle: { constraint, reason: `insufficient ${constraint}` } };
    }
    const isApartFromItself = isApart({ namespace: ask.namespace, labels: ask.labels });
    return isApartFromItself && least.count > 1 ? { count: 1, obstacle: apart } : least;
  }

  add(ask: PodAsk): void {
    this.#take(ask.requests, ask);
  }

  /** Share of the node that is left, the scarcer of CPU and memory. */
  get share(): number {
    const { cpuMillis, memoryBytes } = this.node.allocatable;
    return Math.min(this.#free.cpuMillis / Math.max(1, cpuMillis), this.#free.memoryBytes / Math.max(1, memoryBytes));
  }
}

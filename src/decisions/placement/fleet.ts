import { type Domains, domainsOf } from './counter.ts';
import type { Bonds } from './counters.ts';
import { Counters } from './counters.ts';
import type { Ranking } from './ranking.ts';
import type { FleetFacts, PlacementNode, PodShape } from './shape.ts';
import { StaticFilters, type StaticVerdict } from './static-filter.ts';

/** The label that names a node's zone. */
export const ZONE = 'topology.kubernetes.io/zone';

/** Columns every fleet has; further ones are for the other resources that pods ask for. */
export const CPU = 0;
export const MEMORY = 1;
export const PODS = 2;

/** A quantity that could not be read: more than any node has, and exact in sums. */
const UNREADABLE = 2 ** 50;

/** A shape as a fleet knows it. */
export interface PodClass extends Bonds {
  index: number;
  shape: PodShape;
  /** Resources it asks for, as columns, and how much of each; a pod slot is one of them. */
  columns: number[];
  amounts: number[];
  verdict: StaticVerdict;
  /** How its candidates stood at some entry of the journal. */
  ranking: Ranking | undefined;
}

/** In place of a class in the journal: a node that was closed or opened, and one whose domains went or came with it. */
const CLOSED = -1;
const GONE = -2;

/**
 * Nodes, what is free on them, and what pods they have, with a journal that takes changes back: a question changes the fleet, is
 * answered, and leaves it as it was.
 */
export class Fleet {
  readonly facts: FleetFacts;
  readonly nodes: readonly PlacementNode[];
  readonly indexOf: ReadonlyMap<string, number>;
  readonly zones: Domains;
  /** By column, then node. */
  readonly capacity: Float64Array[] = [];
  readonly free: Float64Array[] = [];
  readonly resources: string[] = [];
  /** By column, all that the nodes have. */
  readonly total: number[] = [];
  /** 1 for nodes that take pods as far as this question goes. */
  readonly open: Uint8Array;
  /** Of each node, pods by class. */
  readonly hosted: Map<number, number>[];
  readonly classes: PodClass[] = [];
  readonly waiting = new Map<number, number>();
  /** Scratch for one run: node → number of the run that saw it. */
  readonly seen: Int32Array;
  run = 0;
  /** Scratch for one ranking. */
  readonly scores: Float64Array;
  readonly ranked: Int32Array;
  /** Scratch for one headroom: of each candidate the number of what ends its room. */
  readonly scarcest: Uint16Array;
  readonly #filters: StaticFilters;
  readonly #counters: Counters;
  readonly #byShape = new Map<PodShape, PodClass>();
  readonly #byKey = new Map<string, PodClass>();
  /** Of each change the node, the class (or what else it was), and the pods. */
  #journal = new Int32Array(3 * 1024);
  #length = 0;
  /** Classes with a ranking, in the order of the entries they were ranked at. */
  readonly #ranked: PodClass[] = [];

  constructor(facts: FleetFacts) {
    this.facts = facts;
    this.nodes = facts.nodes;
    const size = facts.nodes.length;
    this.indexOf = new Map(facts.nodes.map(({ name }, index) => [name, index]));
    this.zones = domainsOf(
      ZONE,
      facts.nodes.map(({ labels }) => labels),
    );
    this.open = new Uint8Array(size).fill(1);
    this.seen = new Int32Array(size);
    this.scores = new Float64Array(size);
    this.ranked = new Int32Array(size);
    this.scarcest = new Uint16Array(size);
    this.hosted = Array.from({ length: size }, () => new Map<number, number>());
    this.#filters = new StaticFilters(facts.nodes);
    this.#counters = new Counters(facts.nodes, this.#filters);
    for (const resource of ['cpu', 'memory', 'pods']) this.#column(resource);
    for (const { shape } of facts.hosted) this.classOf(shape);
    for (const { shape, nodeName, pods } of facts.hosted) {
      const known = this.classOf(shape);
      const node = this.indexOf.get(nodeName ?? '');
      if (node !== undefined) this.#change(known, node, pods);
      else if (nodeName === undefined) this.waiting.set(known.index, (this.waiting.get(known.index) ?? 0) + pods);
    }
  }

  get size(): number {
    return this.nodes.length;
  }

  /** The class of a shape; one that was not known is added, as other pods have to be counted for it. */
  classOf(shape: PodShape): PodClass {
    const known = this.#byShape.get(shape) ?? this.#byKey.get(JSON.stringify(shape)) ?? this.#add(shape);
    this.#byShape.set(shape, known);
    return known;
  }

  #add(shape: PodShape): PodClass {
    const index = this.classes.length;
    const asked = Object.entries({ ...shape.requests, pods: 1 }).filter(([, amount]) => amount > 0);
    const added: PodClass = {
      index,
      shape,
      columns: asked.map(([resource]) => this.#column(resource)),
      amounts: asked.map(([, amount]) => Math.min(amount, UNREADABLE)),
      verdict: this.#filters.verdict(shape),
      ranking: undefined,
      ...this.#counters.connect(shape, (counter, other) => {
        this.hosted.forEach((pods, node) => {
          const there = pods.get(other);
          if (there !== undefined) counter.add(node, there);
        });
      }),
    };
    // A new shape can bar those there are: what was ranked before does not know of it.
    this.#forget(-1);
    this.classes.push(added);
    this.#byKey.set(JSON.stringify(shape), added);
    return added;
  }

  #column(resource: string): number {
    const known = this.resources.indexOf(resource);
    if (known >= 0) return known;
    this.resources.push(resource);
    const amounts = Float64Array.from(this.nodes, ({ allocatable }) => allocatable[resource] ?? 0);
    this.capacity.push(amounts);
    this.free.push(amounts.slice());
    this.total.push(amounts.reduce((sum, amount) => sum + amount, 0));
    return this.resources.length - 1;
  }

  #change({ index, columns, amounts, moves }: PodClass, node: number, pods: number): void {
    for (let at = 0; at < columns.length; at += 1) {
      const free = this.free[columns[at] ?? PODS];
      if (free) free[node] = (free[node] ?? 0) - (amounts[at] ?? 0) * pods;
    }
    for (const counter of moves) counter.add(node, pods);
    const there = this.hosted[node];
    if (there === undefined) return;
    const left = (there.get(index) ?? 0) + pods;
    if (left === 0) there.delete(index);
    else there.set(index, left);
  }

  /** So many pods of a class come to a node, or leave it when negative. */
  move(known: PodClass, node: number, pods: number): void {
    this.#change(known, node, pods);
    this.#note(node, known.index, pods);
  }

  /** Closes a node to pods, or opens it. `isGone`: its domains don't count any more for spread, as its Node object is away. */
  setOpen(node: number, isOpen: boolean, isGone: boolean): void {
    this.#reopen(node, isOpen, isGone);
    this.#note(node, isGone ? GONE : CLOSED, isOpen ? 1 : 0);
  }

  #reopen(node: number, isOpen: boolean, isGone: boolean): void {
    this.open[node] = isOpen ? 1 : 0;
    if (isGone) for (const counter of this.#counters.spread) counter.appear(node, isOpen ? 1 : -1);
  }

  #note(node: number, index: number, pods: number): void {
    const at = 3 * this.#length;
    if (at === this.#journal.length) {
      const longer = new Int32Array(2 * at);
      longer.set(this.#journal);
      this.#journal = longer;
    }
    this.#journal[at] = node;
    this.#journal[at + 1] = index;
    this.#journal[at + 2] = pods;
    this.#length += 1;
  }

  /** The entry of the journal that comes next. */
  get mark(): number {
    return this.#length;
  }

  /** The node of each change since `mark`; one can be there more than once. */
  eachChangeSince(mark: number, visit: (node: number) => void): void {
    for (let at = mark; at < this.#length; at += 1) visit(this.#journal[3 * at] ?? 0);
  }

  /** Takes back what came at `mark` and after. */
  rollback(mark: number): void {
    for (let at = this.#length - 1; at >= mark; at -= 1) {
      const node = this.#journal[3 * at] ?? 0;
      const index = this.#journal[3 * at + 1] ?? 0;
      const count = this.#journal[3 * at + 2] ?? 0;
      const known = this.classes[index];
      if (known !== undefined) this.#change(known, node, -count);
      else this.#reopen(node, count === 0, index === GONE);
    }
    this.#length = mark;
    this.#forget(mark);
  }

  keepRanking(known: PodClass, ranking: Ranking): void {
    known.ranking = ranking;
    this.#ranked.push(known);
  }

  /** Rankings made after `mark` describe what is taken back. */
  #forget(mark: number): void {
    for (let last = this.#ranked.at(-1); last !== undefined; last = this.#ranked.at(-1)) {
      if (last.ranking !== undefined && last.ranking.mark <= mark) break;
      last.ranking = undefined;
      this.#ranked.pop();
    }
  }
}

import { matchesLabels } from '../selector.ts';
import { Counter, type Domains, domainsOf } from './counter.ts';
import type { HostPort, PlacementNode, PodShape, PodTerm, SpreadTerm } from './shape.ts';
import type { StaticFilters } from './static-filter.ts';

/** A counter that bars nodes whose domain has any pod of it, and why. */
export interface Bar {
  counter: Counter;
  blocker: string;
}

export interface Spread {
  counter: Counter;
  maxSkew: number;
  minDomains: number;
  /** 1 when the pod itself counts. */
  own: 0 | 1;
}

/** What a shape has to do with other pods: the counters its pods add to, and those it is judged by. */
export interface Bonds {
  moves: Counter[];
  bars: Bar[];
  /** Required affinity: each domain needs a pod; while there is none at all, the pod itself is enough if it is selected. */
  needs: Counter[];
  needsOwn: boolean;
  spreads: Spread[];
}

interface Entry {
  counter: Counter;
  blocker: string;
  /** Whether pods of the shape count, and whether they are barred where there are any. */
  counts: (shape: PodShape) => boolean;
  bars: (shape: PodShape) => boolean;
}

interface Known {
  shape: PodShape;
  bonds: Bonds;
}

const never = (): boolean => false;

/** Whether a term selects a shape's pods. The first label is compared by itself: it decides almost always. */
function selecting(term: Pick<PodTerm, 'selector' | 'namespaces'>): (shape: PodShape) => boolean {
  const { selector, namespaces } = term;
  const [first] = Object.entries(selector?.matchLabels ?? {});
  return ({ namespace, labels }) =>
    (namespaces === 'all' || namespaces.includes(namespace)) &&
    (first === undefined || labels[first[0]] === first[1]) &&
    matchesLabels(selector, labels);
}

const termKeys = new WeakMap<PodTerm, string>();
function keyOf(term: PodTerm): string {
  const key = termKeys.get(term) ?? JSON.stringify([term.topologyKey, term.selector, term.namespaces]);
  termKeys.set(term, key);
  return key;
}
const keyOfPort = ({ hostIp, protocol, port }: HostPort): string => `${hostIp}/${protocol}/${port}`;
const isAnywhere = (ip: string): boolean => ip === '0.0.0.0' || ip === '::';
/** NodePorts: an address conflicts with itself and with every address. */
const conflicts = (one: HostPort, other: HostPort): boolean =>
  one.port === other.port &&
  one.protocol === other.protocol &&
  (one.hostIp === other.hostIp || isAnywhere(one.hostIp) || isAnywhere(other.hostIp));

/** All counters of a fleet. A new shape brings those its terms need, and is tied to those that are there. */
export class Counters {
  /** Counters of spread constraints: they are told when a node comes or goes. */
  readonly spread: Counter[] = [];
  readonly #nodes: readonly PlacementNode[];
  readonly #filters: StaticFilters;
  readonly #domains = new Map<string, Domains>();
  readonly #entries = new Map<string, Entry>();
  readonly #known: Known[] = [];
  readonly #masks: Uint8Array[] = [];
  /** Each node by itself, labelled or not. */
  readonly #each: Domains;

  constructor(nodes: readonly PlacementNode[], filters: StaticFilters) {
    this.#nodes = nodes;
    this.#filters = filters;
    this.#each = { key: '', of: Int32Array.from(nodes.keys()), names: nodes.map(({ name }) => name), isPerNode: true };
  }

  /** Counts what is there already into the counters that a shape brought. */
  connect(shape: PodShape, count: (counter: Counter, other: number) => void): Bonds {
    const before = new Set(this.#entries.keys());
    const bonds: Bonds = { moves: [], bars: [], needs: [], needsOwn: false, spreads: [] };
    for (const term of shape.antiAffinity) this.#antiAffinity(term);
    for (const port of shape.hostPorts) this.#port(port);
    bonds.needs = this.#affinity(shape);
    bonds.needsOwn = shape.affinity.every(term => selecting(term)(shape));
    bonds.spreads = shape.spread.map(term => this.#spread(shape, term));
    for (const [key, entry] of this.#entries) {
      if (!before.has(key)) {
        this.#known.forEach((other, index) => {
          if (!tie(entry, other)) return;
          count(entry.counter, index);
        });
      }
      tie(entry, { shape, bonds });
    }
    this.#known.push({ shape, bonds });
    return bonds;
  }

  #of(topologyKey: string): Domains {
    const known =
      this.#domains.get(topologyKey) ??
      domainsOf(
        topologyKey,
        this.#nodes.map(({ labels }) => labels),
      );
    this.#domains.set(topologyKey, known);
    return known;
  }

  #entry(key: string, make: () => Entry): Counter {
    const known = this.#entries.get(key);
    if (known !== undefined) return known.counter;
    const entry = make();
    this.#entries.set(key, entry);
    if (entry.counter.mask !== undefined) this.spread.push(entry.counter);
    return entry.counter;
  }

  /** Both ways: the pods it selects bar its owners, and its owners bar the pods it selects. */
  #antiAffinity(term: PodTerm): void {
    const key = keyOf(term);
    const isSelected = selecting(term);
    const isOwner = (shape: PodShape): boolean => shape.antiAffinity.some(own => keyOf(own) === key);
    const entry = (counts: Entry['counts'], bars: Entry['bars']) => (): Entry => ({
      counter: new Counter(this.#of(term.topologyKey)),
      blocker: 'anti-affinity',
      counts,
      bars,
    });
    this.#entry(`apart ${key}`, entry(isSelected, isOwner));
    this.#entry(`apart-owner ${key}`, entry(isOwner, isSelected));
  }

  #port(port: HostPort): void {
    const key = keyOfPort(port);
    this.#entry(`port ${key}`, () => ({
      counter: new Counter(this.#each),
      blocker: 'host port',
      counts: shape => shape.hostPorts.some(own => keyOfPort(own) === key),
      bars: shape => shape.hostPorts.some(own => conflicts(own, port)),
    }));
  }

  /** Pods that all terms select count for each (interpodaffinity: podMatchesAllAffinityTerms). */
  #affinity({ affinity }: PodShape): Counter[] {
    const all = affinity.map(selecting);
    const key = JSON.stringify(affinity);
    return affinity.map(({ topologyKey }) =>
      this.#entry(`beside ${topologyKey} ${key}`, () => ({
        counter: new Counter(this.#of(topologyKey)),
        blocker: 'affinity',
        counts: shape => all.every(selects => selects(shape)),
        bars: never,
      })),
    );
  }

  #spread(shape: PodShape, term: SpreadTerm): Spread {
    const mask = this.#filters.counted(shape, term);
    if (!this.#masks.includes(mask)) this.#masks.push(mask);
    const isSelected = selecting({ selector: term.selector, namespaces: [shape.namespace] });
    const key = JSON.stringify([term.topologyKey, term.selector, shape.namespace, this.#masks.indexOf(mask)]);
    const counter = this.#entry(`spread ${key}`, () => ({
      counter: new Counter(this.#of(term.topologyKey), mask),
      blocker: 'topology spread',
      counts: isSelected,
      bars: never,
    }));
    return { counter, maxSkew: term.maxSkew, minDomains: term.minDomains, own: isSelected(shape) ? 1 : 0 };
  }
}

/** True when the shape's pods count. */
function tie({ counter, blocker, counts, bars }: Entry, { shape, bonds }: Known): boolean {
  if (bars(shape)) bonds.bars.push({ counter, blocker });
  const isCounted = counts(shape);
  if (isCounted) bonds.moves.push(counter);
  return isCounted;
}

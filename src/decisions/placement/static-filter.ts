import { hinderingTaint, matchesTerms } from '../fit/node-match.ts';
import { nodeObstacle } from '../fit/obstacles.ts';
import { objectsAt, textAt } from '../manifest/json.ts';
import type { PlacementNode, PodShape, SpreadTerm } from './shape.ts';

/** What does not depend on the pods that are there: which nodes a shape may go to at all, and what keeps it from the others. */
export interface StaticVerdict {
  /** Indices of the nodes it may go to, ascending. */
  candidates: Int32Array;
  /** Against the others: what, and how many. */
  obstacles: ReadonlyMap<string, number>;
}

type Asked = Pick<PodShape, 'tolerations' | 'nodeSelector' | 'nodeTerms' | 'volumeTerms'>;

const keysOfTerms = (terms: PodShape['nodeTerms']): string[] =>
  (terms ?? []).flatMap(term => objectsAt(term, 'matchExpressions').flatMap(one => textAt(one, 'key') ?? []));
const namesNodes = (terms: PodShape['nodeTerms']): boolean =>
  (terms ?? []).some(term => objectsAt(term, 'matchFields').length > 0);

/**
 * kube-scheduler's filters that look at the node alone: Ready, cordon, taints, nodeSelector, node affinity, the places of volumes.
 * Judged once for each kind of pod and each group of nodes that it can't tell apart.
 */
export class StaticFilters {
  readonly #nodes: readonly PlacementNode[];
  /** Of each node, a number that nodes with the same state and taints share. */
  readonly #state: readonly number[];
  readonly #verdicts = new Map<string, StaticVerdict>();
  readonly #masks = new Map<string, Uint8Array>();

  constructor(nodes: readonly PlacementNode[]) {
    this.#nodes = nodes;
    const states = new Map<string, number>();
    this.#state = nodes.map(({ ready, unschedulable, taints }) => {
      const key = JSON.stringify([ready, unschedulable, taints ?? 'unknown']);
      const known = states.get(key) ?? states.size;
      states.set(key, known);
      return known;
    });
  }

  verdict(shape: PodShape): StaticVerdict {
    const { tolerations, nodeSelector, nodeTerms, volumeTerms } = shape;
    const key = JSON.stringify([tolerations, nodeSelector, nodeTerms, volumeTerms]);
    const known = this.#verdicts.get(key) ?? this.#judge(shape);
    this.#verdicts.set(key, known);
    return known;
  }

  #judge(asked: Asked): StaticVerdict {
    const all = [asked.nodeTerms, ...asked.volumeTerms];
    const keys = [...Object.keys(asked.nodeSelector), ...all.flatMap(keysOfTerms)];
    const obstacles = new Map<string, number>();
    const candidates: number[] = [];
    this.#inGroups(keys, all.some(namesNodes), node => obstacleOf(asked, node)).forEach((obstacle, index) => {
      if (obstacle === undefined) candidates.push(index);
      else obstacles.set(obstacle, (obstacles.get(obstacle) ?? 0) + 1);
    });
    return { candidates: Int32Array.from(candidates), obstacles };
  }

  /** 1 for each node whose pods a spread constraint of the shape counts (pod-topology-spread-constraints; KEP-3094). */
  counted(shape: PodShape, term: SpreadTerm): Uint8Array {
    const { tolerations, nodeSelector, nodeTerms } = shape;
    const spreadKeys = shape.spread.map(({ topologyKey }) => topologyKey).sort();
    const key = JSON.stringify([
      spreadKeys,
      term.honorsAffinity && [nodeSelector, nodeTerms],
      term.honorsTaints && tolerations,
    ]);
    const known = this.#masks.get(key);
    if (known !== undefined) return known;
    const keys = [...spreadKeys, ...Object.keys(nodeSelector), ...keysOfTerms(nodeTerms)];
    const isCounted = (node: PlacementNode): boolean =>
      spreadKeys.every(one => Object.hasOwn(node.labels, one)) &&
      (!term.honorsAffinity || obstacleOf({ ...shape, volumeTerms: [] }, { ...node, ...BARE }) === undefined) &&
      (!term.honorsTaints || (node.taints !== undefined && hinderingTaint(tolerations, node.taints) === undefined));
    const mask = Uint8Array.from(this.#inGroups(keys, namesNodes(nodeTerms), isCounted), counted => (counted ? 1 : 0));
    this.#masks.set(key, mask);
    return mask;
  }

  /** What `judge` says of each node, asked once for nodes that share their state and the values of these labels. */
  #inGroups<T>(keys: readonly string[], isByName: boolean, judge: (node: PlacementNode) => T): T[] {
    const judged = new Map<string, T>();
    return this.#nodes.map((node, index) => {
      if (isByName) return judge(node);
      let group = `${this.#state[index]}`;
      for (const key of keys) group += `\u0000${node.labels[key] ?? '\u0001'}`;
      if (!judged.has(group)) judged.set(group, judge(node));
      return judged.get(group) as T;
    });
  }
}

/** A node on which only labels can be in the way. */
const BARE = { ready: true, unschedulable: false, taints: [] } as const;

function obstacleOf(asked: Asked, node: PlacementNode): string | undefined {
  const obstacle = nodeObstacle(asked, node);
  if (obstacle !== undefined) return obstacle.reason;
  return asked.volumeTerms.every(terms => matchesTerms(terms, node)) ? undefined : 'volume is elsewhere';
}

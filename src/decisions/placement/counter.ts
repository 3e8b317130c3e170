/** The values of one node label, as numbers. */
export interface Domains {
  key: string;
  /** Of each node its domain; -1 without the label. */
  of: Int32Array;
  names: readonly string[];
  /** Each node that has the label is a domain by itself. */
  isPerNode: boolean;
}

/** Pods by domain: those a term selects, those that own a term, or those that hold a port. */
export class Counter {
  readonly domains: Domains;
  readonly counts: Int32Array;
  /** Of spread: 1 for the nodes that count. Absent: all do. */
  readonly mask: Uint8Array | undefined;
  /** Of spread: of each domain the nodes in it that count and are there. */
  readonly present: Int32Array;
  total = 0;

  constructor(domains: Domains, mask?: Uint8Array) {
    this.domains = domains;
    this.mask = mask;
    this.counts = new Int32Array(domains.names.length);
    this.present = new Int32Array(mask === undefined ? 0 : domains.names.length);
    for (let node = 0; node < (mask?.length ?? 0); node += 1) this.appear(node, 1);
  }

  add(node: number, pods: number): void {
    const domain = this.domains.of[node] ?? -1;
    if (domain < 0 || this.mask?.[node] === 0) return;
    this.counts[domain] = (this.counts[domain] ?? 0) + pods;
    this.total += pods;
  }

  /** Of spread: a node comes (1) or goes (-1). */
  appear(node: number, sign: 1 | -1): void {
    const domain = this.domains.of[node] ?? -1;
    if (domain < 0 || this.mask?.[node] !== 1) return;
    this.present[domain] = (this.present[domain] ?? 0) + sign;
  }

  /** Pods in the node's domain; undefined where the node has none. */
  at(node: number): number | undefined {
    const domain = this.domains.of[node] ?? -1;
    return domain < 0 ? undefined : this.counts[domain];
  }

  /** The least count of a domain there is; 0 when there are fewer than `minDomains` (KEP-3022). */
  least(minDomains: number): number {
    const { counts, present } = this;
    let least = Number.POSITIVE_INFINITY;
    let found = 0;
    for (let domain = 0; domain < counts.length; domain += 1) {
      if ((present[domain] ?? 0) === 0) continue;
      found += 1;
      const count = counts[domain] ?? 0;
      if (count < least) least = count;
    }
    return found === 0 || found < minDomains ? 0 : least;
  }
}

/** The domains of a label. */
export function domainsOf(key: string, labels: readonly Readonly<Record<string, string>>[]): Domains {
  const numbers = new Map<string, number>();
  let labelled = 0;
  const of = Int32Array.from(labels, own => {
    const value = Object.hasOwn(own, key) ? own[key] : undefined;
    if (value === undefined) return -1;
    labelled += 1;
    const number = numbers.get(value) ?? numbers.size;
    numbers.set(value, number);
    return number;
  });
  return { key, of, names: [...numbers.keys()], isPerNode: numbers.size === labelled };
}

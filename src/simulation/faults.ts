import type { Fault, FaultKind } from './fault-kinds.ts';
import { readFaultRequest } from './fault-request.ts';

export type { Fault, FaultKind } from './fault-kinds.ts';

export interface FaultScope {
  node?: string;
  namespace?: string;
  pod?: string;
  resource?: string;
  verb?: string;
}

const SCOPE_FIELDS = ['node', 'namespace', 'pod', 'resource', 'verb'] as const;

/** The armed faults of one cluster, struck in the order they were armed. */
export class Faults {
  readonly #cluster: string;
  #armed: Fault[] = [];
  #made = 0;
  #changes = 0;
  readonly #listeners = new Set<(fault: Fault, change: 'armed' | 'spent' | 'cleared') => void>();
  readonly #clearListeners = new Set<() => void>();

  constructor(cluster: string) {
    this.#cluster = cluster;
  }

  /** Arms what a control request describes. Throws BadRequest with what is wrong and the remedy. */
  arm(request: Record<string, unknown>): Fault {
    this.#made += 1;
    const fault: Fault = { ...readFaultRequest(request), id: `fault-${this.#made}`, cluster: this.#cluster };
    this.#armed.push(fault);
    this.#tell(fault, 'armed');
    return fault;
  }

  /** Grows with every fault armed, struck or cleared. */
  get changes(): number {
    return this.#changes;
  }

  list(): readonly Fault[] {
    return this.#armed;
  }

  /** Without an id: all of them. */
  clear(id?: string): readonly Fault[] {
    const cleared = this.#armed.filter(fault => id === undefined || fault.id === id);
    this.#armed = this.#armed.filter(fault => !cleared.includes(fault));
    for (const fault of cleared) this.#tell(fault, 'cleared');
    if (id === undefined) for (const listener of this.#clearListeners) listener();
    return cleared;
  }

  /** The first armed fault of the kind that fits, unspent. */
  active(kind: FaultKind, scope: FaultScope = {}): Fault | undefined {
    return this.#armed.find(
      fault =>
        fault.kind === kind && SCOPE_FIELDS.every(field => fault[field] === undefined || fault[field] === scope[field]),
    );
  }

  /** As `active`, and counts one strike; a fault whose count is used up is gone. */
  take(kind: FaultKind, scope: FaultScope = {}): Fault | undefined {
    const fault = this.active(kind, scope);
    if (fault === undefined || fault.count === null) return fault;
    const left = { ...fault, count: fault.count - 1 };
    this.#changes += 1;
    this.#armed = this.#armed.flatMap(other => (other === fault ? (left.count > 0 ? [left] : []) : [other]));
    if (left.count === 0) this.#tell(fault, 'spent');
    return fault;
  }

  onChange(listener: (fault: Fault, change: 'armed' | 'spent' | 'cleared') => void): void {
    this.#listeners.add(listener);
  }

  /** When all faults are cleared: what a spent one left behind may end too. */
  onClear(listener: () => void): void {
    this.#clearListeners.add(listener);
  }

  image(): { armed: readonly Fault[]; made: number } {
    return { armed: this.#armed, made: this.#made };
  }

  restore(image: { armed: readonly Fault[]; made: number }): void {
    this.#armed = [...image.armed];
    this.#made = image.made;
  }

  #tell(fault: Fault, change: 'armed' | 'spent' | 'cleared'): void {
    this.#changes += 1;
    for (const listener of this.#listeners) listener(fault, change);
  }
}

import type { Fault, FaultKind, PlannedFault } from './fault-kinds.ts';
import { readFaultRequest } from './fault-request.ts';

export type { Fault, FaultKind, PlannedFault } from './fault-kinds.ts';

export interface FaultScope {
  node?: string;
  namespace?: string;
  pod?: string;
  resource?: string;
  verb?: string;
  when?: 'before' | 'after';
}

const SCOPE_FIELDS = ['node', 'namespace', 'pod', 'resource', 'verb', 'when'] as const;

export type FaultChange = 'armed' | 'spent' | 'cleared';

type ChangeListener = (fault: Fault, change: FaultChange) => void;

export interface FaultsImage {
  armed: readonly Fault[];
  planned: readonly PlannedFault[];
  made: number;
}

/** The armed faults of one cluster, struck in the order they were armed, and those planned. */
export class Faults {
  readonly #cluster: string;
  #armed: Fault[] = [];
  #planned: PlannedFault[] = [];
  #made = 0;
  #changes = 0;
  readonly #listeners = new Set<ChangeListener>();
  readonly #clearListeners = new Set<() => void>();

  constructor(cluster: string) {
    this.#cluster = cluster;
  }

  /** Arms what a control request describes. Throws BadRequest with what is wrong and the remedy. */
  arm(request: Record<string, unknown>): Fault {
    const read = readFaultRequest(request);
    this.#made += 1;
    const fault: Fault = { ...read, id: `fault-${this.#made}`, cluster: this.#cluster };
    this.#armed.push(fault);
    this.#tell(fault, 'armed');
    return fault;
  }

  /** Keeps a request for later; whoever keeps the time calls `due` then. Throws BadRequest as `arm` does. */
  plan(request: Record<string, unknown>, atMs: number): PlannedFault {
    readFaultRequest(request);
    this.#made += 1;
    this.#changes += 1;
    const planned = { id: `fault-${this.#made}`, cluster: this.#cluster, at_ms: atMs, request };
    this.#planned.push(planned);
    return planned;
  }

  /** Arms a planned fault; nothing when it was cleared meanwhile. */
  due(id: string): void {
    const planned = this.#planned.find(other => other.id === id);
    if (planned === undefined) return;
    this.#planned = this.#planned.filter(other => other !== planned);
    const fault: Fault = { ...readFaultRequest(planned.request), id, cluster: this.#cluster };
    this.#armed.push(fault);
    this.#tell(fault, 'armed');
  }

  /** Grows with every fault armed, struck or cleared. */
  get changes(): number {
    return this.#changes;
  }

  list(): readonly Fault[] {
    return this.#armed;
  }

  planned(): readonly PlannedFault[] {
    return this.#planned;
  }

  /** Without an id: all of them, the planned ones too. */
  clear(id?: string): readonly Fault[] {
    const cleared = this.#armed.filter(fault => id === undefined || fault.id === id);
    this.#armed = this.#armed.filter(fault => !cleared.includes(fault));
    this.#planned = this.#planned.filter(fault => id !== undefined && fault.id !== id);
    for (const fault of cleared) this.#tell(fault, 'cleared');
    if (id === undefined) for (const listener of this.#clearListeners) listener();
    return cleared;
  }

  /** The first armed fault of the kind that fits, unspent. */
  active(kind: FaultKind, scope: FaultScope = {}): Fault | undefined {
    return this.#armed.find(fault => fault.kind === kind && fits(fault, scope));
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

  /** Any armed fault of the kind, whatever it is narrowed to. */
  some(kind: FaultKind): boolean {
    return this.#armed.some(fault => fault.kind === kind);
  }

  /** Notes on an armed fault what there was before it. */
  keep(id: string, text: string): void {
    this.#armed = this.#armed.map(fault => (fault.id === id ? { ...fault, kept: text } : fault));
    this.#changes += 1;
  }

  /** Returns a way to stop listening. */
  onChange(listener: ChangeListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** When all faults are cleared: what a spent one left behind may end too. Returns a way to stop listening. */
  onClear(listener: () => void): () => void {
    this.#clearListeners.add(listener);
    return () => this.#clearListeners.delete(listener);
  }

  image(): FaultsImage {
    return { armed: this.#armed, planned: this.#planned, made: this.#made };
  }

  restore(image: FaultsImage): void {
    this.#armed = [...image.armed];
    this.#planned = [...image.planned];
    this.#made = image.made;
  }

  #tell(fault: Fault, change: FaultChange): void {
    this.#changes += 1;
    for (const listener of this.#listeners) listener(fault, change);
  }
}

function fits(fault: Fault, scope: FaultScope): boolean {
  return SCOPE_FIELDS.every(field => {
    const wanted = fault[field];
    if (wanted === undefined) return true;
    if (field !== 'pod' || !wanted.endsWith('*')) return wanted === scope[field];
    return scope.pod?.startsWith(wanted.slice(0, -1)) === true;
  });
}

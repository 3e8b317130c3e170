/** Something due at a moment of cluster time. Plain data, so that a saved world goes on where it stopped. */
export interface Timer {
  at: number;
  order: number;
  cluster: string;
  kind: string;
  subject: string;
}

export interface TimelineImage {
  now_ms: number;
  order: number;
  timers: readonly Timer[];
}

type Handler = (subject: string) => void;

/** Of one kind of timers in one cluster. */
interface Agenda {
  handler: Handler | undefined;
  /** How many timers there are, by subject. */
  scheduled: Map<string, number>;
}

const isBefore = (a: Pick<Timer, 'at' | 'order'>, b: Pick<Timer, 'at' | 'order'>): boolean =>
  a.at < b.at || (a.at === b.at && a.order < b.order);

/** A binary heap by (at, order). */
class Heap<T extends { at: number; order: number }> {
  readonly items: T[] = [];

  get first(): T | undefined {
    return this.items[0];
  }

  push(item: T): void {
    const { items } = this;
    items.push(item);
    let index = items.length - 1;
    while (index > 0) {
      const up = (index - 1) >> 1;
      const parent = items[up];
      if (parent === undefined || !isBefore(item, parent)) break;
      items[index] = parent;
      index = up;
    }
    items[index] = item;
  }

  pop(): T | undefined {
    const { items } = this;
    const [first] = items;
    const last = items.pop();
    if (first === undefined || last === undefined || items.length === 0) return first;
    let index = 0;
    for (;;) {
      const child = this.#smallerChild(index);
      const below = items[child];
      if (below === undefined || !isBefore(below, last)) break;
      items[index] = below;
      index = child;
    }
    items[index] = last;
    return first;
  }

  #smallerChild(index: number): number {
    const left = 2 * index + 1;
    const [a, b] = [this.items[left], this.items[left + 1]];
    return a !== undefined && b !== undefined && isBefore(b, a) ? left + 1 : left;
  }
}

interface Wait {
  at: number;
  order: number;
  wake: () => void;
}

/** Cluster time and all that is due in it. It moves only by `advanceTo`. */
export class Timeline {
  #now: number;
  #order = 0;
  #waitOrder = 0;
  readonly #timers = new Heap<Timer>();
  readonly #waits = new Heap<Wait>();
  /** By cluster, then by kind. */
  readonly #agendas = new Map<string, Map<string, Agenda>>();

  constructor(startMs: number) {
    this.#now = startMs;
  }

  get now(): number {
    return this.#now;
  }

  /** How much was ever scheduled. */
  get scheduled(): number {
    return this.#order;
  }

  /** When the next thing is due; undefined when nothing is. */
  get nextAt(): number | undefined {
    const due = [this.#timers.first?.at, this.#waits.first?.at].filter(at => at !== undefined);
    return due.length === 0 ? undefined : Math.min(...due);
  }

  /** Who acts on the timers of a kind in a cluster. */
  handle(cluster: string, kind: string, handler: Handler): void {
    this.#agenda(cluster, kind).handler = handler;
  }

  schedule(delayMs: number, timer: Pick<Timer, 'cluster' | 'kind' | 'subject'>): void {
    this.#order += 1;
    const { cluster, kind, subject } = timer;
    const at = this.#now + Math.max(0, Math.round(delayMs));
    this.#add({ at, order: this.#order, cluster, kind, subject });
  }

  /** Nothing when the same is scheduled already. */
  scheduleOnce(delayMs: number, timer: Pick<Timer, 'cluster' | 'kind' | 'subject'>): void {
    if (!this.#agenda(timer.cluster, timer.kind).scheduled.has(timer.subject)) this.schedule(delayMs, timer);
  }

  /** Calls back once that much cluster time has passed; not saved with the world. Returns a way to call it off. */
  wait(delayMs: number, wake: () => void): () => void {
    const waiting = { at: this.#now + Math.max(0, Math.round(delayMs)), order: ++this.#waitOrder, wake };
    this.#waits.push(waiting);
    return () => {
      waiting.wake = () => {};
    };
  }

  /** Lets everything happen that is due until then, in order. */
  advanceTo(ms: number): void {
    const until = Math.floor(ms);
    for (;;) {
      const timer = this.#timers.first;
      const wait = this.#waits.first;
      if (wait !== undefined && wait.at <= until && (timer === undefined || wait.at < timer.at)) {
        this.#waits.pop();
        this.#now = Math.max(this.#now, wait.at);
        wait.wake();
      } else if (timer !== undefined && timer.at <= until) {
        this.#timers.pop();
        const { handler, scheduled } = this.#agenda(timer.cluster, timer.kind);
        const left = (scheduled.get(timer.subject) ?? 0) - 1;
        if (left > 0) scheduled.set(timer.subject, left);
        else scheduled.delete(timer.subject);
        this.#now = Math.max(this.#now, timer.at);
        handler?.(timer.subject);
      } else break;
    }
    this.#now = Math.max(this.#now, until);
  }

  image(): TimelineImage {
    const timers = [...this.#timers.items].sort((a, b) => (isBefore(a, b) ? -1 : 1));
    return { now_ms: this.#now, order: this.#order, timers };
  }

  restore(image: TimelineImage): void {
    this.#now = image.now_ms;
    this.#order = image.order;
    for (const timer of image.timers) this.#add(timer);
  }

  #add(timer: Timer): void {
    this.#timers.push(timer);
    const { scheduled } = this.#agenda(timer.cluster, timer.kind);
    scheduled.set(timer.subject, (scheduled.get(timer.subject) ?? 0) + 1);
  }

  #agenda(cluster: string, kind: string): Agenda {
    const known = this.#agendas.get(cluster)?.get(kind);
    if (known !== undefined) return known;
    const kinds = this.#agendas.get(cluster) ?? new Map<string, Agenda>();
    const made: Agenda = { handler: undefined, scheduled: new Map() };
    this.#agendas.set(cluster, kinds.set(kind, made));
    return made;
  }
}

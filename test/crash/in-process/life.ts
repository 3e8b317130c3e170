/** One life of an executor: each of its port calls is counted, and at any of them it ends as by kill -9. */
import type { FileSystem } from '../../../src/division/file-system.ts';
import type { Clock } from '../../../src/ports.ts';

/** Where a life ends: before its call of that number (from 1) has any effect, or after it has had all of it. */
export interface Stop {
  call: number;
  /** Calls of this name are counted, and no others. */
  name?: string;
  when: 'before' | 'after';
  /** Whether what was written and not synced is lost with it. Default true. */
  isPowerCut?: boolean;
}

export interface LifeEvents {
  died?(stop: Stop): void;
  /** At every instant at which it could have been ended, in the instant itself. */
  couldEnd?(call: number, when: Stop['when']): void;
}

/** What a dead process is still waiting for. */
export const never = <T>(): Promise<T> => new Promise<T>(() => {});

/** An upgrade of the small fleet takes less than a thousand: who calls so often goes round in a circle. */
const MOST_CALLS = 5_000;

type Method = (...given: unknown[]) => Promise<unknown>;

export class Life {
  /** Names of the calls made, in order. */
  readonly calls: string[] = [];
  readonly #stop: Stop | undefined;
  readonly #events: LifeEvents;
  #isDead = false;

  constructor(stop: Stop | undefined, events: LifeEvents) {
    this.#stop = stop;
    this.#events = events;
  }

  /** It calls and calls, and gets no answer any more. */
  get isEndless(): boolean {
    return this.calls.length >= MOST_CALLS;
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  /** One call of a port: numbered; of a dead life nothing reaches the world, and nothing of the world reaches it. */
  async call<T>(name: string, act: () => Promise<T>): Promise<T> {
    if (this.#isDead || this.isEndless) return never();
    const number = this.calls.push(name);
    const counted = this.#counted(number);
    if (this.#endsAt(number, counted, 'before')) return never();
    try {
      const answer = await act();
      return this.#endsAt(number, counted, 'after') || this.#isDead ? never() : answer;
    } catch (error) {
      if (this.#endsAt(number, counted, 'after') || this.#isDead) return never();
      throw error;
    }
  }

  /** The number of that call as the stop counts them; undefined: it does not count this one. */
  #counted(number: number): number | undefined {
    const name = this.#stop?.name;
    if (name === undefined) return number;
    return this.calls[number - 1] === name ? this.calls.filter(call => call === name).length : undefined;
  }

  #endsAt(number: number, counted: number | undefined, when: Stop['when']): boolean {
    if (this.#isDead) return true;
    this.#events.couldEnd?.(number, when);
    const stop = this.#stop;
    if (stop === undefined || stop.call !== counted || stop.when !== when) return false;
    this.#isDead = true;
    this.#events.died?.(stop);
    return true;
  }

  /** A port whose every call is counted under `name`. */
  counted<Port extends object>(name: string, port: Port): Port {
    return this.#through(port, (method, act) => this.call(`${name}.${method}`, act));
  }

  /** The disk as this life writes to it: not counted, and out of reach from its death on, also in the middle of a call. */
  diskOf(disk: FileSystem): FileSystem {
    const guard = <Port extends object>(port: Port): Port => this.#through(port, (_method, act) => this.guard(act));
    return {
      ...guard(disk),
      create: path => this.guard(async () => guard(await disk.create(path))),
      append: path => this.guard(async () => guard(await disk.append(path))),
    };
  }

  clockOf(clock: Clock): Clock {
    return { now: () => clock.now(), sleep: (ms, signal) => this.guard(() => clock.sleep(ms, signal)) };
  }

  /** Does nothing and never answers once the life is over. */
  guard<T>(act: () => Promise<T>): Promise<T> {
    return this.#isDead ? never() : act().then(answer => (this.#isDead ? never() : answer));
  }

  #through<Port extends object>(
    port: Port,
    pass: (method: string, act: () => Promise<unknown>) => Promise<unknown>,
  ): Port {
    const wrapped = new Map<PropertyKey, Method>();
    return new Proxy(port, {
      get: (target, property) => {
        const value: unknown = Reflect.get(target, property);
        // A subscription is no call of its own: nothing but the front ends' asks for it.
        if (typeof value !== 'function' || property === 'onChange') return value;
        const known = wrapped.get(property);
        if (known) return known;
        const method: Method = (...given) =>
          pass(String(property), async () => Reflect.apply(value, target, given) as Promise<unknown>);
        wrapped.set(property, method);
        return method;
      },
    });
  }
}

import type { Machine } from '../../world/machine.ts';
import { TalosctlFailure } from '../failure.ts';
import type { Run, Target } from '../run.ts';

/** Prints `"node": message` lines of an action on stderr, as talosctl does without a terminal (contractors.md 3.7). */
export class ActionTracker {
  readonly #run: Run;
  readonly #target: Target;
  readonly #name: string;
  readonly #bootId: string;
  readonly #stop: () => void;
  #failure: string | undefined;

  constructor(run: Run, target: Target, name = target.address) {
    this.#run = run;
    this.#target = target;
    this.#name = name;
    this.#bootId = target.machine.boot_id;
    const unlisten = target.cluster.machineEvents.on(event => {
      if (event.node !== target.machine.name || event.kind === 'install' || event.kind === 'booted') return;
      if (event.kind === 'answer') this.say(`actor ID: ${event.actor_id ?? ''}`);
      else if (event.kind === 'down') this.say('unavailable, retrying...');
      else if (event.kind === 'error') {
        this.#failure = event.text;
        this.say(event.text);
      } else this.say(event.text);
    });
    run.signal.addEventListener('abort', unlisten, { once: true });
    this.#stop = unlisten;
  }

  say(message: string): void {
    this.#run.sink.err(`${JSON.stringify(this.#name)}: ${message}\n`);
  }

  /** Until the machine runs from a new boot and is ready. Throws when it fails or takes longer than the timeout. */
  async untilRebooted(timeoutMs: number): Promise<void> {
    await this.until(timeoutMs, machine => isBack(machine, this.#bootId));
    this.say('post check passed');
  }

  /** Until the machine is as wanted. Throws when it fails or takes longer than the timeout. */
  async until(timeoutMs: number, isThere: (machine: Machine) => boolean): Promise<void> {
    const { cluster, machine } = this.#target;
    const isDone = (): boolean => this.#failure !== undefined || isThere(machine);
    const inTime = await this.#run.until(cluster, timeoutMs, isDone);
    this.#stop();
    if (this.#failure !== undefined) throw new TalosctlFailure(this.#failure);
    if (!inTime) throw new TalosctlFailure('rpc error: code = DeadlineExceeded desc = context deadline exceeded');
    this.say('events check condition met');
  }

  /** For a lie: says what success looks like. */
  pretendSuccess(): void {
    this.#stop();
    for (const text of [
      'unavailable, retrying...',
      'stage: RUNNING ready: true',
      'events check condition met',
      'post check passed',
    ]) {
      this.say(text);
    }
  }

  end(): void {
    this.#stop();
  }
}

const isBack = (machine: Machine, bootId: string): boolean =>
  machine.boot_id !== bootId && machine.stage === 'running' && machine.is_ready;

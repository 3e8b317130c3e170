import type { SimCluster, World } from '../world/cluster.ts';
import type { Machine } from '../world/machine.ts';
import type { Flag, FlagValues } from './argv.ts';
import { listOf, textOf } from './argv.ts';
import { TalosctlFailure } from './failure.ts';
import { answeringMachine, chooseEndpoint } from './routing.ts';
import type { TalosConfig, TalosContext } from './talosconfig.ts';
import { contextOf, loadTalosConfig } from './talosconfig.ts';

/** What a run of talosctl does to the terminal and the disk of whoever called it. */
export interface Sink {
  out(text: string): void;
  err(text: string): void;
  file(path: string, bytes: Buffer): void;
}

export interface TalosctlRequest {
  argv: readonly string[];
  cwd: string;
  /** TALOSCONFIG of the caller. */
  talosconfig?: string;
  home?: string;
}

/** A node that was asked: `address` as the caller named it. */
export interface Target {
  address: string;
  cluster: SimCluster;
  machine: Machine;
}

export interface Command {
  /** Its words, e.g. 'etcd members'. */
  path: string;
  aliases?: readonly string[];
  flags?: readonly Flag[];
  /** Positional arguments, least and most. */
  args?: readonly [number, number];
  run(run: Run): Promise<void> | void;
}

const NO_NODES =
  'nodes are not set for the command: please use `--nodes` flag or configuration file to set the nodes to run the command against';

/** One run of talosctl. */
export class Run {
  readonly world: World;
  readonly sink: Sink;
  readonly signal: AbortSignal;
  readonly command: Command;
  readonly values: FlagValues;
  readonly args: readonly string[];
  readonly #request: TalosctlRequest;
  readonly #ownConfig: string;

  constructor(given: {
    world: World;
    sink: Sink;
    signal: AbortSignal;
    command: Command;
    values: FlagValues;
    args: readonly string[];
    request: TalosctlRequest;
    ownConfig: string;
  }) {
    this.world = given.world;
    this.sink = given.sink;
    this.signal = given.signal;
    this.command = given.command;
    this.values = given.values;
    this.args = given.args;
    this.#request = given.request;
    this.#ownConfig = given.ownConfig;
  }

  /** The caller's working directory. */
  get cwd(): string {
    return this.#request.cwd;
  }

  config(): TalosConfig {
    const { talosconfig, home, cwd } = this.#request;
    return loadTalosConfig({ flag: textOf(this.values, 'talosconfig'), env: talosconfig, home, cwd }, this.#ownConfig);
  }

  context(): TalosContext {
    return contextOf(this.config(), textOf(this.values, 'context'));
  }

  /** The nodes the command is for, as named. Throws when none is. */
  nodes(): string[] {
    const context = this.context();
    const nodes = listOf(this.values, 'nodes') ?? context.nodes;
    if (nodes.length === 0) throw new TalosctlFailure(NO_NODES);
    return nodes;
  }

  /**
   * Asks each node through an endpoint. With several nodes the failures of some are a warning and the others' answers
   * count; with one, or when all fail, the failure is thrown after `failing`, e.g. "error getting version: ". A command
   * that hangs only after it has done its work says so with `hangs: false` and asks for the fault itself.
   */
  async each<T>(
    failing: string,
    ask: (target: Target) => Promise<T> | T,
    { hangs = true } = {},
  ): Promise<{ address: string; answer: T }[]> {
    const answers: { address: string; answer: T }[] = [];
    const failures: { address: string; message: string }[] = [];
    const nodes = this.nodes();
    for (const address of nodes) {
      try {
        answers.push({ address, answer: await ask(await this.reach(address, hangs)) });
      } catch (error) {
        if (!(error instanceof TalosctlFailure)) throw error;
        failures.push({ address, message: error.message });
      }
    }
    const [first] = failures;
    if (first === undefined) return answers;
    if (nodes.length === 1) throw new TalosctlFailure(`${failing}${first.message}`);
    const list = failures.map(({ address, message }) => `\t* ${address}: ${message}`).join('\n');
    const summary = `${failures.length} error${failures.length === 1 ? '' : 's'} occurred:\n${list}\n`;
    if (answers.length === 0) throw new TalosctlFailure(`${failing}${summary}`);
    this.sink.err(`WARNING: ${summary}\n`);
    return answers;
  }

  /** The one node of a command that takes no more. */
  async single(): Promise<Target> {
    const [address = '', second] = this.nodes();
    if (second !== undefined) {
      throw new TalosctlFailure(
        `command ${JSON.stringify(this.command.path.split(' ').at(-1))} is not supported with multiple nodes`,
      );
    }
    return await this.reach(address);
  }

  /** Connects to a node through an endpoint. Throws gRPC's error; with a fault armed it may never come back. */
  async reach(address: string, hangs = true): Promise<Target> {
    const endpoints = listOf(this.values, 'endpoints') ?? this.context().endpoints;
    const endpoint = chooseEndpoint(this.world, endpoints);
    endpoint.cluster.ledger.talosctlCall(this.command.path);
    const target = answeringMachine(this.world, endpoint, address);
    const isStuck = hangs && target.cluster.faults.take('tool_hangs', { node: target.machine.name }) !== undefined;
    if (isStuck) await this.forever();
    return { address, ...target };
  }

  /** Until the caller gives up. */
  forever(): Promise<never> {
    return new Promise((_, reject) => {
      this.signal.addEventListener('abort', () => reject(this.signal.reason), { once: true });
      if (this.signal.aborted) reject(this.signal.reason);
    });
  }

  /** Cluster time passes. */
  sleep(cluster: SimCluster, ms: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const callOff = cluster.clock.wait(ms, () => {
        this.signal.removeEventListener('abort', giveUp);
        resolve();
      });
      const giveUp = (): void => {
        callOff();
        reject(this.signal.reason);
      };
      this.signal.addEventListener('abort', giveUp, { once: true });
    });
  }

  /** Looks every second of cluster time; false when it did not come true in time. */
  async until(cluster: SimCluster, timeoutMs: number, isSo: () => boolean): Promise<boolean> {
    const deadline = cluster.now() + timeoutMs;
    while (!isSo()) {
      if (cluster.now() >= deadline) return false;
      await this.sleep(cluster, 1_000);
    }
    return true;
  }
}

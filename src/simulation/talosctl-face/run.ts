import { dirname, isAbsolute, join } from 'node:path';
import type { SimCluster, World } from '../world/cluster.ts';
import type { Machine } from '../world/machine.ts';
import { isAtLeast } from '../world/talos-release.ts';
import type { Role } from './access.ts';
import { checkAccess } from './access.ts';
import type { Flag, FlagValues } from './argv.ts';
import { isOn, listOf, textOf } from './argv.ts';
import { TalosctlFailure } from './failure.ts';
import { answeringMachine, chooseEndpoint, machineInMaintenance } from './routing.ts';
import { strikeRun } from './strike-run.ts';
import type { TalosConfig, TalosContext } from './talosconfig.ts';
import { contextOf, loadTalosConfig } from './talosconfig.ts';
import { ToolKilled } from './tool-killed.ts';

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
  /** The least role it needs. Default os:reader. */
  role?: Role;
  /** The first talosctl that has it. */
  since?: string;
  /** It changes something: the fault process_killed strikes around it. */
  changes?: true;
  run(run: Run): Promise<void> | void;
}

export type Fate = 'hangs' | 'killed' | undefined;

/** Takes the fault that strikes the tool which talks to this machine, for Run.meet to carry out when its order is given. */
export function fateOf({ cluster, machine }: Omit<Target, 'address'>): Fate {
  const scope = { node: machine.name };
  if (cluster.faults.take('tool_hangs', scope) !== undefined) return 'hangs';
  return cluster.faults.take('tool_killed', scope) === undefined ? undefined : 'killed';
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
  /** The machines it came to, in order. */
  readonly reached: Target[] = [];
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

  /** A path of the caller's, absolute. */
  path(given: string): string {
    return isAbsolute(given) ? given : join(this.cwd, given);
  }

  get home(): string | undefined {
    return this.#request.home;
  }

  /** The folder of the simulation's own files. */
  get simulationHome(): string {
    return dirname(this.#ownConfig);
  }

  /** The release this talosctl is. */
  get client(): string {
    return this.world.talosctlVersion;
  }

  isClientAtLeast(floor: string): boolean {
    return isAtLeast(this.client, floor);
  }

  /** Speaks without authentication, to a machine in maintenance mode only. */
  get isInsecure(): boolean {
    return isOn(this.values, 'insecure', false);
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
    const nodes = listOf(this.values, 'nodes') ?? (this.isInsecure ? [] : this.context().nodes);
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
  async single(hangs = true): Promise<Target> {
    const [address = '', second] = this.nodes();
    if (second !== undefined) {
      throw new TalosctlFailure(`command ${JSON.stringify(this.command.path)} is not supported with multiple nodes`);
    }
    return await this.reach(address, hangs);
  }

  /** Connects to a node through an endpoint. Throws gRPC's error; with a fault armed it may never come back. */
  async reach(address: string, hangs = true): Promise<Target> {
    if (this.isInsecure) {
      const found = machineInMaintenance(this.world, address);
      found.cluster.ledger.talosctlCall(this.command.path);
      return { address, ...found };
    }
    const context = this.context();
    const endpoints = listOf(this.values, 'endpoints') ?? context.endpoints;
    const endpoint = chooseEndpoint(this.world, endpoints);
    endpoint.cluster.ledger.talosctlCall(this.command.path);
    checkAccess(endpoint.cluster, context, this.command.role ?? 'os:reader');
    const target = { address, ...answeringMachine(this.world, endpoint, address) };
    this.reached.push(target);
    await strikeRun(this, 'before', target);
    if (hangs) await this.meet(fateOf(target));
    return target;
  }

  /** What a fault has in store for the tool itself: nothing, no end, or a kill. */
  async meet(fate: Fate): Promise<void> {
    if (fate === 'hangs') await this.forever();
    if (fate === 'killed') throw new ToolKilled();
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
      if (this.signal.aborted) {
        reject(this.signal.reason);
        return;
      }
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

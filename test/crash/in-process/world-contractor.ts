/** The contractor's process and its receipts on disk: outside of the executor, so it outlives it (SAFETY 3). */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ReceiptFacts } from '../../../src/model/facts.ts';
import type { AttemptDispatch, DispatchClaim } from '../../../src/ports.ts';
import type { SavedWorld } from '../../../src/simulation/world/world.ts';
import { type Command, commands } from '../../../src/talosctl/argv.ts';
import { upgradeFlags } from '../../../src/talosctl/upgrade-flags.ts';
import { failed, reach, talosctl } from './world-talosctl.ts';

/**
 * What a contractor is like. `first-party`: receipts, and each exit is recorded whatever happens to the executor. `forgetful`: other
 * people's, without receipts: it sends whatever it is told to, and answers when talosctl has ended.
 */
export type ContractorKind = 'first-party' | 'forgetful';

export type Order = AttemptDispatch &
  (
    | { kind: 'install'; image: string; reboots: boolean }
    | { kind: 'reboot' }
    | {
        kind: 'reset' | 'upgrade_kubernetes' | 'bootstrap' | 'recover_etcd' | 'rotate_certificates';
        command: Command;
      }
  );

type End = Exclude<ReceiptFacts, { state: 'absent' | 'unknown' | 'running' }>;

interface Receipt {
  order: Order;
  startedAt: string;
  /** Undefined while talosctl runs. */
  end: End | undefined;
  isExitLost: boolean;
  talosctl: AbortController;
}

/** All that the contractor has on disk. */
export interface KeptByContractor {
  receipts: Map<string, Receipt>;
  /** The attempt that has the one dispatch of a kind in a boot of a machine. */
  claims: Map<string, string>;
  /** Attempts that were given up for others before they were sent. */
  retired: Set<string>;
  files: Set<string>;
}

/** What nothing goes on changing. */
export const copyOf = ({ receipts, claims, retired, files }: KeptByContractor): KeptByContractor => ({
  receipts: new Map([...receipts].map(([id, receipt]) => [id, { ...receipt }])),
  claims: new Map(claims),
  retired: new Set(retired),
  files: new Set(files),
});

const keptNothing = (): KeptByContractor => ({
  receipts: new Map(),
  claims: new Map(),
  retired: new Set(),
  files: new Set(),
});

export class WorldContractor {
  readonly keepsReceipts: boolean;
  readonly #world: SavedWorld;
  readonly #kept: KeptByContractor;
  #running = 0;
  #awaited = 0;

  /** `kept`: what it finds on its disk. */
  constructor(world: SavedWorld, kind: ContractorKind, kept: KeptByContractor = keptNothing()) {
    this.#world = world;
    this.keepsReceipts = kind === 'first-party';
    this.#kept = kept;
  }

  /** A copy of its disk. */
  kept(): KeptByContractor {
    return copyOf(this.#kept);
  }

  /** Told of each order before anything comes of it. */
  onOrder: (order: Order) => void = () => {};

  /** Paths of snapshots that were saved. */
  get files(): Set<string> {
    return this.#kept.files;
  }

  /** How many talosctl are at work. */
  get running(): number {
    return this.#running;
  }

  /** Of them, those whose end a caller waits for. */
  get awaited(): number {
    return this.#awaited;
  }

  receipt(attemptId: string): ReceiptFacts {
    if (!this.keepsReceipts) return { state: 'unknown' };
    const receipt = this.#kept.receipts.get(attemptId);
    if (receipt === undefined) return { state: 'absent' };
    return receipt.end ?? { state: 'running', startedAt: receipt.startedAt };
  }

  /** Everything of the contractor is killed, the recorder and talosctl too: what is at work has no end that anybody recorded. */
  killTalosctl(): void {
    for (const receipt of this.#atWork()) {
      receipt.end = { state: 'lost', startedAt: receipt.startedAt };
      receipt.talosctl.abort();
    }
  }

  /** The recorder alone is killed: talosctl goes on to its end, which nobody records. */
  loseExits(): void {
    for (const receipt of this.#atWork()) receipt.isExitLost = true;
  }

  /** Sends an order at most once, ever, when it keeps receipts; else each time it is told to. [CONTRACTOR_FAILED] */
  async dispatch(order: Order): Promise<DispatchClaim> {
    if (this.keepsReceipts) {
      const earlier = this.#kept.receipts.get(order.attemptId);
      if (earlier) return this.#earlier(earlier);
      if (this.#kept.retired.has(order.attemptId))
        throw failed(`attempt ${order.attemptId} was given up; nothing was sent`);
    }
    this.onOrder(order);
    const { machine } = reach(this.#world, order);
    if (machine.system_uuid !== order.systemUuid.toLowerCase() || machine.boot_id !== order.bootId) {
      throw failed(`wrong identity: ${order.address} is not the machine and boot of this attempt; nothing was sent`);
    }
    if (!this.keepsReceipts) return await this.#untilEnded(order, machine.running.version);
    this.#claim(order);
    void this.#start(order, machine.running.version);
    // The order has reached the node, or the first thing that keeps it, by the time the caller is answered.
    await nextTurn();
    return { accepted: true, detail: `running: talosctl ${order.kind} was started` };
  }

  async #untilEnded(order: Order, server: string): Promise<DispatchClaim> {
    this.#awaited += 1;
    const end = await this.#start(order, server);
    this.#awaited -= 1;
    if (end.state === 'exited' && end.exitCode === 0) return { accepted: true, detail: 'done' };
    throw failed(end.state === 'exited' ? end.stderrTail : 'talosctl was killed');
  }

  #atWork(): Receipt[] {
    return [...this.#kept.receipts.values()].filter(receipt => receipt.end === undefined);
  }

  #earlier({ end, order }: Receipt): DispatchClaim {
    if (end?.state === 'lost')
      throw failed(`attempt ${order.attemptId} ended without a recorded exit; nothing was sent`);
    return { accepted: true, detail: end === undefined ? 'running: dispatched before' : `exited ${end.exitCode}` };
  }

  #claim(order: Order): void {
    // What runs through all nodes has one claim a cluster, and may be run again once it has exited.
    const isOfCluster = order.kind === 'upgrade_kubernetes';
    const boot = isOfCluster ? order.kind : `${order.kind} ${order.systemUuid} ${order.bootId}`;
    const holder = this.#kept.claims.get(boot);
    if (holder !== undefined && holder !== order.attemptId) {
      const end = this.#kept.receipts.get(holder)?.end;
      const isOver =
        !this.#kept.receipts.has(holder) || end?.state === 'lost' || (end !== undefined && end.exitCode !== 0);
      const runsAgain = isOfCluster && end?.state === 'exited';
      if ((order.supersedes?.includes(holder) !== true || !isOver) && !runsAgain) {
        throw failed(`one ${order.kind} was dispatched in this boot already, by attempt ${holder}; nothing was sent`);
      }
      if (!this.#kept.receipts.has(holder)) this.#kept.retired.add(holder);
    }
    this.#kept.claims.set(boot, order.attemptId);
  }

  /** talosctl runs detached: nobody has to wait for it but its recorder. Resolves to its end. */
  async #start(order: Order, server: string): Promise<End> {
    const startedAt = new Date(this.#world.now()).toISOString();
    const receipt: Receipt = {
      order,
      startedAt,
      end: undefined,
      isExitLost: false,
      talosctl: new AbortController(),
    };
    this.#kept.receipts.set(order.attemptId, receipt);
    this.#running += 1;
    const command = this.#commandOf(order, server);
    const said = await talosctl(this.#world, order, command, receipt.talosctl.signal).catch(() => undefined);
    this.#running -= 1;
    const exitedAt = new Date(this.#world.now()).toISOString();
    receipt.end ??=
      said === undefined || receipt.isExitLost
        ? { state: 'lost', startedAt }
        : { state: 'exited', exitCode: said.exitCode, exitedAt, stderrTail: said.stderr };
    return receipt.end;
  }

  #commandOf(order: Order, server: string): Command {
    switch (order.kind) {
      case 'install':
        return commands.upgrade(order.image, upgradeFlags(this.#world.talosctlVersion, server, order.reboots));
      case 'reboot':
        return commands.reboot();
      default:
        return order.command;
    }
  }
}

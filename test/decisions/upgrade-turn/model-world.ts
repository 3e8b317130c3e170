/** A cluster small enough to be obvious, for laws over whole runs of turns: effects change it, time passes, facts are read off it. */
import { planHash } from '../../../src/decisions/plan-hash.ts';
import { planUpgrade } from '../../../src/decisions/upgrade-plan.ts';
import type { TurnFacts } from '../../../src/decisions/upgrade-turn.ts';
import type { Effect } from '../../../src/model/effect.ts';
import type { ReceiptFacts } from '../../../src/model/facts.ts';
import type { JournalBody } from '../../../src/model/journal.ts';
import type { UpgradePlan } from '../../../src/model/plan.ts';
import { aBudget, aCluster, aMachine, aNode, anUpgrade, aPod, aReading, etcdViews } from '../facts.ts';

export const OPERATION = 'op-0123456789abcdef';
export const FROM = 'v1.12.11';
export const TO = 'v1.13.9';
const REBOOT_MS = 90_000;
const INSTALL_MS = 60_000;

/** What becomes of an install on a node. */
export type Fate = 'well' | 'refused' | 'exits 1' | 'dies' | 'lies' | 'rolls back' | 'never returns' | 'returns late';

interface ModelNode {
  boot: number;
  version: string;
  /** Away until then. */
  backAt: number;
  bootsInto: string | undefined;
  cordonOwner: string | undefined;
  unschedulable: boolean;
}

export interface Counts {
  /** Installs that ran, by machine and boot. */
  installs: Map<string, number>;
  /** Accepted dispatches that supersede none, by machine and boot: a second one must name what was proved not started (SAFETY 3). */
  dispatches: Map<string, number>;
  evictions: Map<string, number>;
  planesAwayAtMost: number;
  /** Effects performed on a node that our cordon did not hold. */
  uncordonedDisruptions: string[];
}

export class ModelWorld {
  now = Date.parse('2026-01-01T00:00:00Z');
  readonly counts: Counts = {
    installs: new Map(),
    dispatches: new Map(),
    evictions: new Map(),
    planesAwayAtMost: 0,
    uncordonedDisruptions: [],
  };
  /** What the nodes' Leases say at a moment of our clock. */
  leaseRenewal: (now: number) => number = now => now - 5_000;
  /** Until then its receipts can't be asked for. */
  contractorAwayUntil = 0;
  readonly #nodes: Map<string, ModelNode>;
  readonly #fates: ReadonlyMap<string, Fate>;
  readonly #receipts = new Map<string, { exitsAt: number; receipt: ReceiptFacts }>();
  #leader: string;
  #lease: string | undefined;
  #pods: { name: string; node: string; goneAt: number }[];

  constructor(names: readonly string[], fates: ReadonlyMap<string, Fate>, foreignCordons: readonly string[] = []) {
    this.#fates = fates;
    this.#leader = names.find(name => name.startsWith('cp')) ?? '';
    this.#nodes = new Map(
      names.map(name => [
        name,
        {
          boot: 1,
          version: FROM,
          backAt: 0,
          bootsInto: undefined,
          cordonOwner: undefined,
          unschedulable: foreignCordons.includes(name),
        },
      ]),
    );
    this.#pods = names
      .filter(name => name.startsWith('worker'))
      .flatMap(name =>
        [0, 1].map(index => ({ name: `web-${name}-${index}`, node: name, goneAt: Number.POSITIVE_INFINITY })),
      );
  }

  get names(): string[] {
    return [...this.#nodes.keys()];
  }

  plan(): UpgradePlan {
    const { cluster, machines, etcd } = this.facts();
    const reading = { ...aReading(this.names), facts: cluster, machines: [...machines.values()], etcd };
    const draft = planUpgrade(anUpgrade([reading]));
    return {
      record_version: 1,
      plan_hash: planHash(draft),
      ...draft,
      authority: { level: 'coo', action: 'kubernetes.upgrade', rule: 'test' },
      knowledge: [],
      created_at: new Date(this.now).toISOString(),
      expires_at: new Date(this.now + 1e9).toISOString(),
    };
  }

  advance(ms: number): void {
    this.now += ms;
    for (const [name, node] of this.#nodes) {
      if (node.bootsInto === undefined || this.now < node.backAt) continue;
      node.boot += 1;
      node.version = node.bootsInto;
      node.bootsInto = undefined;
      if (name === this.#leader) this.#elect(name);
    }
    this.#pods = this.#pods.map(pod =>
      pod.goneAt <= this.now ? { ...pod, goneAt: Number.POSITIVE_INFINITY, node: this.#placeFor(pod.node) } : pod,
    );
  }

  #placeFor(left: string): string {
    const open = [...this.#nodes].find(
      ([name, node]) => name.startsWith('worker') && name !== left && !node.unschedulable,
    );
    return open?.[0] ?? 'pending';
  }

  #elect(former: string): void {
    this.#leader = this.names.find(name => name.startsWith('cp') && name !== former && !this.#isAway(name)) ?? former;
  }

  #isAway(name: string): boolean {
    return (this.#nodes.get(name)?.bootsInto ?? undefined) !== undefined;
  }

  cordonsLeft(): string[] {
    return [...this.#nodes].filter(([, node]) => node.unschedulable).map(([name]) => name);
  }

  versions(): string[] {
    return [...this.#nodes.values()].map(node => node.version);
  }

  facts(attemptId?: string, nodeName?: string): TurnFacts {
    const planes = this.names.filter(name => name.startsWith('cp'));
    const bootId = (name: string, boot: number): string => `${name}-boot-${boot}`;
    const nodes = [...this.#nodes].map(([name, node]) =>
      aNode(name, {
        bootId: bootId(name, node.boot),
        osImage: `Talos (${node.version})`,
        ready: !this.#isAway(name),
        unschedulable: node.unschedulable,
        cordonOwner: node.cordonOwner,
        leaseRenewedAt: this.#isAway(name) ? 0 : this.leaseRenewal(this.now),
      }),
    );
    const budget = aBudget('web', {
      disruptionsAllowed: this.#pods.some(pod => pod.goneAt < Number.POSITIVE_INFINITY || pod.node === 'pending')
        ? 0
        : 1,
      expectedPods: this.#pods.length,
      currentHealthy: this.#pods.length,
      desiredHealthy: this.#pods.length - 1,
    });
    const cluster = aCluster(nodes, {
      asOf: this.now,
      budgets: [budget],
      pods: this.#pods.map(pod =>
        aPod(pod.name, pod.node === 'pending' ? undefined : pod.node, {
          uid: `${pod.name}-on-${pod.node}`,
          isReady: pod.node !== 'pending',
          phase: pod.node === 'pending' ? 'Pending' : 'Running',
          terminatingSince: pod.goneAt < Number.POSITIVE_INFINITY ? this.now : undefined,
        }),
      ),
      ...(this.#lease !== undefined && {
        lease: { holder: this.#lease, renewedAt: this.now, resourceVersion: '1' },
      }),
    });
    const machines = new Map(
      [...this.#nodes]
        .filter(([name]) => !this.#isAway(name))
        .map(([name, node]) => [name, aMachine(name, { bootId: bootId(name, node.boot), version: node.version })]),
    );
    const etcd = etcdViews(planes, this.#leader).map(view => {
      const name = nodes.find(node => node.internalIp === view.address)?.name ?? '';
      return this.#isAway(name) ? { ...view, members: undefined, status: undefined, alarms: undefined } : view;
    });
    const node = nodes.find(candidate => candidate.name === nodeName);
    const isAsked = attemptId !== undefined && this.now >= this.contractorAwayUntil;
    const receipt = isAsked ? this.#receipt(attemptId) : undefined;
    return {
      now: this.now,
      cluster,
      ...(node && { node }),
      machines,
      etcd,
      controlPlanes: nodes.filter(({ role }) => role === 'control-plane'),
      servers: cluster.servers.map((server, index) => ({ ...server, reachable: !this.#isAway(planes[index] ?? '') })),
      ...(receipt && { receipt }),
      preflight: { drift: [], blocked: [] },
    };
  }

  #receipt(attemptId: string): ReceiptFacts {
    const known = this.#receipts.get(attemptId);
    if (!known) return { state: 'absent' };
    return this.now < known.exitsAt ? { state: 'running', startedAt: '' } : known.receipt;
  }

  /** Performs an effect as the world would; the outcome is what a contractor or the API server would claim. */
  perform(effect: Effect): Omit<Extract<JournalBody, { kind: 'outcome' }>, 'kind' | 'effect'> {
    switch (effect.kind) {
      case 'hold_lease':
        this.#lease = OPERATION;
        return { result: 'ok', detail: '' };
      case 'release_lease':
        this.#lease = undefined;
        return { result: 'ok', detail: '' };
      case 'snapshot':
        return { result: 'ok', detail: '', snapshot: { path: effect.path, bytes: 544, sha256: '00' } };
      case 'forfeit':
        this.#elect(effect.node);
        return { result: 'ok', detail: '' };
      case 'cordon':
      case 'uncordon':
        return this.#setCordon(effect);
      case 'evict':
        return this.#evict(effect);
      case 'install':
        return this.#install(effect);
      case 'reboot':
        throw new Error('the model fleet upgrades in one call');
      default:
        throw new Error(`the model fleet knows no ${effect.kind}`);
    }
  }

  #setCordon(effect: Extract<Effect, { kind: 'cordon' | 'uncordon' }>) {
    const node = this.#nodes.get(effect.node);
    if (node && effect.kind === 'cordon') Object.assign(node, { unschedulable: true, cordonOwner: OPERATION });
    if (node && effect.kind === 'uncordon' && node.cordonOwner === OPERATION) {
      Object.assign(node, { unschedulable: false, cordonOwner: undefined });
    }
    return { result: 'ok', detail: '' } as const;
  }

  #evict(effect: Extract<Effect, { kind: 'evict' }>) {
    this.#assertCordoned(effect.node, 'evict');
    const asked = new Set(effect.pods.map(pod => pod.uid));
    this.#pods = this.#pods.map(pod =>
      asked.has(`${pod.name}-on-${pod.node}`) ? { ...pod, goneAt: this.now + 10_000 } : pod,
    );
    for (const uid of asked) this.counts.evictions.set(uid, (this.counts.evictions.get(uid) ?? 0) + 1);
    return { result: 'ok' as const, detail: '', evicted: [...asked], evictions_refused: 0 };
  }

  #assertCordoned(name: string, what: string): void {
    const node = this.#nodes.get(name);
    if (!node?.unschedulable || node.cordonOwner !== OPERATION)
      this.counts.uncordonedDisruptions.push(`${what} ${name}`);
  }

  #install(effect: Extract<Effect, { kind: 'install' }>) {
    this.#assertCordoned(effect.node, 'install');
    const node = this.#nodes.get(effect.node);
    const fate = this.#fates.get(effect.node) ?? 'well';
    if (!node) throw new Error(`no node ${effect.node}`);
    if (fate === 'refused') return { result: 'refused', detail: 'not now' } as const;
    const key = `${effect.system_uuid} ${effect.boot_id}`;
    if (!this.#receipts.has(effect.attempt_id)) {
      if (effect.supersedes === undefined) this.counts.dispatches.set(key, (this.counts.dispatches.get(key) ?? 0) + 1);
      const receipt: ReceiptFacts =
        fate === 'dies'
          ? { state: 'lost', startedAt: '' }
          : { state: 'exited', exitCode: fate === 'exits 1' ? 1 : 0, exitedAt: '', stderrTail: '' };
      this.#receipts.set(effect.attempt_id, { exitsAt: this.now + INSTALL_MS, receipt });
      if (fate === 'well' || fate === 'rolls back' || fate === 'never returns' || fate === 'returns late') {
        this.counts.installs.set(key, (this.counts.installs.get(key) ?? 0) + 1);
        node.bootsInto = fate === 'rolls back' ? FROM : TO;
        const away =
          { 'never returns': Number.POSITIVE_INFINITY, 'returns late': 9 * 60_000 }[fate as string] ?? REBOOT_MS;
        node.backAt = this.now + INSTALL_MS + away;
      }
    }
    const away = this.names.filter(name => name.startsWith('cp') && this.#isAway(name)).length;
    this.counts.planesAwayAtMost = Math.max(this.counts.planesAwayAtMost, away);
    return { result: 'ok', detail: 'accepted' } as const;
  }
}

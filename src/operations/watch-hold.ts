import type { ClusterPorts } from '../ports.ts';

/** How long, of the cluster's clock, an operation waits on the watch cache's word before it asks the cluster itself (ADR 8). */
const ASKED_EVERY_MS = 60_000;

/** An operation's hold on the watch cache of the cluster it is at: begun with its first turn there, one cluster at a time. */
export class WatchHold {
  #held: { ports: ClusterPorts; release: () => void } | undefined;
  #askedAt = Number.NEGATIVE_INFINITY;

  /** Watches this cluster and no other. */
  at(ports: ClusterPorts): void {
    if (this.#held?.ports.watch === ports.watch) return;
    this.letGo();
    if (ports.watch) this.#held = { ports, release: ports.watch.hold() };
  }

  letGo(): void {
    this.#held?.release();
    this.#held = undefined;
  }

  /** The cluster itself was asked. */
  asked(now: number): void {
    this.#askedAt = now;
  }

  /** A turn may wait on the cache's word: the cluster itself was asked lately. */
  maySuffice(now: number): boolean {
    return this.#held !== undefined && now - this.#askedAt < ASKED_EVERY_MS;
  }
}

import type { ClusterFacts } from '../../model/facts.ts';
import type { ClusterWatch } from '../../ports/cluster-watch.ts';
import type { Clock, Log } from '../../ports.ts';
import { sharedAbort } from '../aborting.ts';
import type { KubernetesApi } from '../api-call.ts';
import { isDns, readAround } from './read-around.ts';
import {
  BUDGETS,
  DAEMON_SETS,
  IDENTITY,
  NODES,
  PODS,
  VOLUME_ATTACHMENTS,
  VOLUMES,
  type WatchedKind,
  withVolumes,
} from './watched-resources.ts';
import { WATCH_TIMES, WatchedSet, type WatchTimes } from './watched-set.ts';

export interface WatchOptions {
  clock: Clock;
  log: Log;
  times?: WatchTimes | undefined;
}

type Sets = ReturnType<typeof setsOf>;

function setsOf(api: KubernetesApi, { clock, log, times = WATCH_TIMES }: WatchOptions) {
  const set = <Entry>(kind: WatchedKind<Entry>) => new WatchedSet(api, kind, { clock, log, times });
  return {
    identity: set(IDENTITY),
    nodes: set(NODES),
    pods: set(PODS),
    budgets: set(BUDGETS),
    daemonSets: set(DAEMON_SETS),
    volumeAttachments: set(VOLUME_ATTACHMENTS),
    volumes: set(VOLUMES),
  };
}

/** The watch cache of one cluster (ADR 8): facts only, never whole objects. Sends nothing while nobody holds it. */
export class KubernetesWatch implements ClusterWatch {
  readonly #api: KubernetesApi;
  readonly #options: WatchOptions;
  readonly #holders = new Set<symbol>();
  #running: { sets: Sets; stop: AbortController } | undefined;

  constructor(api: KubernetesApi, options: WatchOptions) {
    this.#api = api;
    this.#options = options;
  }

  hold(): () => void {
    const holder = Symbol('holder');
    this.#holders.add(holder);
    this.#running ??= this.#start();
    return () => {
      if (this.#holders.delete(holder) && this.#holders.size === 0) this.#stop();
    };
  }

  facts(): ClusterFacts | undefined {
    const known = this.#known();
    if (known === undefined) return undefined;
    const { identity, nodes, pods, budgets, daemonSets, volumeAttachments, volumes } = known;
    const [kubeSystemUid] = identity.entries.values();
    if (kubeSystemUid === undefined) return undefined;
    const local = new Set(volumes.entries.values());
    return {
      cluster: this.#api.cluster,
      asOf: Math.min(...Object.values(known).map(({ asOf }) => asOf)),
      kubeSystemUid,
      nodes: [...nodes.entries.values()],
      pods: [...pods.entries.values()].map(pod => withVolumes(pod, local)),
      budgets: [...budgets.entries.values()],
      daemonSets: [...daemonSets.entries.values()],
      volumeAttachments: [...volumeAttachments.entries.values()],
      servers: [],
      lease: undefined,
    };
  }

  async around(node: string, signal: AbortSignal): Promise<ClusterFacts | undefined> {
    if (this.#known() === undefined) return undefined;
    const asOf = this.#options.clock.now();
    const now = await readAround(this.#api, node, signal);
    // Taken afterwards: they are at least as new as before, and may have ceased to be current meanwhile.
    const surroundings = this.facts();
    const known = this.#known();
    if (surroundings === undefined || known === undefined) return undefined;
    const local = new Set(known.volumes.entries.values());
    const readNow = now.pods.map(pod => withVolumes(pod, local));
    const isReadNow = new Set(readNow.map(({ uid }) => uid));
    const hasDns = now.pods.some(isDns);
    const elsewhere = surroundings.pods.filter(
      facts => facts.nodeName !== node && !isReadNow.has(facts.uid) && !(hasDns && isDns({ facts })),
    );
    return {
      ...surroundings,
      asOf,
      nodes: [...surroundings.nodes.filter(({ name }) => name !== node), ...now.nodes],
      pods: [...elsewhere, ...readNow],
      budgets: now.budgets,
      volumeAttachments: now.volumeAttachments,
    };
  }

  /** Ends it, whoever holds it. */
  close(): void {
    this.#holders.clear();
    this.#stop();
  }

  #start(): { sets: Sets; stop: AbortController } {
    const { log } = this.#options;
    const stop = sharedAbort();
    const sets = setsOf(this.#api, this.#options);
    for (const set of Object.values(sets)) {
      set.run(stop.signal).catch((error: unknown) => {
        log.error('kubernetes.watch_failed', { cluster: this.#api.cluster, error });
      });
    }
    return { sets, stop };
  }

  #stop(): void {
    this.#running?.stop.abort();
    this.#running = undefined;
  }

  /** Undefined unless every kind is current. */
  #known() {
    const sets = this.#running?.sets;
    const [identity, nodes, pods] = [sets?.identity.known, sets?.nodes.known, sets?.pods.known];
    const [budgets, daemonSets] = [sets?.budgets.known, sets?.daemonSets.known];
    const [volumeAttachments, volumes] = [sets?.volumeAttachments.known, sets?.volumes.known];
    return identity && nodes && pods && budgets && daemonSets && volumeAttachments && volumes
      ? { identity, nodes, pods, budgets, daemonSets, volumeAttachments, volumes }
      : undefined;
  }
}

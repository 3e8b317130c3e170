import { onTestFinished } from 'vitest';
import type { ClusterConnection } from '../../../src/kubernetes/connect.ts';
import type { WatchTimes } from '../../../src/kubernetes/watch/watched-set.ts';
import type { ClusterFacts } from '../../../src/model/facts.ts';
import { type HandMade, served } from '../../simulation/kubernetes-api/hand-made-cluster.ts';
import { connect, never, recordingLog } from '../cluster-fixture.ts';

/** Bounds a test can wait for. The simulation's bookmarks come once a minute, so quiet kinds are asked again all the time. */
export const QUICK: WatchTimes = { silenceMs: 2000, watchMs: 60_000, longestPauseMs: 100 };

/** For tests in which no kind may fall silent. */
const PATIENT: WatchTimes = { ...QUICK, silenceMs: 60_000 };

export interface Watched {
  cluster: HandMade;
  connection: ClusterConnection;
  log: ReturnType<typeof recordingLog>;
  release: () => void;
}

/** A simulated cluster's real API with a cache that watches it; gone after the test. */
export async function watched(
  options: { historyLimit?: number; watchTimes?: WatchTimes; prepare?: (cluster: HandMade) => void } = {},
): Promise<Watched> {
  const { prepare, watchTimes = PATIENT, ...rest } = options;
  const { cluster, api } = await served(rest);
  onTestFinished(() => api.close());
  prepare?.(cluster);
  const log = recordingLog();
  const connection = await connect({ servers: [...api.servers.values()], log: log.log, watchTimes });
  const release = connection.watch.hold();
  return { cluster, connection, log, release };
}

/** Looks every few milliseconds until `look` answers something. Throws what it saw last when it does not in time. */
export async function eventually<T>(look: () => Promise<T | undefined> | T | undefined, withinMs = 8000): Promise<T> {
  const endMs = performance.now() + withinMs;
  for (;;) {
    const seen = await look();
    if (seen !== undefined) return seen;
    if (performance.now() > endMs) throw new Error(`not within ${withinMs} ms`);
    await new Promise(resolve => setTimeout(resolve, 10));
  }
}

const byKey = <Fact extends { name: string; namespace?: string }>(facts: readonly Fact[]): Fact[] =>
  [...facts].sort((left, right) => (`${left.namespace}/${left.name}` < `${right.namespace}/${right.name}` ? -1 : 1));

/** What both a direct look and the cache tell, in one order. */
export const comparable = ({ kubeSystemUid, nodes, pods, budgets, daemonSets, volumeAttachments }: ClusterFacts) => ({
  kubeSystemUid,
  nodes: byKey(nodes).map(node => ({ ...node, leaseRenewedAt: undefined })),
  pods: byKey(pods),
  budgets: byKey(budgets),
  daemonSets: byKey(daemonSets),
  volumeAttachments: byKey(volumeAttachments),
});

/** Waits until the cache shows what a direct look shows. Resolves to that, or throws with both. */
export async function settled({ connection }: Pick<Watched, 'connection'>, withinMs = 20_000): Promise<ClusterFacts> {
  let last = '';
  try {
    return await eventually(async () => {
      const direct = JSON.stringify(comparable(await connection.reader.facts(never())));
      // Between two watches of a kind nothing is told.
      const cached = await eventually(() => connection.watch.facts(), withinMs);
      if (JSON.stringify(comparable(cached)) === direct) return cached;
      last = `${JSON.stringify(comparable(cached))}\nis not\n${direct}`;
      return undefined;
    }, withinMs);
  } catch (error) {
    throw new Error(`not settled: ${last}`, { cause: error });
  }
}

export const podNames = (facts: ClusterFacts | undefined): string[] =>
  (facts?.pods ?? []).map(({ name }) => name).sort();

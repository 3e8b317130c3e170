/** context/cluster-status.json: what an operation's turns saw of the clusters, for readers of the directory (seed line 624). */
import { clusterHealth } from '../decisions/cluster-health.ts';
import type { HealthThresholds } from '../decisions/health-issues.ts';
import type { TurnFacts } from '../decisions/upgrade-turn.ts';
import type { ClusterFacts } from '../model/facts.ts';
import type { DivisionWriter, Log } from '../ports.ts';
import { mergedByName } from './chronicle.ts';

/** Wall time: the file is a picture for others, and each write is synced. */
const WRITTEN_EVERY_MS = 60_000;
/** A turn that did not ask etcd can't call the cluster healthy: a better one is waited for so long. */
const WITHOUT_ETCD_MS = 300_000;
const ISSUES_MAX = 20;

interface Options {
  division: DivisionWriter;
  log: Log;
  thresholds: HealthThresholds;
  isSimulated: (cluster: string) => boolean;
  /** Told of each picture that is written down. Never throws. */
  onSeen?: (facts: ClusterFacts) => Promise<void>;
}

export class ClusterStatusFile {
  readonly #options: Options;
  readonly #written = new Map<string, { at: number; hadEtcd: boolean }>();

  constructor(options: Options) {
    this.#options = options;
  }

  /** Writes what a turn saw, if it saw the whole cluster and nothing was written just before. Never throws. */
  async see({ cluster: facts, machines, etcd, now }: TurnFacts): Promise<void> {
    if (facts === undefined) return;
    const hasEtcd = etcd.length > 0;
    if (!this.#isDue(facts.cluster, hasEtcd)) return;
    this.#written.set(facts.cluster, { at: performance.now(), hadEtcd: hasEtcd });
    const { division, log, thresholds, isSimulated, onSeen } = this.#options;
    const asked = new Set([...machines.values()].map(({ address }) => address));
    const notAsked = facts.nodes.filter(({ internalIp }) => internalIp === undefined || !asked.has(internalIp));
    const { cluster, issues } = clusterHealth({
      cluster: facts.cluster,
      simulated: isSimulated(facts.cluster),
      facts,
      machines: [...machines.values()],
      notAsked: new Set(notAsked.map(({ name }) => name)),
      etcd,
      thresholds,
    });
    // That nobody asked etcd is no issue of the cluster's; its status says that it is not known.
    const told = hasEtcd ? issues : issues.filter(({ rule }) => !rule.startsWith('R104'));
    const asOf = new Date(facts.asOf).toISOString();
    const line = {
      ...cluster,
      ...(!hasEtcd && { etcd: null }),
      as_of: asOf,
      source: 'a turn of an operation',
      machines_not_asked: notAsked.length,
      issues: told.slice(0, ISSUES_MAX),
      issues_total: told.length,
    };
    try {
      await division.writeContext('cluster-status', kept => ({
        division: 'containers',
        as_of: new Date(now).toISOString(),
        clusters: mergedByName(kept.clusters, [line]),
      }));
    } catch (error) {
      log.warn('cluster_status.unwritten', { cluster: facts.cluster, error: String(error) });
    }
    await onSeen?.(facts);
  }

  /** A picture with etcd in it does not wait behind one without. */
  #isDue(cluster: string, hasEtcd: boolean): boolean {
    const last = this.#written.get(cluster);
    if (last === undefined || (hasEtcd && !last.hadEtcd)) return true;
    return performance.now() - last.at >= (hasEtcd ? WRITTEN_EVERY_MS : WITHOUT_ETCD_MS);
  }
}

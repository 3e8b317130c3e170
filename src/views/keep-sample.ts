/** A sample of capacity whenever somebody looks: the executor ends when it is idle, and a forecast needs hours in which nothing runs. */
import { withDeadline } from '../host/deadline.ts';
import type { ClusterFacts } from '../model/facts.ts';
import type { NodeUsage } from '../model/usage-facts.ts';
import { keepCapacity } from '../operations/learning.ts';
import type { ClusterPorts, FrontEnd } from '../ports.ts';

const HOUR_MS = 3_600_000;
/** Usage is worth this wait, no more: a sample without it still tells what is asked for. */
const USAGE_DEADLINE_MS = 5000;

/** The hour of which a front end knows that there is a sample, by cluster: most looks ask neither the cluster nor the disk. */
const sampled = new WeakMap<FrontEnd, Map<string, number>>();

/** What the nodes use now; undefined when the cluster does not say. Never throws. */
export const usageNow = async (ports: ClusterPorts, signal: AbortSignal): Promise<NodeUsage[] | undefined> =>
  ports.usage?.nodes(withDeadline(signal, USAGE_DEADLINE_MS)).catch(() => undefined);

/** Keeps at most one sample a cluster and hour. Never throws. */
export async function keepSample(
  front: FrontEnd,
  ports: ClusterPorts,
  facts: ClusterFacts,
  usage: () => Promise<readonly NodeUsage[] | undefined>,
): Promise<void> {
  const hours = sampled.get(front) ?? new Map<string, number>();
  sampled.set(front, hours);
  const hour = Math.floor(facts.asOf / HOUR_MS);
  if (hours.get(facts.cluster) === hour) return;
  hours.set(facts.cluster, hour);
  await keepCapacity(front, facts, ports.config.simulated, await usage());
}

import { DivisionError } from '../errors.ts';
import type { ClusterPorts, FrontEnd } from '../ports.ts';

const seenNames = new WeakMap<FrontEnd, readonly string[]>();

/** The division's clusters; of a simulated division this starts the simulation if it is not there. */
export async function clustersOf(front: FrontEnd, signal: AbortSignal): Promise<readonly ClusterPorts[]> {
  const clusters = await front.clusters(signal);
  seenNames.set(
    front,
    clusters.map(cluster => cluster.config.name),
  );
  return clusters;
}

/** Throws NOT_FOUND, naming the clusters there are. */
export async function clusterNamed(front: FrontEnd, name: string, signal: AbortSignal): Promise<ClusterPorts> {
  const clusters = await clustersOf(front, signal);
  const found = clusters.find(cluster => cluster.config.name === name);
  if (found !== undefined) return found;
  const names = clusters.map(cluster => cluster.config.name).join(', ');
  throw new DivisionError(
    'NOT_FOUND',
    'no cluster has this name',
    `the clusters are: ${names === '' ? 'none' : names}`,
  );
}

/** Names known without asking anybody: listing resources must not start a fleet. */
export function knownClusterNames(front: FrontEnd): readonly string[] {
  return seenNames.get(front) ?? front.config.clusters.filter(({ scratch }) => !scratch).map(({ name }) => name);
}

/** Names to choose from, asking when none is known yet. */
export async function clusterNames(front: FrontEnd, signal: AbortSignal): Promise<readonly string[]> {
  const known = knownClusterNames(front);
  if (known.length > 0) return known;
  return (await clustersOf(front, signal)).map(cluster => cluster.config.name);
}

import type { FrontEnd } from '../ports.ts';
import { clusterAddress, planAddress } from '../views/addresses.ts';
import { knownClusterNames } from '../views/cluster-names.ts';

/** Addresses whose content changes with the record at `address`. */
export function alsoChanged(front: FrontEnd, address: string): readonly string[] {
  const planHash = /^gm:\/\/plans\/([0-9a-f]{64})$/.exec(address)?.[1];
  if (planHash !== undefined) return [planAddress(planHash), 'gm://division/state'];
  if (!/^gm:\/\/operations\/[^/]+$/.test(address)) return [];
  return ['gm://division/state', 'gm://division/cluster-status', ...knownClusterNames(front).map(clusterAddress)];
}

/** Addresses whose reading asks the clusters: a subscriber that reads at each update must not keep them busy. */
export const isReadLive = (address: string): boolean =>
  address === 'gm://division/cluster-status' || address.startsWith('gm://clusters/');

import type { ResourceFamily } from '../mcp/define-resource.ts';
import type { FrontEnd } from '../ports.ts';
import { knownClusterNames } from '../views/cluster-names.ts';
import { clusterAddress } from '../views/health-view.ts';
import { planAddress } from '../views/plan-view.ts';
import { budgetResources } from './budget.ts';
import { clusterResources } from './clusters.ts';
import { divisionResources } from './division.ts';
import { handoffResources } from './handoffs.ts';
import { operationResources } from './operations.ts';
import { planResources } from './plans.ts';

/** Every resource of the server, in the order it is listed. */
export const resources: readonly ResourceFamily<FrontEnd>[] = [
  ...divisionResources,
  ...budgetResources,
  ...clusterResources,
  ...operationResources,
  ...planResources,
  ...handoffResources,
];

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

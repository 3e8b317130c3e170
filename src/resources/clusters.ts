import type { ResourceFamily } from '../mcp/define-resource.ts';
import type { FrontEnd } from '../ports.ts';
import { clusterAddress } from '../views/addresses.ts';
import { clusterNamed, clusterNames, knownClusterNames } from '../views/cluster-names.ts';
import { wholeClusterHealth } from '../views/health-view.ts';
import { LISTED_OF_A_FAMILY } from './listed.ts';

const cluster: ResourceFamily<FrontEnd> = {
  name: 'cluster',
  title: 'Cluster',
  description: 'One cluster, read now: every node with its versions, etcd, and all its issues.',
  uri: 'gm://clusters/{name}',
  keepMs: 5000,
  read: async (front, { name = '' }, signal) =>
    wholeClusterHealth(front, await clusterNamed(front, name, signal), signal),
  list: async front =>
    knownClusterNames(front)
      .slice(0, LISTED_OF_A_FAMILY)
      .map(name => ({ uri: clusterAddress(name), name: `Cluster ${name}` })),
  complete: { name: (front, _typed, _given, signal) => clusterNames(front, signal) },
};

export const clusterResources: readonly ResourceFamily<FrontEnd>[] = [cluster];

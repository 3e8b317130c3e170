import type { ResourceFamily } from '../mcp/define-resource.ts';
import { HORIZON_DAYS } from '../model/capacity.ts';
import type { FrontEnd } from '../ports.ts';
import { capacityPicture } from '../views/capacity-chart-view.ts';
import { capacityAddress, chartAddress, wholeCapacityView } from '../views/capacity-view.ts';
import { clusterNamed, clusterNames, knownClusterNames } from '../views/cluster-names.ts';
import { capacityOf } from '../views/read-capacity.ts';
import { LISTED_OF_A_FAMILY } from './listed.ts';

/** Samples come once an hour. */
const KEEP_MS = 60_000;

const complete = {
  cluster: (front: FrontEnd, _typed: string, _given: Readonly<Record<string, string>>, signal: AbortSignal) =>
    clusterNames(front, signal),
};

const reading = async (front: FrontEnd, cluster: string, withSizes: boolean, signal: AbortSignal) =>
  capacityOf(front, await clusterNamed(front, cluster, signal), { horizonDays: HORIZON_DAYS, withSizes }, signal);

const capacity: ResourceFamily<FrontEnd> = {
  name: 'capacity',
  title: 'Capacity',
  description:
    'One cluster’s forecast, whole: every metric, headroom, the worst losses, nodes to add, nodes of other sizes.',
  uri: 'gm://capacity/{cluster}',
  keepMs: KEEP_MS,
  read: async (front, { cluster = '' }, signal) => wholeCapacityView(await reading(front, cluster, true, signal)),
  list: async front =>
    knownClusterNames(front)
      .slice(0, LISTED_OF_A_FAMILY)
      .map(name => ({ uri: capacityAddress(name), name: `Capacity of ${name}` })),
  complete,
};

const chart: ResourceFamily<FrontEnd> = {
  name: 'capacity-chart',
  title: 'Capacity chart',
  description: 'The forecast of the metric that crosses its threshold first, as a picture.',
  uri: 'gm://capacity/{cluster}/chart',
  mimeType: 'image/svg+xml',
  keepMs: KEEP_MS,
  read: async (front, { cluster = '' }, signal) => capacityPicture(await reading(front, cluster, false, signal)),
  list: async front =>
    knownClusterNames(front)
      .slice(0, LISTED_OF_A_FAMILY)
      .map(name => ({ uri: chartAddress(name), name: `Capacity chart of ${name}` })),
  complete,
};

export const capacityResources: readonly ResourceFamily<FrontEnd>[] = [capacity, chart];

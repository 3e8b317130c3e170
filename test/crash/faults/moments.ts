/** The moments at which faults come. */
import type { SimCluster } from '../../../src/simulation/world/cluster.ts';
import type { KubeObject } from '../../../src/simulation/world/store.ts';
import type { Moment } from './scenario.ts';

const isCordoned = ({ spec }: KubeObject): boolean => (spec as { unschedulable?: boolean }).unschedulable === true;

function onCordon(cluster: SimCluster, name: string, act: () => void): void {
  const stop = cluster.store.onEvent(({ resource, type, object }) => {
    if (resource !== 'nodes' || type !== 'MODIFIED' || object.metadata.name !== name || !isCordoned(object)) return;
    stop();
    act();
  });
}

/** The ledger is told of a talosctl that changes something just before it meets what a fault has in store for it. */
function onTalosctl(cluster: SimCluster, command: string, act: () => void): void {
  const { ledger } = cluster;
  const told = ledger.talosctlCall.bind(ledger);
  ledger.talosctlCall = path => {
    told(path);
    if (path !== command) return;
    ledger.talosctlCall = told;
    act();
  };
}

/** Acts once, at the moment. Nodes go one at a time, so what talosctl is told after a node was cordoned is of that node. */
export function at(cluster: SimCluster, moment: Moment, act: () => void): void {
  if (moment === 'planned') act();
  else if ('cordoned' in moment) onCordon(cluster, moment.cordoned, act);
  else onCordon(cluster, moment.of, () => onTalosctl(cluster, moment.talosctl, act));
}

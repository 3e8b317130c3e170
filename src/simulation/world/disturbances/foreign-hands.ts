import type { SimCluster } from '../cluster.ts';
import { isCordoned } from '../controllers/node-fit.ts';
import { someServerIsUp } from '../controllers/work-queue.ts';
import { cordon, uncordon } from '../machines/node-drain.ts';

const CORDON = 'foreign-cordon';
const UNCORDON = 'external-uncordon';
const UNCORDON_AFTER_MS = 5_000;
const RETRY_MS = 2_000;

/** Somebody who knows nothing of us: cordons a node, or lifts the cordon of one soon after it was set. */
export function runForeignHands(cluster: SimCluster): void {
  const { clock, faults, store } = cluster;
  const whenServed = (kind: string, act: (node: string) => void): void =>
    clock.handle(kind, node => {
      if (someServerIsUp(cluster)) act(node);
      else clock.scheduleOnce(RETRY_MS, kind, node);
    });
  const cordonIt = (node: string): void => {
    if (faults.take('foreign_cordon', { node }) !== undefined) cordon(cluster, node);
  };
  const meanToUncordon = (node: string): void => {
    const fault = faults.active('external_uncordon', { node });
    if (fault !== undefined) clock.scheduleOnce(fault.delay_ms ?? UNCORDON_AFTER_MS, UNCORDON, node);
  };
  whenServed(CORDON, cordonIt);
  whenServed(UNCORDON, node => {
    const object = store.get('nodes', undefined, node);
    if (object === undefined || !isCordoned(object)) return;
    if (faults.take('external_uncordon', { node }) !== undefined) uncordon(cluster, node);
  });
  faults.onChange((fault, change) => {
    if (change !== 'armed') return;
    if (fault.kind === 'foreign_cordon' && fault.node !== undefined) {
      if (fault.delay_ms === undefined) cordonIt(fault.node);
      else clock.scheduleOnce(fault.delay_ms, CORDON, fault.node);
    }
    if (fault.kind !== 'external_uncordon') return;
    for (const node of store.list('nodes').filter(isCordoned)) meanToUncordon(node.metadata.name);
  });
  store.onEvent(({ resource, type, object, previous }) => {
    if (resource !== 'nodes' || type !== 'MODIFIED' || !isCordoned(object)) return;
    if (previous !== undefined && !isCordoned(previous)) meanToUncordon(object.metadata.name);
  });
}

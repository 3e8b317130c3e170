import { asText, at } from '../../kubernetes-api/json.ts';
import type { SimCluster } from '../cluster.ts';
import type { Happening } from '../event-recorder.ts';
import { recordEvent } from '../event-recorder.ts';
import { conditionOf, isReady } from '../pods.ts';
import type { KubeObject } from '../store.ts';
import { isCordoned } from './node-fit.ts';

/** What its kubelet and the node controller tell about a node that changed. */
export function tellNodeEvents(cluster: SimCluster, node: KubeObject, previous: KubeObject): void {
  const { name } = node.metadata;
  const tell = (type: Happening['type'], reason: string, message: string): void =>
    recordEvent(cluster, node, { type, reason, message, component: 'kubelet', host: name });
  const status = (reason: string): void => tell('Normal', reason, `Node ${name} status is now: ${reason}`);
  const bootId = at(node, 'status', 'nodeInfo', 'bootID');
  if (bootId !== at(previous, 'status', 'nodeInfo', 'bootID')) {
    tell('Normal', 'Starting', 'Starting kubelet.');
    tell('Warning', 'Rebooted', `Node ${name} has been rebooted, boot id: ${asText(bootId)}`);
  }
  if (isCordoned(node) !== isCordoned(previous)) status(isCordoned(node) ? 'NodeNotSchedulable' : 'NodeSchedulable');
  const [ready, before] = [conditionOf(node, 'Ready')?.status, conditionOf(previous, 'Ready')?.status];
  if (ready === before || before === undefined) return;
  if (ready === 'True') status('NodeReady');
  else if (ready === 'False') status('NodeNotReady');
  else tellSilence(cluster, node);
}

/** The node lifecycle controller marks a silent node and its pods. */
function tellSilence(cluster: SimCluster, node: KubeObject): void {
  const { name } = node.metadata;
  const by = { reason: 'NodeNotReady', component: 'node-controller' };
  recordEvent(cluster, node, { ...by, type: 'Normal', message: `Node ${name} status is now: NodeNotReady` });
  for (const pod of cluster.pods.onNode(name)) {
    if (isReady(pod)) recordEvent(cluster, pod, { ...by, type: 'Warning', message: 'Node is not ready' });
  }
}

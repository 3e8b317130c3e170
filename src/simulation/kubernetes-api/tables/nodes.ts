import type { KubeObject } from '../../world/store.ts';
import { asObjects, asText, at } from '../json.ts';
import { AGE, type Column, NAME, valueColumn } from './column.ts';

const ROLE = 'node-role.kubernetes.io/';

function nodeStatus(node: KubeObject): string {
  const ready = asObjects(at(node, 'status', 'conditions')).find(condition => condition.type === 'Ready');
  const health = ready === undefined ? 'Unknown' : ready.status === 'True' ? 'Ready' : 'NotReady';
  return at(node, 'spec', 'unschedulable') === true ? `${health},SchedulingDisabled` : health;
}

function roles(node: KubeObject): string {
  const labels = node.metadata.labels ?? {};
  const named = Object.keys(labels).filter(key => key.startsWith(ROLE) && key.length > ROLE.length);
  const found = named.map(key => key.slice(ROLE.length));
  if (labels['kubernetes.io/role'] !== undefined) found.push(labels['kubernetes.io/role']);
  return found.length === 0 ? '<none>' : [...new Set(found)].sort().join(',');
}

const address = (node: KubeObject, type: string): string => {
  const found = asObjects(at(node, 'status', 'addresses')).find(candidate => candidate.type === type);
  return asText(found?.address) || '<none>';
};

export const NODE_COLUMNS: readonly Column[] = [
  NAME,
  { name: 'Status', cell: nodeStatus },
  { name: 'Roles', cell: roles },
  AGE,
  valueColumn('Version', ['status', 'nodeInfo', 'kubeletVersion'], ''),
  { name: 'Internal-IP', wide: true, cell: node => address(node, 'InternalIP') },
  { name: 'External-IP', wide: true, cell: node => address(node, 'ExternalIP') },
  valueColumn('OS-Image', ['status', 'nodeInfo', 'osImage'], '<unknown>', { wide: true }),
  valueColumn('Kernel-Version', ['status', 'nodeInfo', 'kernelVersion'], '<unknown>', { wide: true }),
  valueColumn('Container-Runtime', ['status', 'nodeInfo', 'containerRuntimeVersion'], '<unknown>', { wide: true }),
];

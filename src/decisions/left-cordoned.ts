import { nodeKey, type OperationState } from './operation-state.ts';
import { nameSome } from './verdict.ts';

/** The remedy of a halt, with every node that this operation leaves cordoned named in it (SAFETY 8). */
export function namingCordons(remedy: string, state: OperationState): string {
  const left = [...state.nodes.values()].filter(node => node.cordon !== undefined);
  const said = new Set(remedy.split(/[\s,;:()]+/));
  const unnamed = left.map(node => nodeKey(node.cluster, node.node)).filter(name => !said.has(name));
  if (unnamed.length === 0) return remedy;
  return `${remedy}; meanwhile ${nameSome(unnamed)} ${unnamed.length === 1 ? 'stays' : 'stay'} cordoned`;
}

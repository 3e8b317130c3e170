import type { SimCluster } from '../../world/cluster.ts';
import type { Machine } from '../../world/machine.ts';

/** One resource as a node shows it. */
export interface TalosResource {
  namespace: string;
  id: string;
  version?: number;
  owner?: string;
  createdMs: number;
  spec: Record<string, unknown>;
  /** A spec that is a text stands here instead. */
  text?: string;
}

/** A kind of resource and how `talosctl get` shows it. */
export interface ResourceKind {
  /** e.g. Members.cluster.talos.dev */
  type: string;
  /** TYPE column, e.g. Member */
  display: string;
  /** Other names it is asked by, lower case; its display name and plural count anyway. */
  aliases?: readonly string[];
  columns: readonly { name: string; value: (spec: Record<string, unknown>) => string }[];
  resources(cluster: SimCluster, machine: Machine): TalosResource[];
}

/** A column that shows one member of the spec. */
export const column = (name: string, member: string): ResourceKind['columns'][number] => ({
  name,
  value: spec => {
    const value = spec[member];
    return value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value);
  },
});

/** True when a name on the command line means this kind. */
export function isNamed(kind: ResourceKind, name: string): boolean {
  const wanted = name.toLowerCase();
  const plural = kind.type.slice(0, kind.type.indexOf('.')).toLowerCase();
  return [kind.type.toLowerCase(), plural, kind.display.toLowerCase(), ...(kind.aliases ?? [])].includes(wanted);
}

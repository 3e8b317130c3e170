/** A handoff's fields as words of a request, each only where it is what it claims to be. */
import type { KnownWorld } from './model.ts';
import { namesOf } from './names.ts';

/** The first of these fields that says something. */
export const fieldOf = (context: Readonly<Record<string, unknown>>, names: readonly string[]): unknown => {
  const name = names.find(
    each => Object.hasOwn(context, each) && context[each] !== undefined && context[each] !== null,
  );
  return name === undefined ? undefined : context[name];
};

export const isFields = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The handoff's fields as words, each only where it is what it claims to be. */
export interface Said {
  cluster: string;
  node: string;
  namespace: string;
  version: string;
  count: string;
  role: string;
  specification: string;
}

function numberIn(fields: Readonly<Record<string, unknown>>, names: readonly string[]): number | undefined {
  const value = fieldOf(fields, names);
  return typeof value === 'number' && Number.isInteger(value) && value > 0 && value <= 9999 ? value : undefined;
}

/** `unknown`: fields that name something that doesn't exist. */
export function saidBy(
  context: Readonly<Record<string, unknown>>,
  world: KnownWorld,
): { said: Said; unknown: string[] } {
  const names = namesOf(world);
  const unknown: string[] = [];
  const named = (kind: 'cluster' | 'node' | 'namespace', fields: readonly string[]): string => {
    const given = fieldOf(context, fields);
    const values = (Array.isArray(given) ? given : [given]).filter(value => value !== undefined);
    const words = values.flatMap(value => {
      const isKnown =
        typeof value === 'string' && names.exact(value.toLowerCase()).some(reference => reference.kind === kind);
      if (!isKnown && kind !== 'namespace') unknown.push(kind);
      return isKnown ? [value] : [];
    });
    return words.length === 0 ? '' : ` on ${kind} ${words.join(` and ${kind} `)}`;
  };
  const given = fieldOf(context, ['specifications', 'specification', 'specs']);
  const specifications = isFields(given) ? given : {};
  const version = fieldOf(context, ['to_version', 'target_version', 'version', 'kubernetes_version', 'talos_version']);
  const isVersion = typeof version === 'string' && /^v?\d{1,4}\.\d{1,4}(?:\.\d{1,4})?$/.test(version);
  const role = fieldOf(specifications, ['role']) ?? fieldOf(context, ['role', 'node_role']);
  const isControlPlane = typeof role === 'string' && /^(?:control[-_ ]?plane|master)$/i.test(role);
  const sizes = [
    ['cpu', numberIn(specifications, ['cpu', 'cpus', 'vcpu', 'cores']), 'cpu'],
    ['memory', numberIn(specifications, ['memory', 'ram', 'memory_gb', 'memory_gib']), 'gb memory'],
    ['disk', numberIn(specifications, ['disk', 'storage', 'disk_gb']), 'gb disk'],
  ] as const;
  const specification = sizes
    .flatMap(([, value, unit]) => (value === undefined ? [] : [` with ${value} ${unit}`]))
    .join('');
  const count =
    numberIn(specifications, ['count']) ??
    numberIn(context, ['count', 'nodes', 'node_count', 'workers', 'additional_nodes']);
  return {
    said: {
      cluster: named('cluster', ['cluster', 'cluster_name', 'target_cluster', 'clusters', 'target']),
      node: named('node', ['node', 'node_name']),
      namespace: named('namespace', ['namespace']),
      version: isVersion ? ` to ${version}` : '',
      count: count === undefined ? '' : String(count),
      role: isControlPlane ? 'control plane' : 'worker',
      specification,
    },
    unknown,
  };
}

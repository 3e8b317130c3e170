import { afterEach } from 'vitest';
import type { KubernetesApi } from '../../../src/simulation/kubernetes-api/server.ts';
import { serveKubernetesApi } from '../../../src/simulation/kubernetes-api/server.ts';
import type { SimCluster } from '../../../src/simulation/world/cluster.ts';
import type { SavedWorld } from '../../../src/simulation/world/world.ts';
import type { Terminal } from '../talosctl-face/terminal.ts';
import { talosctl } from '../talosctl-face/terminal.ts';
import { smallWorld } from '../world/worlds.ts';

export interface Answer {
  code: number;
  text: string;
  json: Record<string, unknown>;
}

/** A small world whose time stands still but for the tests, with both of its faces. */
export interface Faces {
  world: SavedWorld;
  cluster: SimCluster;
  api: KubernetesApi;
  /** One request through the VIP, or through one server; rejects when no answer comes. */
  ask(path: string, options?: { method?: string; body?: unknown; at?: string; timeoutMs?: number }): Promise<Answer>;
  /** A run of talosctl to its end, the world's time passing meanwhile. */
  talosctl(line: string): Promise<Terminal>;
}

const open: KubernetesApi[] = [];

afterEach(async () => {
  for (const api of open.splice(0)) await api.close();
});

const TYPES: Record<string, string> = { PATCH: 'application/merge-patch+json' };

/** Both faces of a new small world. */
export async function faces(change: Parameters<typeof smallWorld>[0] = {}): Promise<Faces> {
  const { world, cluster } = smallWorld(change);
  const api = await serveKubernetesApi(cluster);
  open.push(api);
  return {
    world,
    cluster,
    api,
    ask: async (path, { method = 'GET', body, at = api.vip, timeoutMs = 5_000 } = {}) => {
      const response = await fetch(`${at}${path}`, {
        method,
        signal: AbortSignal.timeout(timeoutMs),
        headers: { 'content-type': TYPES[method] ?? 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      const json = text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : {};
      return { code: response.status, text, json };
    },
    talosctl: line => talosctl(world, line),
  };
}

export const BUDGETS = '/apis/policy/v1/namespaces/edge/poddisruptionbudgets';

/** The eviction of a pod, as kubectl asks for it. */
export const evict = (at: Faces, namespace: string, name: string): Promise<Answer> =>
  at.ask(`/api/v1/namespaces/${namespace}/pods/${name}/eviction`, {
    method: 'POST',
    body: { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { namespace, name } },
  });

/** The name of a running pod whose name begins so. */
export function podNamed(cluster: SimCluster, namespace: string, prefix: string): string {
  const pod = cluster.store.list('pods', namespace).find(({ metadata }) => metadata.name.startsWith(prefix));
  if (pod === undefined) throw new Error(`no pod ${namespace}/${prefix}*`);
  return pod.metadata.name;
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ApiCluster } from './api-cluster.ts';
import { handle } from './handler.ts';
import { Listener } from './listener.ts';
import { finishTerminating } from './terminating.ts';

export interface ServeOptions {
  /** Wall milliseconds a delay of cluster time takes (slow API faults); cluster time is wall time by default. */
  wallDelay?: (clusterMs: number) => number;
  /** Names of the control plane nodes; absent: those there are. */
  controlPlane?: readonly string[];
}

export interface KubernetesApi {
  /** By control plane node: the URL of its API server. */
  servers: Map<string, string>;
  /** The URL that leads to whichever API server is up. */
  vip: string;
  close(): Promise<void>;
}

const CONTROL_PLANE = 'node-role.kubernetes.io/control-plane';

const controlPlaneOf = (cluster: ApiCluster): string[] =>
  cluster.store
    .list('nodes')
    .filter(node => node.metadata.labels?.[CONTROL_PLANE] !== undefined)
    .map(node => node.metadata.name);

/**
 * Serves a cluster's Kubernetes API on loopback HTTP: one listener a control plane node and one VIP. A node whose API
 * server is down refuses connections and drops its watches until it is back; the VIP moves on to one that is up.
 */
export async function serveKubernetesApi(cluster: ApiCluster, options: ServeOptions = {}): Promise<KubernetesApi> {
  const nodes = options.controlPlane ?? controlPlaneOf(cluster);
  if (nodes.length === 0) throw new Error(`cluster ${cluster.name} has no node labelled ${CONTROL_PLANE}`);
  const handlerOptions = { wallDelay: options.wallDelay ?? (clusterMs => clusterMs) };
  const answer = (node: string | undefined, incoming: IncomingMessage, response: ServerResponse): void => {
    if (node === undefined || !cluster.apiServerIsUp(node)) incoming.socket.destroy();
    else void handle(cluster, node, incoming, response, handlerOptions);
  };
  let holder = nodes.find(node => cluster.apiServerIsUp(node));
  const listeners = new Map(
    nodes.map(node => [node, new Listener((incoming, response) => answer(node, incoming, response))]),
  );
  const vip = new Listener((incoming, response) => answer(holder, incoming, response));
  for (const listener of [...listeners.values(), vip]) await listener.open();

  const follow = (): void => {
    for (const [node, listener] of listeners) listener.isUp = cluster.apiServerIsUp(node);
    if (holder !== undefined && cluster.apiServerIsUp(holder)) return;
    const next = nodes.find(node => cluster.apiServerIsUp(node));
    if (holder !== next) vip.isUp = false;
    holder = next;
    vip.isUp = next !== undefined;
  };
  follow();
  const stops = [cluster.onServersChanged(follow), finishTerminating(cluster)];
  return {
    servers: new Map([...listeners].map(([node, listener]) => [node, listener.url])),
    vip: vip.url,
    close: async () => {
      for (const stop of stops) stop();
      for (const listener of [...listeners.values(), vip]) listener.close();
    },
  };
}

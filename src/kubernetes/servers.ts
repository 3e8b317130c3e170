import type { ServerFacts } from '../model/facts.ts';
import type { KubernetesApi } from './api-call.ts';

const VERSION = /^v\d{1,4}\.\d{1,4}\.\d{1,4}([-+][0-9A-Za-z.+-]{1,64})?$/;

const errorText = (error: unknown): string => (error instanceof Error ? error.message : 'no answer');

/** Asks one server for its version; it counts as reachable only when it answers as an API server does. */
async function askVersion(
  api: KubernetesApi,
  server: URL,
  signal: AbortSignal,
): Promise<Pick<ServerFacts, 'reachable' | 'version' | 'error'>> {
  try {
    const call = api.probe('get /version', server, signal);
    const { gitVersion } = await api.demand<{ gitVersion?: unknown }>(call, { method: 'GET', path: '/version' });
    if (typeof gitVersion === 'string' && VERSION.test(gitVersion))
      return { reachable: true, version: gitVersion, error: undefined };
    return { reachable: false, version: undefined, error: 'answers /version with something else' };
  } catch (error) {
    return { reachable: false, version: undefined, error: errorText(error) };
  }
}

/** The server's own check of its etcd: 200 ready, 500 not ready, anything else is not known. */
async function askEtcd(api: KubernetesApi, server: URL, signal: AbortSignal): Promise<ServerFacts['etcdReady']> {
  try {
    const answer = await api.transport.send(
      { method: 'GET', path: '/readyz/etcd' },
      api.probe('get /readyz/etcd', server, signal),
    );
    if (answer.status === 200 && answer.text.trim() === 'ok') return true;
    return answer.status === 500 ? false : 'unknown';
  } catch {
    return 'unknown';
  }
}

/** Every API server asked by itself, at the same time, each with a short deadline (SAFETY 4, 5). Never throws. */
export function serverFacts(api: KubernetesApi, signal: AbortSignal): Promise<ServerFacts[]> {
  return Promise.all(
    api.transport.pool.urls.map(async url => {
      const [version, etcdReady] = await Promise.all([askVersion(api, url, signal), askEtcd(api, url, signal)]);
      return { url: url.href.replace(/\/$/, ''), etcdReady, ...version };
    }),
  );
}

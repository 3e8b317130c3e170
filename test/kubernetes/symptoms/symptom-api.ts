/** A real HTTP server that answers as an API server does for a few objects, and remembers what it was asked. */

import { notFound, status } from '../api-objects.ts';
import { type Loopback, loopback } from '../loopback.ts';

interface LogAnswer {
  code: number;
  text: string;
}

export interface SymptomApi {
  /** Path → object; a list is `{items}`. */
  objects: Record<string, unknown>;
  /** Events by the name of what they are about. */
  events: Record<string, object[]>;
  /** `pod/container/previous` → its log. */
  logs: Record<string, LogAnswer>;
  /** Paths that are answered with a status code. */
  refusals: Record<string, number>;
  asked: URL[];
  server: Loopback;
}

export async function symptomApi(): Promise<SymptomApi> {
  const api: Omit<SymptomApi, 'server'> = { objects: {}, events: {}, logs: {}, refusals: {}, asked: [] };
  const answer = (url: URL): { code: number; body: unknown } => {
    const { pathname, searchParams } = url;
    const code = api.refusals[pathname];
    if (code !== undefined) return { code, body: status(code, { reason: 'Forbidden', message: 'no' }) };
    if (pathname.endsWith('/events')) {
      const name = /involvedObject\.name=([^,]+)/.exec(searchParams.get('fieldSelector') ?? '')?.[1] ?? '';
      return { code: 200, body: { metadata: { resourceVersion: '1' }, items: api.events[name] ?? [] } };
    }
    const log = /\/pods\/([^/]+)\/log$/.exec(pathname)?.[1];
    if (log !== undefined) {
      const key = `${log}/${searchParams.get('container')}/${searchParams.get('previous')}`;
      const found = api.logs[key];
      return found === undefined
        ? { code: 400, body: status(400, { reason: 'BadRequest', message: 'previous terminated container not found' }) }
        : { code: found.code, body: found.text };
    }
    const object = api.objects[pathname];
    return object === undefined
      ? { code: 404, body: notFound('thing', pathname.split('/').at(-1) ?? '') }
      : { code: 200, body: object };
  };
  const server = await loopback((request, response) => {
    const url = new URL(request.url ?? '/', 'http://api');
    api.asked.push(url);
    const { code, body } = answer(url);
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    response.writeHead(code, { 'Content-Type': typeof body === 'string' ? 'text/plain' : 'application/json' });
    response.end(text);
  });
  return { ...api, server };
}

const TIME = '2026-11-22T09:58:00Z';

export const rawEvent = (reason: string, message: string, change: Record<string, unknown> = {}) => ({
  metadata: { name: 'e', namespace: 'shop', creationTimestamp: TIME },
  involvedObject: { kind: 'Pod', name: 'web-7d4-a' },
  type: 'Warning',
  reason,
  message,
  count: 4,
  lastTimestamp: TIME,
  ...change,
});

/** A pod whose container crashed with this last state. */
export const rawPod = (name: string, terminated: Record<string, unknown>) => ({
  metadata: { name, namespace: 'shop', uid: `uid-${name}`, labels: { app: 'web' } },
  spec: {
    nodeName: 'worker-1',
    containers: [{ name: 'app', image: 'registry.example/app:1.2', resources: { limits: { memory: '128Mi' } } }],
  },
  status: {
    phase: 'Running',
    conditions: [{ type: 'Ready', status: 'False', reason: 'ContainersNotReady', lastTransitionTime: TIME }],
    containerStatuses: [
      {
        name: 'app',
        ready: false,
        restartCount: 5,
        state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 2m40s' } },
        lastState: { terminated: { finishedAt: TIME, ...terminated } },
      },
    ],
  },
});

export const rawDeployment = {
  metadata: { name: 'web', namespace: 'shop', uid: 'uid-web' },
  spec: { replicas: 2, selector: { matchLabels: { app: 'web' } } },
  status: { conditions: [{ type: 'Available', status: 'False', reason: 'MinimumReplicasUnavailable' }] },
};

export const rawNode = (conditions: readonly Record<string, unknown>[]) => ({
  metadata: { name: 'worker-1', uid: 'uid-worker-1', resourceVersion: '7' },
  spec: {},
  status: { addresses: [{ type: 'InternalIP', address: '10.0.0.9' }], conditions },
});

/** Lays the Deployment shop/web with these pods. */
export function layWeb(api: SymptomApi, ...pods: readonly ReturnType<typeof rawPod>[]): void {
  const apps = '/apis/apps/v1/namespaces/shop';
  api.objects[`${apps}/deployments/web`] = rawDeployment;
  const owner = { metadata: { name: 'web-7d4', ownerReferences: [{ uid: 'uid-web' }] }, spec: { replicas: 2 } };
  const old = { metadata: { name: 'web-old', ownerReferences: [{ uid: 'uid-web' }] }, spec: { replicas: 0 } };
  api.objects[`${apps}/replicasets`] = { metadata: {}, items: [owner, old] };
  api.objects['/api/v1/namespaces/shop/pods'] = { metadata: {}, items: pods };
  api.objects['/api/v1/nodes/worker-1'] = rawNode([{ type: 'Ready', status: 'True' }]);
}

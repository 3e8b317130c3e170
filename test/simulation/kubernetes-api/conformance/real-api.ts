import { setTimeout as pause } from 'node:timers/promises';
import { KubeConfig } from '@kubernetes/client-node';
import { call, type Endpoint } from '../call.ts';
import { type ApiUnderTest, emptied } from './scratch-namespace.ts';

/** With a controller of namespaces an empty one is gone after a few seconds. */
const GONE_WITHIN_MS = 15_000;

/**
 * A real API server by its kubeconfig's current context, with a scratch namespace of a generated name. Nothing is
 * written outside that namespace. Throws when the server or the right to make a namespace is missing.
 */
export async function openRealApi(kubeconfig: string): Promise<ApiUnderTest> {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  const cluster = config.getCurrentCluster();
  if (cluster === null) throw new Error(`${kubeconfig} has no current context`);
  const access: NonNullable<Endpoint['access']> = {};
  await config.applyToHTTPSOptions(access);
  const api: Endpoint = { vip: cluster.server.replace(/\/+$/, ''), access };
  const version = await call(api, 'GET', '/version');
  if (version.code !== 200) throw new Error(`${cluster.server} answered ${version.code}: ${version.text}`);
  const created = await call(api, 'POST', '/api/v1/namespaces', {
    body: {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: {
        generateName: 'containers-gm-test-',
        labels: { 'pod-security.kubernetes.io/enforce': 'privileged' },
      },
    },
  });
  if (created.code !== 201) throw new Error(`no namespace to test in: ${created.text}`);
  const { name: namespace } = created.json.metadata as { name: string };
  // Pods are admitted once this is there; where a controller makes it, this is a conflict and as good.
  await call(api, 'POST', `/api/v1/namespaces/${namespace}/serviceaccounts`, {
    body: { metadata: { name: 'default' } },
  });
  const at: ApiUnderTest = {
    ...api,
    isReal: true,
    minor: minorOf(version.json),
    namespace,
    close: () => removeNamespace(at),
  };
  return at;
}

/** Of gitVersion, or of minor where a build does not know its version. */
function minorOf({ gitVersion, minor }: Record<string, unknown>): number {
  const found = /^v1\.(\d+)/.exec(String(gitVersion))?.[1] ?? /^\d+/.exec(String(minor))?.[0];
  if (found === undefined) throw new Error(`the server does not say which Kubernetes 1.N it is: ${String(gitVersion)}`);
  return Number(found);
}

async function removeNamespace(at: ApiUnderTest): Promise<void> {
  await emptied(at);
  const path = `/api/v1/namespaces/${at.namespace}`;
  await call(at, 'DELETE', path);
  const until = Date.now() + GONE_WITHIN_MS;
  while ((await call(at, 'GET', path)).code !== 404) {
    if (Date.now() > until) {
      process.stdout.write(`namespace ${at.namespace} is empty but stays: no controller of namespaces runs\n`);
      return;
    }
    await pause(200);
  }
}

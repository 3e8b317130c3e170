import type { RequestOptions } from 'node:https';
import { setTimeout as pause } from 'node:timers/promises';
import { KubeConfig } from '@kubernetes/client-node';
import { call, type Endpoint } from '../call.ts';
import type { ApiUnderTest } from './api-under-test.ts';

/** A namespace with a namespace controller is gone after a few seconds. */
const GONE_WITHIN_MS = 30_000;

/**
 * A real API server by its kubeconfig's current context, with a scratch namespace of a generated name. Nothing is
 * written outside that namespace. Throws when the server or the right to make a namespace is missing.
 */
export async function openRealApi(kubeconfig: string): Promise<ApiUnderTest> {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  const cluster = config.getCurrentCluster();
  if (cluster === null) throw new Error(`${kubeconfig} has no current context`);
  const access: RequestOptions = {};
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
  return {
    ...api,
    isReal: true,
    minor: minorOf(version.json),
    namespace,
    close: () => removeNamespace(api, namespace),
  };
}

/** Of gitVersion, or of major and minor where a build does not know its version. */
function minorOf(version: Record<string, unknown>): number {
  const minor = /^v1\.(\d+)/.exec(String(version.gitVersion))?.[1] ?? /^\d+/.exec(String(version.minor))?.[0];
  const given = Number(minor ?? process.env.CONTAINERS_GM_TEST_KUBERNETES_MINOR);
  if (Number.isNaN(given))
    throw new Error(
      `the server says it is ${String(version.gitVersion)}: add --minor N, the N of the Kubernetes 1.N it was built from`,
    );
  return given;
}

async function removeNamespace(api: Endpoint, namespace: string): Promise<void> {
  const path = `/api/v1/namespaces/${namespace}`;
  await call(api, 'DELETE', path);
  const until = Date.now() + GONE_WITHIN_MS;
  while ((await call(api, 'GET', path)).code !== 404) {
    if (Date.now() > until) {
      process.stdout.write(`namespace ${namespace} is empty and stays Terminating: no controller of namespaces runs\n`);
      return;
    }
    await pause(200);
  }
}

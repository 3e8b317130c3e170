import {
  AppsV1Api,
  CoordinationV1Api,
  CoreV1Api,
  KubeConfig,
  KubernetesObjectApi,
  Metrics,
  PatchStrategy,
  PolicyV1Api,
  setHeaderOptions,
  VersionApi,
  Watch,
} from '@kubernetes/client-node';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addBudget, addPod, type Served, served } from './hand-made-cluster.ts';

let at: Served;
let config: KubeConfig;
beforeEach(async () => {
  at = await served();
  config = new KubeConfig();
  config.loadFromClusterAndUser(
    { name: 'staging', server: at.api.vip, skipTLSVerify: true },
    { name: 'admin@staging' },
  );
});
afterEach(() => at.api.close());

const patchAs = (strategy: string) => setHeaderOptions('Content-Type', strategy);
/** Code and body of what a call was refused with. */
async function refusal(call: Promise<unknown>): Promise<{ code: number; body: Record<string, unknown> }> {
  try {
    await call;
  } catch (error) {
    const { code, body } = error as { code: number; body: string };
    return { code, body: JSON.parse(body) as Record<string, unknown> };
  }
  throw new Error('the call succeeded');
}

describe('@kubernetes/client-node', () => {
  it('reads nodes, pods in pages, versions', async () => {
    for (const name of ['a', 'b', 'c']) addPod(at.cluster, name);
    const core = config.makeApiClient(CoreV1Api);
    expect((await core.readNode({ name: 'w-1' })).status?.nodeInfo?.osImage).toBe('Talos (v1.12.11)');
    const first = await core.listPodForAllNamespaces({ limit: 2, fieldSelector: 'spec.nodeName=w-1' });
    const { _continue } = first.metadata ?? {};
    const second = await core.listPodForAllNamespaces({ limit: 2, ...(_continue === undefined ? {} : { _continue }) });
    expect([...first.items, ...second.items].map(pod => pod.metadata?.name)).toEqual(['a', 'b', 'c']);
    expect((await config.makeApiClient(VersionApi).getCode()).gitVersion).toBe('v1.35.4');
  });

  it('cordons and uncordons', async () => {
    const core = config.makeApiClient(CoreV1Api);
    const options = patchAs(PatchStrategy.StrategicMergePatch);
    const cordoned = await core.patchNode({ name: 'w-1', body: { spec: { unschedulable: true } } }, options);
    expect(cordoned.spec?.unschedulable).toBe(true);
    const freed = await core.patchNode({ name: 'w-1', body: { spec: { unschedulable: null } } }, options);
    expect(freed.spec?.unschedulable).toBeUndefined();
  });

  it('evicts with a UID, and is refused with the cause in the body', async () => {
    const { uid } = addPod(at.cluster, 'web-0').metadata;
    addPod(at.cluster, 'web-1');
    addBudget(at.cluster, 'web', { disruptionsAllowed: 1, currentHealthy: 3 });
    const core = config.makeApiClient(CoreV1Api);
    const evict = (name: string, preconditions = {}) =>
      core.createNamespacedPodEviction({
        name,
        namespace: 'default',
        body: { metadata: { name, namespace: 'default' }, deleteOptions: { preconditions } },
      });
    await evict('web-0', { uid });
    const { code, body } = await refusal(evict('web-1'));
    expect(code).toBe(429);
    expect(body.details).toMatchObject({ causes: [{ reason: 'DisruptionBudget' }] });
    expect((await refusal(evict('gone'))).code).toBe(404);
  });

  it('leases: created once, then replaced by version', async () => {
    const leases = config.makeApiClient(CoordinationV1Api);
    const namespace = 'kube-system';
    const body = { metadata: { name: 'containers-gm' }, spec: { holderIdentity: 'op-1' } };
    const lease = await leases.createNamespacedLease({ namespace, body });
    expect((await refusal(leases.createNamespacedLease({ namespace, body }))).body.reason).toBe('AlreadyExists');
    const { metadata } = lease;
    const next = { ...(metadata === undefined ? {} : { metadata }), spec: { holderIdentity: 'op-2' } };
    const taken = await leases.replaceNamespacedLease({ name: 'containers-gm', namespace, body: next });
    expect(taken.spec?.holderIdentity).toBe('op-2');
    const late = { ...next, spec: { holderIdentity: 'op-3' } };
    const refused = await refusal(leases.replaceNamespacedLease({ name: 'containers-gm', namespace, body: late }));
    expect(refused).toMatchObject({ code: 409, body: { reason: 'Conflict' } });
  });

  it('the other patches, scale, apply, budgets, metrics', async () => {
    const objects = KubernetesObjectApi.makeApiClient(config);
    const deployment = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', namespace: 'default' },
      spec: {
        replicas: 2,
        selector: { matchLabels: { app: 'web' } },
        template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
      },
    };
    await objects.patch(deployment, undefined, undefined, 'me', true, PatchStrategy.ServerSideApply);
    const apps = config.makeApiClient(AppsV1Api);
    const where = { name: 'web', namespace: 'default' };
    await apps.patchNamespacedDeployment({ ...where, body: [{ op: 'replace', path: '/spec/replicas', value: 3 }] });
    await apps.patchNamespacedDeploymentScale(
      { ...where, body: { spec: { replicas: 4 } } },
      patchAs(PatchStrategy.MergePatch),
    );
    expect((await apps.readNamespacedDeployment(where)).spec?.replicas).toBe(4);
    addBudget(at.cluster, 'web');
    const budgets = await config.makeApiClient(PolicyV1Api).listPodDisruptionBudgetForAllNamespaces();
    expect(budgets.items[0]?.status?.disruptionsAllowed).toBe(0);
    expect((await new Metrics(config).getNodeMetrics()).items).toHaveLength(4);
  });

  it('watches', async () => {
    const seen: string[] = [];
    const controller = await new Watch(config).watch(
      '/api/v1/pods',
      { allowWatchBookmarks: true, resourceVersion: String(at.cluster.store.resourceVersion) },
      (phase, object: { metadata: { name: string } }) => seen.push(`${phase} ${object.metadata.name}`),
      () => seen.push('done'),
    );
    addPod(at.cluster, 'a');
    at.cluster.store.remove('pods', 'default', 'a');
    await expect.poll(() => seen).toEqual(['ADDED a', 'DELETED a']);
    at.cluster.setServer('cp-1', false);
    await expect.poll(() => seen.at(-1)).toBe('done');
    controller.abort();
  });
});

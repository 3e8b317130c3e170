/** Workloads that fail, through real parts: a bad image is rolled back, memory that runs out is spread, and both are watched. */
import { describe, expect, it, vi } from 'vitest';
import { CLUSTER, type Home, homeForTest } from './division-home.ts';

const DEPLOYMENTS = 'apis/apps/v1/deployments';

interface Deployment {
  metadata: { namespace: string; name: string };
  spec: { replicas: number; template: { spec: { containers: { name: string; image: string }[] } } };
  status?: { unavailableReplicas?: number; updatedReplicas?: number };
}

async function api(home: Home, path: string, patch?: unknown): Promise<unknown> {
  const { clusters } = await home.simulation();
  const response = await fetch(`${clusters[CLUSTER]?.servers[0] ?? ''}/${path}`, {
    ...(patch !== undefined && {
      method: 'PATCH',
      body: JSON.stringify(patch),
      headers: { 'content-type': 'application/strategic-merge-patch+json' },
    }),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return response.json();
}

const pathOf = ({ metadata }: Deployment): string =>
  `apis/apps/v1/namespaces/${metadata.namespace}/deployments/${metadata.name}`;

async function anApplication(home: Home): Promise<Deployment> {
  const { items } = (await api(home, DEPLOYMENTS)) as { items: Deployment[] };
  const found = items.find(({ metadata, spec }) => metadata.namespace !== 'kube-system' && spec.replicas > 1);
  if (!found) throw new Error('the fleet has no application of several pods');
  return found;
}

async function mitigate(home: Home, { metadata }: Deployment) {
  const host = await home.host();
  const task = {
    playbook: 'workload_failure',
    cluster: CLUSTER,
    namespace: metadata.namespace,
    workload: metadata.name,
  };
  const plan = (await host.call('decompose_task', { task })).structured.plan as { plan_hash: string };
  const id = String((await host.call('execute_plan', { plan_hash: plan.plan_hash })).structured.operation_id);
  return { host, id };
}

const effectsOf = async (home: Home, id: string) =>
  (await home.journal(id)).flatMap(entry =>
    entry.kind === 'intent' && entry.step?.endsWith('/mitigate') ? [entry.effect] : [],
  );

describe('workload_failure', () => {
  it('R260, R263, R265: a bad image is rolled back, and it is over after ten minutes without a restart', async () => {
    const home = await homeForTest({ controlPlanes: 1, workers: 3 });
    await (await home.host()).call('cluster_health', {});
    const before = await anApplication(home);
    const [container] = before.spec.template.spec.containers;
    const containers = [{ name: container?.name, image: 'registry.example/web:no-such-tag' }];
    await api(home, pathOf(before), { spec: { template: { spec: { containers } } } });
    await vi.waitFor(
      async () =>
        expect(JSON.stringify(await api(home, `api/v1/namespaces/${before.metadata.namespace}/pods`))).toContain(
          'ImagePullBackOff',
        ),
      { timeout: 30_000, interval: 100 },
    );

    const { host, id } = await mitigate(home, before);
    const operation = await host.end(id, 'succeeded', 120_000);
    expect(await effectsOf(home, id)).toMatchObject([{ kind: 'rollback_workload' }]);
    const after = (await api(home, pathOf(before))) as Deployment;
    expect(after.spec.template.spec.containers[0]?.image).toBe(container?.image);
    const identified = operation.steps?.find(step => step.id.endsWith('/identify'));
    expect(identified?.result).toMatchObject({ causes: [{ cause: 'image_pull' }] });
    expect(JSON.stringify(operation.steps)).toContain('is stable');
  }, 150_000);

  it('R262, R264, R265: memory that runs out is named OOM; a crash in the window keeps the incident open', async () => {
    const home = await homeForTest({ controlPlanes: 1, workers: 3 });
    await (await home.host()).call('cluster_health', {});
    const workload = await anApplication(home);
    const { namespace, name } = workload.metadata;
    await home.fault({ kind: 'pod_crash_loop', namespace, pod: `${name}-*`, status: 137 });
    await vi.waitFor(
      async () => expect(JSON.stringify(await api(home, `api/v1/namespaces/${namespace}/pods`))).toContain('OOMKilled'),
      { timeout: 30_000, interval: 100 },
    );
    const { host, id } = await mitigate(home, workload);
    const operation = await host.end(id, 'failed', 120_000);
    expect(JSON.stringify(operation.steps?.find(step => step.id.endsWith('/identify'))?.result)).toContain('OOM');
    expect(await effectsOf(home, id)).toMatchObject([{ kind: 'scale_workload', replicas: workload.spec.replicas + 1 }]);
    expect(operation.stopped?.reason).toContain('monitor');
  }, 150_000);
});

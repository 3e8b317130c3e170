import { expect, it } from 'vitest';
import { CLUSTER, homeForTest } from './division-home.ts';

interface Suspect {
  namespace: string;
  workload: string;
}

it('R262: a crash loop on the fleet: it is listed, its exit code said, its events and log shown; a healthy node is healthy', async () => {
  const home = await homeForTest({ controlPlanes: 1 });
  const host = await home.host();
  const before = await host.call('investigate', { cluster: CLUSTER });
  expect(before.structured).toMatchObject({ simulated: true, suspects: [] });
  await home.fault({ kind: 'pod_crash_loop', namespace: 'kube-system', pod: 'coredns-*' });
  await expect
    .poll(async () => (await host.call('investigate', { cluster: CLUSTER })).structured.suspects, { timeout: 60_000 })
    .not.toEqual([]);
  const [suspect] = (await host.call('investigate', { cluster: CLUSTER })).structured.suspects as Suspect[];
  const { namespace, workload } = suspect ?? { namespace: '', workload: '' };
  expect(suspect).toMatchObject({ namespace: 'kube-system', workload: 'coredns', kind: 'Deployment' });
  const found = await host.call('investigate', { cluster: CLUSTER, namespace, workload });
  expect(found.structured).toMatchObject({
    simulated: true,
    name: `${namespace}/${workload}`,
    state: 'unhealthy',
    findings: [{ cause: 'crash_loop', message: expect.stringContaining('exit code 1') }],
    events: expect.arrayContaining([expect.objectContaining({ type: 'Warning', reason: 'BackOff' })]),
    logs: expect.arrayContaining([expect.objectContaining({ lines: expect.stringContaining('exited with code 1') })]),
  });
  expect(found.text).toContain('exit code 1');
  const node = await host.call('investigate', { cluster: CLUSTER, node: `${CLUSTER}-worker-1` });
  expect(node.structured).toMatchObject({ kind: 'Node', state: 'healthy' });
}, 180_000);

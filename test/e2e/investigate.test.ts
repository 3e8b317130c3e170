import { expect, it } from 'vitest';
import { CLUSTER, homeForTest } from './division-home.ts';

it('R262: a crash loop on the fleet: it is listed, its exit code said, its events and log shown; a healthy node is healthy', async () => {
  const home = await homeForTest({ controlPlanes: 1 });
  const host = await home.host();
  const suspects = async (): Promise<unknown> =>
    (await host.call('investigate', { cluster: CLUSTER })).structured.suspects;
  await expect.poll(suspects, { timeout: 60_000 }).toEqual([]);
  await home.fault({ kind: 'pod_crash_loop', namespace: 'kube-system', pod: 'coredns-*' });
  const coredns = { namespace: 'kube-system', workload: 'coredns' };
  await expect.poll(suspects).toEqual([expect.objectContaining({ ...coredns, kind: 'Deployment' })]);
  const look = async (at: Record<string, string>): Promise<Record<string, unknown>> => {
    const { structured, text } = await host.call('investigate', { cluster: CLUSTER, ...at });
    return { ...structured, text };
  };
  await expect
    .poll(() => look(coredns))
    .toMatchObject({
      text: expect.stringContaining('exit code 1'),
      simulated: true,
      name: 'kube-system/coredns',
      state: 'unhealthy',
      findings: [{ cause: 'crash_loop', message: expect.stringContaining('exit code 1') }],
      events: expect.arrayContaining([expect.objectContaining({ type: 'Warning', reason: 'BackOff' })]),
      logs: expect.arrayContaining([expect.objectContaining({ lines: expect.stringContaining('exited with code 1') })]),
    });
  const node = `${CLUSTER}-worker-1`;
  await expect.poll(() => look({ node })).toMatchObject({ kind: 'Node', state: 'healthy' });
}, 180_000);

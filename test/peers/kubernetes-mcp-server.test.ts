import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { installedVersion, missingBinary, openPeer, type Peer } from './peer.ts';
import { evictable, openRehearsal, type Rehearsal } from './rehearsal.ts';

const NAME = 'kubernetes-mcp-server';

describe('kubernetes-mcp-server 0.0.67', () => {
  let rehearsal: Rehearsal;
  let peer: Peer;
  const missing = missingBinary(NAME);

  beforeAll(async () => {
    rehearsal = await openRehearsal();
    if (missing === undefined) peer = await openPeer(NAME, { environment: rehearsal.environment });
  });
  afterAll(async () => {
    if (missing === undefined) await peer.close();
    await rehearsal.close();
  });
  beforeEach(context => context.skip(missing !== undefined, missing));

  const node = (name: string) => rehearsal.cluster.store.get('nodes', undefined, name);
  const cordon = (name: string, unschedulable: boolean) =>
    peer.call('resources_create_or_update', {
      resource: JSON.stringify({ apiVersion: 'v1', kind: 'Node', metadata: { name }, spec: { unschedulable } }),
    });
  const listedNodes = async (): Promise<Record<string, unknown>[]> => {
    const { structured } = await peer.call('resources_list', { apiVersion: 'v1', kind: 'Node' });
    return structured.items as Record<string, unknown>[];
  };

  it('is the pinned version, and has nothing that evicts or drains', async () => {
    expect(installedVersion(NAME)).toBe('0.0.67');
    const names = await peer.toolNames();
    expect(names).toEqual(expect.arrayContaining(['pods_list', 'resources_get', 'resources_scale']));
    expect(names.filter(name => /evict|drain/.test(name))).toEqual([]);
  });

  it('lists nodes and pods', async () => {
    const nodes = await listedNodes();
    expect(nodes.map(({ Name }) => String(Name)).sort()).toEqual([...rehearsal.cluster.machines.keys()].sort());
    expect(nodes.map(({ Status }) => Status)).toEqual(nodes.map(() => 'Ready'));
    const pods = await peer.call('pods_list');
    for (const { metadata } of rehearsal.cluster.store.list('pods')) expect(pods.text).toContain(metadata.name);
  });

  it('reads a node, a log, usage and events', async () => {
    const { busyWorker, cluster } = rehearsal;
    const read = await peer.call('resources_get', { apiVersion: 'v1', kind: 'Node', name: busyWorker });
    expect(read.structured).toMatchObject({ status: { nodeInfo: { kubeletVersion: cluster.kubernetesVersion } } });
    const [pod] = evictable(cluster, busyWorker);
    const { name, namespace } = pod?.metadata ?? {};
    expect((await peer.call('pods_log', { name, namespace, tail: 1 })).text).toContain('simulated');
    expect((await peer.call('nodes_top', {})).text).toContain(busyWorker);
    expect((await peer.call('events_list')).isError).toBe(false);
    const none = await peer.call('resources_get', { apiVersion: 'v1', kind: 'Node', name: 'nothing' });
    expect(none).toMatchObject({ isError: true, text: expect.stringContaining('"nothing" not found') as string });
  });

  it('scales a Deployment', async () => {
    const { name, namespace } = rehearsal.deployment.metadata;
    const scaled = await peer.call('resources_scale', {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      name,
      namespace,
      scale: 4,
    });
    expect(scaled.isError).toBe(false);
    const status = () => rehearsal.cluster.store.get('deployments.apps', namespace, name)?.status;
    await expect.poll(status, { timeout: 20_000 }).toMatchObject({ replicas: 4, readyReplicas: 4 });
  });

  it('cordons and uncordons by apply, and no pod leaves', async () => {
    const { busyWorker, cluster } = rehearsal;
    const before = evictable(cluster, busyWorker).length;
    expect((await cordon(busyWorker, true)).isError).toBe(false);
    expect(node(busyWorker)?.spec).toMatchObject({ unschedulable: true });
    const status = (await listedNodes()).find(({ Name }) => Name === busyWorker)?.Status;
    expect(status).toBe('Ready,SchedulingDisabled');
    expect(evictable(cluster, busyWorker)).toHaveLength(before);
    expect(cluster.ledger.report().evictions_accepted).toBe(0);
    expect((await cordon(busyWorker, false)).isError).toBe(false);
    expect(node(busyWorker)?.spec).not.toMatchObject({ unschedulable: true });
  });
});

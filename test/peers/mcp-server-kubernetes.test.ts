import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { kubectlBinaries } from '../simulation/kubernetes-api/kubectl-binaries.ts';
import { installedVersion, openPeer, type Peer } from './peer.ts';
import { evictable, openRehearsal, type Rehearsal } from './rehearsal.ts';

const NAME = 'mcp-server-kubernetes';
const NO_KUBECTL =
  "it calls kubectl, and none is on this machine: apt-get install kubernetes-client (Debian's), then run again";

/** What drains: the peer's own node_management names the deprecated --delete-local-data. */
const drain = (node: string, timeout: string) => ({
  command: 'drain',
  args: [node, '--ignore-daemonsets', '--delete-emptydir-data', `--timeout=${timeout}`],
});

describe('mcp-server-kubernetes 4.1.7', () => {
  let rehearsal: Rehearsal;
  let peer: Peer;
  const hasKubectl = kubectlBinaries().length > 0;

  beforeAll(async () => {
    rehearsal = await openRehearsal();
    if (hasKubectl) peer = await openPeer(NAME, { environment: rehearsal.environment });
  });
  afterAll(async () => {
    if (hasKubectl) await peer.close();
    await rehearsal.close();
  });
  beforeEach(context => context.skip(!hasKubectl, NO_KUBECTL));

  const node = (name: string) => rehearsal.cluster.store.get('nodes', undefined, name);
  const uncordon = (name: string) =>
    peer.call('kubectl_patch', {
      resourceType: 'node',
      name,
      patchType: 'strategic',
      patchData: { spec: { unschedulable: false } },
    });

  it('is the pinned version', async () => {
    expect(installedVersion(NAME)).toBe('4.1.7');
    expect(await peer.toolNames()).toEqual(
      expect.arrayContaining(['kubectl_get', 'kubectl_generic', 'kubectl_scale', 'node_management']),
    );
  });

  it('lists nodes and the pods of every namespace', async () => {
    const nodes = await peer.call('kubectl_get', { resourceType: 'nodes', output: 'name' });
    expect(nodes.isError).toBe(false);
    for (const name of rehearsal.cluster.machines.keys()) expect(nodes.text).toContain(`node/${name}`);
    const pods = await peer.call('kubectl_get', { resourceType: 'pods', allNamespaces: true, output: 'json' });
    const { items } = JSON.parse(pods.text) as { items: { name: string; namespace: string }[] };
    const stored = rehearsal.cluster.store.list('pods').map(({ metadata }) => metadata.name);
    expect(items.map(({ name }) => name).sort()).toEqual(stored.sort());
  });

  it('reads a node, its description and the log of a pod', async () => {
    const { busyWorker } = rehearsal;
    const read = await peer.call('kubectl_get', { resourceType: 'node', name: busyWorker, output: 'yaml' });
    expect(read.text).toContain(`kubeletVersion: ${rehearsal.cluster.kubernetesVersion}`);
    const described = await peer.call('kubectl_describe', { resourceType: 'node', name: busyWorker });
    expect(described.text).toMatch(/Allocated resources:/);
    const [pod] = evictable(rehearsal.cluster, busyWorker);
    const { name, namespace } = pod?.metadata ?? {};
    const log = await peer.call('kubectl_logs', { resourceType: 'pod', name, namespace, tail: 1 });
    expect(log).toMatchObject({ isError: false, text: expect.stringContaining('simulated') as string });
    const missing = await peer.call('kubectl_get', { resourceType: 'node', name: 'nothing', output: 'json' });
    expect(missing).toMatchObject({ isError: true, text: expect.stringContaining('not found') as string });
  });

  it('scales a Deployment', async () => {
    const { name, namespace } = rehearsal.deployment.metadata;
    const scaled = await peer.call('kubectl_scale', { resourceType: 'deployment', name, namespace, replicas: 4 });
    expect(scaled.isError).toBe(false);
    const ready = () => rehearsal.cluster.store.get('deployments.apps', namespace, name)?.status;
    await expect.poll(ready, { timeout: 20_000 }).toMatchObject({ replicas: 4, readyReplicas: 4 });
  });

  it('drains a node through kubectl_generic: cordoned, and every pod of a ReplicaSet evicted', async () => {
    const { cluster, busyWorker } = rehearsal;
    const before = evictable(cluster, busyWorker);
    expect(before.length).toBeGreaterThan(0);
    const drained = await peer.call('kubectl_generic', drain(busyWorker, '60s'));
    expect(drained).toMatchObject({ isError: false, text: expect.stringContaining('drained') as string });
    expect(node(busyWorker)?.spec).toMatchObject({ unschedulable: true });
    expect(evictable(cluster, busyWorker)).toEqual([]);
    const evicted = Object.keys(cluster.ledger.report().evictions_by_pod_uid);
    expect(evicted.sort()).toEqual(before.map(({ metadata }) => metadata.uid).sort());
    expect((await uncordon(busyWorker)).isError).toBe(false);
    expect(node(busyWorker)?.spec).not.toMatchObject({ unschedulable: true });
  });

  it('is refused by a budget, and says so', async () => {
    const { cluster, busyWorker } = rehearsal;
    const { name, namespace } = rehearsal.deployment.metadata;
    const where = { nodeSelector: { 'kubernetes.io/hostname': busyWorker } };
    const pinned = await peer.call('kubectl_patch', {
      resourceType: 'deployment',
      name,
      namespace,
      patchData: { spec: { template: { spec: where } } },
    });
    expect(pinned.isError).toBe(false);
    const onlyThere = (): boolean => {
      const owned = cluster.store.list('pods', namespace).filter(pod => pod.metadata.name.startsWith(`${name}-`));
      return owned.length === 4 && owned.every(pod => (pod.spec as { nodeName?: string }).nodeName === busyWorker);
    };
    await expect.poll(onlyThere, { timeout: 30_000 }).toBe(true);
    const budget = {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'all', namespace },
      spec: { minAvailable: 4, selector: (rehearsal.deployment.spec as { selector: object }).selector },
    };
    const applied = await peer.call('kubectl_apply', { manifest: JSON.stringify(budget), namespace });
    expect(applied.isError).toBe(false);
    const refused = await peer.call('kubectl_generic', drain(busyWorker, '8s'));
    expect(refused).toMatchObject({ isError: true, text: expect.stringMatching(/disruption budget/) as string });
    expect(cluster.ledger.report()).toMatchObject({ pdb_violations: 0 });
    expect(cluster.ledger.report().evictions_refused).toBeGreaterThan(0);
  });

  it('its own drain of a node that is cordoned already succeeds and evicts nothing', async () => {
    const { cluster, busyWorker } = rehearsal;
    expect(node(busyWorker)?.spec).toMatchObject({ unschedulable: true });
    const accepted = cluster.ledger.report().evictions_accepted;
    const given = { operation: 'drain', nodeName: busyWorker, confirmDrain: true };
    const { isError, text } = await peer.call('node_management', given);
    expect([isError, text]).toEqual([false, expect.stringContaining('may not be necessary')]);
    expect(cluster.ledger.report().evictions_accepted).toBe(accepted);
    expect(evictable(cluster, busyWorker)).not.toEqual([]);
  });
});

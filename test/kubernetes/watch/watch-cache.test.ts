import { describe, expect, test } from 'vitest';
import { addBudget, addPod } from '../../simulation/kubernetes-api/hand-made-cluster.ts';
import { NOW, never } from '../cluster-fixture.ts';
import { eventually, podNames, settled, watched } from './watch-fixture.ts';

describe('the watch cache', () => {
  test('knows what a direct look shows, and asks nothing more for it', async () => {
    const { cluster, connection } = await watched({
      prepare: made => {
        for (let pod = 0; pod < 600; pod += 1) addPod(made, `web-${pod}`);
        addBudget(made, 'web');
      },
    });
    const facts = await settled({ connection });
    expect(facts.pods).toHaveLength(600);
    expect(facts.nodes).toHaveLength(4);
    expect(facts.asOf).toBe(NOW);
    const before = cluster.ledger.requests;
    for (let look = 0; look < 100; look += 1) connection.watch.facts();
    expect(cluster.ledger.requests).toBe(before);
  });

  test('follows what comes, changes and goes', async () => {
    const { cluster, connection } = await watched();
    await settled({ connection });
    addPod(cluster, 'new');
    await eventually(() => podNames(connection.watch.facts()).includes('new') || undefined);
    const pod = cluster.store.get('pods', 'default', 'new');
    if (pod === undefined) throw new Error('no pod');
    cluster.store.replace('pods', { ...pod, status: { phase: 'Failed' } });
    await eventually(() => connection.watch.facts()?.pods.some(({ phase }) => phase === 'Failed') || undefined);
    cluster.store.remove('pods', 'default', 'new');
    await eventually(() => (connection.watch.facts()?.pods.length === 0 ? true : undefined));
  });

  test('tells which pods hold data on their node by the volumes as they are now', async () => {
    const { cluster, connection } = await watched();
    await settled({ connection });
    const pod = addPod(cluster, 'db');
    cluster.store.replace('pods', {
      ...pod,
      spec: { ...(pod.spec as object), volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data-db' } }] },
    });
    expect((await settled({ connection })).pods[0]?.hasLocalVolume).toBe(false);
    cluster.store.create('persistentvolumes', {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: 'pv-1' },
      spec: { local: { path: '/data' }, claimRef: { namespace: 'default', name: 'data-db' } },
    });
    expect((await settled({ connection })).pods[0]?.hasLocalVolume).toBe(true);
  });

  test('sends nothing until it is held, and nothing after the last hold is let go', async () => {
    const { cluster, connection, release } = await watched();
    await settled({ connection });
    const releaseSecond = connection.watch.hold();
    release();
    expect(connection.watch.facts()).toBeDefined();
    releaseSecond();
    expect(connection.watch.facts()).toBeUndefined();
    const before = cluster.ledger.requests;
    addPod(cluster, 'unseen');
    await connection.reader.identity(never());
    expect(cluster.ledger.requests).toBe(before + 1);
    const releaseThird = connection.watch.hold();
    expect(podNames(await settled({ connection }))).toEqual(['unseen']);
    releaseThird();
  });

  test('closing the connection ends it', async () => {
    const { connection } = await watched();
    await settled({ connection });
    connection.close();
    expect(connection.watch.facts()).toBeUndefined();
  });
});

describe('a look around one node', () => {
  test('shows the node, its pods, budgets and attachments as they are, though the watch does not know yet', async () => {
    const { cluster, connection } = await watched({
      prepare: made => {
        addPod(made, 'here', { node: 'w-1' });
        addPod(made, 'elsewhere', { node: 'w-2' });
        addBudget(made, 'web', { disruptionsAllowed: 1 });
      },
    });
    await settled({ connection });
    cluster.faults.arm({ kind: 'api_stale_watch' });
    addPod(cluster, 'late', { node: 'w-1' });
    cluster.store.remove('pods', 'default', 'here');
    const node = cluster.store.get('nodes', undefined, 'w-1');
    if (node === undefined) throw new Error('no node');
    cluster.store.replace('nodes', { ...node, spec: { unschedulable: true } });
    cluster.store.remove('poddisruptionbudgets.policy', 'default', 'web');
    expect(podNames(connection.watch.facts())).toEqual(['elsewhere', 'here']);
    const around = await connection.watch.around('w-1', never());
    expect(podNames(around)).toEqual(['elsewhere', 'late']);
    expect(around?.nodes.find(({ name }) => name === 'w-1')?.unschedulable).toBe(true);
    expect(around?.budgets).toEqual([]);
    cluster.faults.clear();
    expect(podNames(await settled({ connection }))).toEqual(['elsewhere', 'late']);
  });

  test('shows cluster DNS elsewhere as it is when a pod of it is on the node, and asks for it only then', async () => {
    const dns = { namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } };
    const { cluster, connection } = await watched({
      prepare: made => {
        addPod(made, 'dns-1', { ...dns, node: 'w-1' });
        addPod(made, 'dns-2', { ...dns, node: 'w-2' });
      },
    });
    await settled({ connection });
    cluster.faults.arm({ kind: 'api_stale_watch' });
    cluster.store.remove('pods', 'kube-system', 'dns-2');
    const before = cluster.ledger.requests;
    expect(podNames(await connection.watch.around('w-1', never()))).toEqual(['dns-1']);
    expect(cluster.ledger.requests - before).toBe(5);
    expect(podNames(await connection.watch.around('cp-1', never()))).toEqual(['dns-1', 'dns-2']);
    expect(cluster.ledger.requests - before).toBe(9);
  });

  test('a node that is not there is not in it; without a current cache there is no look', async () => {
    const { connection, release } = await watched();
    await settled({ connection });
    const around = await connection.watch.around('gone', never());
    expect(around?.nodes.map(({ name }) => name).sort()).toEqual(['cp-1', 'cp-2', 'w-1', 'w-2']);
    await expect(connection.watch.around('../x', never())).rejects.toMatchObject({ code: 'INPUT_INVALID' });
    release();
    expect(await connection.watch.around('w-1', never())).toBeUndefined();
  });

  test('its error is what the caller sees', async () => {
    const { cluster, connection } = await watched();
    await settled({ connection });
    cluster.faults.arm({ kind: 'api_5xx', verb: 'list', resource: 'pods', count: null });
    await expect(connection.watch.around('w-1', never())).rejects.toMatchObject({ code: 'KUBERNETES_UNAVAILABLE' });
  });
});

import { expect, onTestFinished, test } from 'vitest';
import type { Readings } from '../../src/decisions/upgrade-turn.ts';
import { type ReceiptFacts, unknownMachine } from '../../src/model/facts.ts';
import { confirm, observe } from '../../src/operations/observe.ts';
import type { ClusterPorts, ContractorReader } from '../../src/ports.ts';
import { clusterConfig, never } from '../kubernetes/cluster-fixture.ts';
import { podNames, settled, watched } from '../kubernetes/watch/watch-fixture.ts';
import { noMachineReads } from '../ports/no-machines.ts';
import { addPod } from '../simulation/kubernetes-api/hand-made-cluster.ts';

const silent = (): Promise<never> => Promise.reject(new Error('nobody asks Talos here'));
const talos: ContractorReader = {
  ...noMachineReads,
  cluster: 'staging',
  contractor: 'talos',
  capabilities: silent,
  machine: silent,
  etcd: async ({ address }) => ({ address, members: undefined, status: undefined, alarms: undefined, error: 'silent' }),
  attempt: silent,
  usage: { calls: 0, failures: 0 },
};

const draining: Readings = {
  cluster: 'staging',
  kubernetes: 'cluster',
  servers: false,
  node: 'w-1',
  machines: [],
  etcd: false,
  attemptId: undefined,
  machinesOnceEnded: false,
  preflight: false,
  mayBeWatched: true,
};
const booting: Readings = { ...draining, kubernetes: 'node' };
const options = { now: () => 0, signal: never(), mayBeWatched: true, preflight: silent };

/** A cluster whose cache is current and whose requests are counted. */
async function watching() {
  const { cluster, connection, release } = await watched({ prepare: made => void addPod(made, 'here') });
  await settled({ connection });
  const config = clusterConfig({ kubeconfig: '', context: '', servers: [] }, 'operate');
  const ports: ClusterPorts = {
    config,
    kubernetes: connection.reader,
    watch: connection.watch,
    workloads: connection.workloads.reader,
    talos,
  };
  onTestFinished(release);
  const requestsOf = async <T>(look: Promise<T>): Promise<{ seen: T; requests: number }> => {
    const before = cluster.ledger.requests;
    const seen = await look;
    return { seen, requests: cluster.ledger.requests - before };
  };
  return { cluster, ports, release, requestsOf };
}

test('waiting for a drain and for a boot asks nothing of the cluster', async () => {
  const { ports, requestsOf } = await watching();
  const drain = await requestsOf(observe(ports, draining, options));
  expect(drain).toMatchObject({ requests: 0, seen: { isWatched: true, node: { name: 'w-1' } } });
  expect(podNames(drain.seen.cluster)).toEqual(['here']);
  const boot = await requestsOf(observe(ports, booting, options));
  expect(boot).toMatchObject({ requests: 0, seen: { isWatched: true, node: { name: 'w-1' } } });
  expect(boot.seen.cluster).toBeUndefined();
});

test('what is decided about one node is read: four requests, whatever the cache believes', async () => {
  const { cluster, ports, requestsOf } = await watching();
  cluster.faults.arm({ kind: 'api_stale_watch' });
  addPod(cluster, 'late');
  const watchedSeen = await observe(ports, draining, options);
  expect(podNames(watchedSeen.cluster)).toEqual(['here']);
  const { seen, requests } = await requestsOf(confirm(ports, draining, watchedSeen, options));
  expect(podNames(seen.cluster)).toEqual(['here', 'late']);
  expect(seen.isWatched).toBeUndefined();
  expect(requests).toBe(4);
});

test('quorum, and a stage that wants no cache, are read whole', async () => {
  const { ports, requestsOf } = await watching();
  const quorum = await requestsOf(
    confirm(ports, { ...draining, etcd: true }, await observe(ports, draining, options), options),
  );
  expect(quorum.seen.cluster?.servers).toHaveLength(2);
  const gate = await requestsOf(observe(ports, { ...draining, node: undefined, mayBeWatched: false }, options));
  expect(gate.seen.isWatched).toBeUndefined();
  expect(gate.seen.cluster?.servers).toHaveLength(2);
  expect(gate.requests).toBe(quorum.requests);
});

test('no machine is asked while the receipt says that its talosctl runs, and again once it has ended', async () => {
  const { ports } = await watching();
  const asked: string[] = [];
  let receipt: ReceiptFacts = { state: 'running', startedAt: 'then' };
  const withReceipts: ContractorReader = {
    ...talos,
    attempt: async () => receipt,
    machine: async ({ address }) => {
      asked.push(address);
      return unknownMachine(address, 'silent');
    },
  };
  const look = (machinesOnceEnded: boolean) =>
    observe(
      { ...ports, talos: withReceipts },
      {
        ...draining,
        machines: [{ node: 'w-1', address: '10.0.0.9', parts: ['version'] }],
        attemptId: 'attempt-1',
        machinesOnceEnded,
      },
      options,
    );
  const running = await look(true);
  expect([asked, running.receipt, running.machines.size]).toEqual([[], receipt, 0]);
  receipt = { state: 'lost', startedAt: 'then' };
  expect((await look(true)).machines.size).toBe(1);
  receipt = { state: 'running', startedAt: 'then' };
  expect((await look(false)).machines.size).toBe(1);
  expect(asked).toHaveLength(2);
});

test('a cache that is not current answers nothing: the cluster is asked, and its error is seen', async () => {
  const { cluster, ports, release } = await watching();
  release();
  expect((await observe(ports, draining, options)).isWatched).toBeUndefined();
  for (const node of ['cp-1', 'cp-2']) cluster.setServer(node, false);
  expect(await observe(ports, draining, options)).toMatchObject({ unavailable: { code: 'KUBERNETES_UNAVAILABLE' } });
});

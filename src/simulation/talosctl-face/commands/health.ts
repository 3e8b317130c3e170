import type { SimCluster } from '../../world/cluster.ts';
import { isCordoned } from '../../world/controllers/node-fit.ts';
import { isReady } from '../../world/pods.ts';
import { durationMs, textOf } from '../argv.ts';
import { TalosctlFailure } from '../failure.ts';
import type { Command } from '../run.ts';

interface Check {
  name: string;
  /** What is wrong now; undefined when all is well. */
  problem: (cluster: SimCluster) => string | undefined;
}

const list = (names: readonly string[]): string => `[${names.map(name => JSON.stringify(name)).join(' ')}]`;
const errors = (lines: readonly string[]): string =>
  `${lines.length} error${lines.length === 1 ? '' : 's'} occurred:\n${lines.map(line => `\t* ${line}`).join('\n')}`;

const machines = (cluster: SimCluster) => [...cluster.machines.values()];
const controlPlanes = (cluster: SimCluster) => machines(cluster).filter(machine => machine.role === 'controlplane');
const nodes = (cluster: SimCluster) => cluster.store.list('nodes');
const labelled = (cluster: SimCluster, label: string, value: string) =>
  cluster.store.list('pods', 'kube-system').filter(pod => pod.metadata.labels?.[label] === value);

function etcdHealthy(cluster: SimCluster): string | undefined {
  const ailing = controlPlanes(cluster).filter(machine => !cluster.etcd.answers(machine.name));
  if (ailing.length === 0) return undefined;
  return errors(
    ailing.map(({ ip, etcd_runs: runs }) =>
      runs
        ? `${ip}: service is not healthy: etcd`
        : `${ip}: service "etcd" not in expected state "Running": current state [Preparing] Running pre state`,
    ),
  );
}

const kubeletHealthy = (cluster: SimCluster): string | undefined => {
  const stopped = machines(cluster).filter(machine => !machine.kubelet_runs);
  return stopped.length === 0 ? undefined : errors(stopped.map(({ ip }) => `${ip}: service is not healthy: kubelet`));
};

function bootsFinished(cluster: SimCluster): string | undefined {
  const busy = machines(cluster).filter(machine => machine.stage !== 'running');
  return busy.length === 0
    ? undefined
    : errors(busy.map(({ ip, stage }) => `${ip}: expected stage "running", got "${stage}"`));
}

function podsReady(cluster: SimCluster, label: string, value: string): string | undefined {
  const unready = labelled(cluster, label, value).filter(pod => !isReady(pod));
  return unready.length === 0 ? undefined : `some pods are not ready: ${list(unready.map(pod => pod.metadata.name))}`;
}

const none = (): undefined => undefined;

/** Order and names of talosctl's checks (contractors.md 3.2). */
const CHECKS: readonly Check[] = [
  { name: 'etcd to be healthy', problem: etcdHealthy },
  { name: 'etcd members to be consistent across nodes', problem: none },
  { name: 'etcd members to be control plane nodes', problem: none },
  { name: 'apid to be ready', problem: none },
  { name: 'all nodes memory sizes', problem: none },
  { name: 'all nodes disk sizes', problem: none },
  { name: 'no diagnostics', problem: none },
  { name: 'kubelet to be healthy', problem: kubeletHealthy },
  { name: 'all nodes to finish boot sequence', problem: bootsFinished },
  {
    name: 'all k8s nodes to report',
    problem: cluster => {
      const missing = machines(cluster).filter(({ name }) => !nodes(cluster).some(node => node.metadata.name === name));
      return missing.length === 0
        ? undefined
        : `can't find expected node with IPs ${list(missing.map(({ ip }) => ip))}`;
    },
  },
  {
    name: 'all control plane static pods to be running',
    problem: cluster => {
      const lacking = controlPlanes(cluster).find(
        ({ name }) => cluster.store.get('pods', 'kube-system', `kube-apiserver-${name}`) === undefined,
      );
      return lacking === undefined
        ? undefined
        : `missing static pods on node ${lacking.ip}: [kube-system/kube-apiserver]`;
    },
  },
  { name: 'all control plane components to be ready', problem: cluster => podsReady(cluster, 'tier', 'control-plane') },
  {
    name: 'all k8s nodes to report ready',
    problem: cluster => {
      const unready = nodes(cluster).filter(node => !isReady(node));
      return unready.length === 0
        ? undefined
        : `some nodes are not ready: ${list(unready.map(node => node.metadata.name))}`;
    },
  },
  { name: 'kube-proxy to report ready', problem: cluster => podsReady(cluster, 'k8s-app', 'kube-proxy') },
  { name: 'coredns to report ready', problem: cluster => podsReady(cluster, 'app', 'coredns') },
  {
    name: 'all k8s nodes to report schedulable',
    problem: cluster => {
      const cordoned = nodes(cluster).filter(isCordoned);
      return cordoned.length === 0
        ? undefined
        : `some nodes are not schedulable: ${list(cordoned.map(node => node.metadata.name))}`;
    },
  },
];

const POLL_MS = 2_000;
const TWENTY_MINUTES_MS = 1_200_000;

/** `talosctl health`: everything on stderr, also when all is well. */
export const health: Command = {
  path: 'health',
  flags: [
    { name: 'wait-timeout', type: 'duration' },
    { name: 'server', type: 'bool' },
    { name: 'control-plane-nodes', type: 'list' },
    { name: 'worker-nodes', type: 'list' },
    { name: 'init-node', type: 'text' },
    { name: 'k8s-endpoint', type: 'text' },
    { name: 'run-e2e', type: 'bool' },
  ],
  async run(run) {
    const { cluster } = await run.single();
    const deadline = cluster.now() + (durationMs(textOf(run.values, 'wait-timeout') ?? '20m') ?? TWENTY_MINUTES_MS);
    run.sink.err(`discovered nodes: ${list(machines(cluster).map(({ ip }) => ip))}\n`);
    for (const { name, problem } of CHECKS) {
      run.sink.err(`waiting for ${name}: ...\n`);
      let said: string | undefined;
      for (let found = problem(cluster); found !== undefined; found = problem(cluster)) {
        if (found !== said) run.sink.err(`waiting for ${name}: ${found}\n`);
        said = found;
        if (cluster.now() >= deadline) {
          throw new TalosctlFailure(
            'healthcheck error: rpc error: code = DeadlineExceeded desc = context deadline exceeded',
          );
        }
        await run.sleep(cluster, POLL_MS);
      }
      run.sink.err(`waiting for ${name}: OK\n`);
    }
  },
};

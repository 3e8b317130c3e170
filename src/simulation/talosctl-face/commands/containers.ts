import { asText } from '../../kubernetes-api/json.ts';
import type { SimCluster } from '../../world/cluster.ts';
import type { Machine } from '../../world/machine.ts';
import { containersOf, isFinished, phaseOf } from '../../world/pods.ts';
import { sha256Hex, spreadOf } from '../../world/random.ts';
import type { Flag } from '../argv.ts';
import { isOn } from '../argv.ts';
import type { Command, Run } from '../run.ts';
import { table } from '../table.ts';

const FLAGS: readonly Flag[] = [
  { name: 'kubernetes', short: 'k', type: 'bool' },
  { name: 'use-cri', type: 'bool' },
];

interface Container {
  namespace: string;
  id: string;
  isInPod: boolean;
  image: string;
  status: string;
}

const PAUSE = 'registry.k8s.io/pause:3.10';

/** Sandboxes and containers of the pods that run on a machine, by id. */
function podContainers(cluster: SimCluster, machine: Machine): Container[] {
  if (!machine.kubelet_runs) return [];
  const pods = cluster.pods.onNode(machine.name).filter(pod => phaseOf(pod) === 'Running' && !isFinished(pod));
  return pods
    .flatMap(pod => {
      const id = `${pod.metadata.namespace}/${pod.metadata.name}`;
      const namespace = 'k8s.io';
      const inside = containersOf(pod).map(container => ({
        namespace,
        id: `${id}:${asText(container.name)}:${sha256Hex(`${pod.metadata.uid} ${asText(container.name)}`).slice(0, 12)}`,
        isInPod: true,
        image: asText(container.image),
        status: 'CONTAINER_RUNNING',
      }));
      return [{ namespace, id, isInPod: false, image: PAUSE, status: 'SANDBOX_READY' }, ...inside];
    })
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}

function systemContainers(machine: Machine): Container[] {
  const names = ['apid', ...(machine.role === 'controlplane' ? ['trustd'] : [])];
  return names.map(id => ({ namespace: 'system', id, isInPod: false, image: '', status: 'RUNNING' }));
}

const containersFor = (run: Run, cluster: SimCluster, machine: Machine): Container[] =>
  isOn(run.values, 'kubernetes', false) ? podContainers(cluster, machine) : systemContainers(machine);

const shown = ({ id, isInPod }: Container): string => (isInPod ? `└─ ${id}` : id);

/** `talosctl containers [-k]` (contractors.md 3.6). */
export const containers: Command = {
  path: 'containers',
  aliases: ['c'],
  flags: FLAGS,
  async run(run) {
    const answers = await run.each('error getting container list: ', ({ cluster, machine }) =>
      containersFor(run, cluster, machine).map(container => [
        container.namespace,
        shown(container),
        container.image,
        String(spreadOf(`pid ${machine.boot_id} ${container.id}`, 1_800, 9_900)),
        container.status,
      ]),
    );
    const rows = answers.flatMap(({ address, answer }) => answer.map(row => [address, ...row]));
    run.sink.out(table([['NODE', 'NAMESPACE', 'ID', 'IMAGE', 'PID', 'STATUS'], ...rows]));
  },
};

/** `talosctl stats [-k]`: memory in MB, cpu in nanoseconds since the container's start. */
export const stats: Command = {
  path: 'stats',
  flags: FLAGS,
  async run(run) {
    const answers = await run.each('error getting stats: ', ({ cluster, machine }) =>
      containersFor(run, cluster, machine).map(container => {
        const megabytes = spreadOf(`memory ${container.id}`, 1_000, 90_000) / 1_000;
        const share = spreadOf(`cpu ${container.id}`, 1, 40) / 1_000;
        const cpu = Math.round((cluster.now() - machine.booted_ms) * share) * 1_000_000;
        return [container.namespace, shown(container), megabytes.toFixed(2), String(cpu)];
      }),
    );
    const rows = answers.flatMap(({ address, answer }) => answer.map(row => [address, ...row]));
    run.sink.out(table([['NODE', 'NAMESPACE', 'ID', 'MEMORY(MB)', 'CPU'], ...rows]));
  },
};

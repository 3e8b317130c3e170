import type { SimCluster } from '../../world/cluster.ts';
import type { Machine } from '../../world/machine.ts';
import { notSimulated, rpcError, TalosctlFailure } from '../failure.ts';
import type { Command } from '../run.ts';
import { table } from '../table.ts';

interface Service {
  id: string;
  state: string;
  health: string;
  event: string;
}

const running = (id: string, isProbed = true): Service => ({
  id,
  state: 'Running',
  health: isProbed ? 'OK' : '?',
  event: isProbed ? 'Health check successful' : 'Started task',
});

const finished = (id: string): Service => ({
  id,
  state: 'Finished',
  health: '?',
  event: 'Service finished successfully',
});
const preparing = (id: string): Service => ({ id, state: 'Preparing', health: '?', event: 'Running pre state' });

/** Members that were removed but keep their data fail for good; one without data waits to join. */
function stoppedEtcd(cluster: SimCluster, machine: Machine, other: (id: string) => Service): Service {
  const isRemoved = machine.etcd_is_empty !== true && cluster.etcd.memberOf(machine.name) === undefined;
  if (!isRemoved) return machine.etcd_is_empty === true ? preparing('etcd') : other('etcd');
  return {
    id: 'etcd',
    state: 'Failed',
    health: 'Fail',
    event: 'the member has been permanently removed from the cluster',
  };
}

const maintenanceServices = (): Service[] => ['apid', 'containerd', 'machined', 'udevd'].map(id => running(id));

/** The services of a machine as its present stage has them, by name. */
export function servicesOf(cluster: SimCluster, machine: Machine): Service[] {
  const isStopping = machine.sequence !== undefined && !machine.kubelet_runs;
  const other = isStopping ? finished : preparing;
  const services = [
    running('apid'),
    running('containerd'),
    running('cri'),
    running('machined'),
    running('syslogd'),
    running('udevd'),
  ];
  services.push(running('auditd'), running('dashboard', false));
  if (machine.stage === 'maintenance') return maintenanceServices();
  const kubeletUp = machine.kubelet_runs && machine.kubelet_pending === undefined;
  services.push(kubeletUp ? running('kubelet') : other('kubelet'));
  if (machine.role === 'controlplane') {
    services.push(running('trustd'), machine.etcd_runs ? running('etcd') : stoppedEtcd(cluster, machine, other));
    if (machine.etcd_runs && !cluster.etcd.answers(machine.name)) {
      services.splice(-1, 1, {
        id: 'etcd',
        state: 'Running',
        health: 'Fail',
        event: 'Health check failed: context deadline exceeded',
      });
    }
  }
  for (const { name } of cluster.schematics[machine.running.schematic] ?? []) {
    if (name === 'iscsi-tools') services.push(running('ext-iscsid', false));
  }
  return services.sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** Go's duration, rounded to seconds. */
export function ago(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60), seconds % 60];
  return `${hours > 0 ? `${hours}h` : ''}${hours > 0 || minutes > 0 ? `${minutes}m` : ''}${rest}s ago`;
}

const sinceBoot = (cluster: SimCluster, machine: Machine): string => ago(cluster.now() - machine.booted_ms);

/** `talosctl services` and `talosctl service ID` (contractors.md 3.3). */
export const services: Command = {
  path: 'services',
  aliases: ['service'],
  args: [0, 2],
  async run(run) {
    const [id, action = 'status'] = run.args;
    if (['start', 'stop', 'restart'].includes(action)) throw notSimulated(`talosctl service ${id} ${action}`);
    if (action !== 'status') throw new TalosctlFailure(`unsupported service action: ${JSON.stringify(action)}`);
    const answers = await run.each('error listing services: ', ({ cluster, machine }) => ({
      changed: sinceBoot(cluster, machine),
      services: servicesOf(cluster, machine),
    }));
    if (id !== undefined) {
      for (const { address, answer } of answers) run.sink.out(one(address, id, answer.services, answer.changed));
      return;
    }
    const rows = answers.flatMap(({ address, answer }) =>
      answer.services.map(service => [
        address,
        service.id,
        service.state,
        service.health,
        answer.changed,
        service.event,
      ]),
    );
    run.sink.out(table([['NODE', 'SERVICE', 'STATE', 'HEALTH', 'LAST CHANGE', 'LAST EVENT'], ...rows]));
  },
};

function one(address: string, id: string, all: readonly Service[], changed: string): string {
  const service = all.find(other => other.id === id);
  if (service === undefined)
    throw new TalosctlFailure(rpcError('Unknown', `service ${JSON.stringify(id)} is not registered`));
  return table([
    ['NODE', address],
    ['ID', service.id],
    ['STATE', service.state],
    ['HEALTH', service.health],
    ['EVENTS', `[${service.state}]: ${service.event} (${changed})`],
  ]);
}

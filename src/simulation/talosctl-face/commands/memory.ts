import type { SimCluster } from '../../world/cluster.ts';
import type { Machine } from '../../world/machine.ts';
import { clockOf } from '../../world/machine-clock.ts';
import { isOn, textOf } from '../argv.ts';
import { notSimulated, TalosctlFailure } from '../failure.ts';
import type { Command } from '../run.ts';
import { table } from '../table.ts';

const MIB = 2 ** 20;

/** Total, used, free, shared, buffers, cache and available, MB; used is what the pods ask for and the system's own. */
function memoryOf(cluster: SimCluster, machine: Machine): number[] {
  const total = machine.memory_mib;
  const pods = machine.kubelet_runs ? (cluster.pods.requestedOn(machine.name).memory ?? 0) / MIB : 0;
  const used = Math.min(total - 400, Math.round(700 + pods * 0.7));
  const cache = Math.round((total - used) * 0.6);
  const free = total - used - cache;
  return [total, used, free, 54, 0, cache, Math.round(free + cache * 0.9)];
}

/** `talosctl memory`. */
export const memory: Command = {
  path: 'memory',
  aliases: ['m', 'free'],
  flags: [{ name: 'verbose', short: 'v', type: 'bool' }],
  async run(run) {
    if (isOn(run.values, 'verbose', false)) throw notSimulated('talosctl memory --verbose');
    const answers = await run.each('error getting memory stats: ', ({ cluster, machine }) =>
      memoryOf(cluster, machine),
    );
    const rows = answers.map(({ address, answer }) => [address, ...answer.map(String)]);
    run.sink.out(table([['NODE', 'TOTAL', 'USED', 'FREE', 'SHARED', 'BUFFERS', 'CACHE', 'AVAILABLE'], ...rows]));
  },
};

/** As Go prints a moment. */
const goTime = (ms: number): string => {
  const [day = '', clock = ''] = new Date(ms).toISOString().slice(0, -1).split('T');
  return `${day} ${clock.replace(/\.?0+$/, '')} +0000 UTC`;
};

/** `talosctl time`: the node's clock beside that of its time server, which is right. */
export const time: Command = {
  path: 'time',
  flags: [{ name: 'check', type: 'text' }],
  async run(run) {
    const server = textOf(run.values, 'check') ?? 'time.cloudflare.com';
    const answers = await run.each('error fetching time: ', ({ cluster, machine }) => [
      server,
      goTime(clockOf(cluster, machine.name)),
      goTime(cluster.now()),
    ]);
    const rows = answers.map(({ address, answer }) => [address, ...answer]);
    run.sink.out(table([['NODE', 'NTP-SERVER', 'NODE-TIME', 'NTP-SERVER-TIME'], ...rows]));
  },
};

/** `talosctl disks`: gone since 1.9. */
export const disks: Command = {
  path: 'disks',
  run() {
    throw new TalosctlFailure(
      '`talosctl disks` is deprecated, please use `talosctl get disks`, `talosctl get systemdisk`, `talosctl get discoveredvolumes` instead',
    );
  },
};

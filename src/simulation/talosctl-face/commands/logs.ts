import type { SimCluster } from '../../world/cluster.ts';
import type { Machine } from '../../world/machine.ts';
import { isOn, textOf } from '../argv.ts';
import { notSimulated, rpcError, TalosctlFailure } from '../failure.ts';
import type { Command } from '../run.ts';
import { servicesOf } from './services.ts';

function linesOf(cluster: SimCluster, machine: Machine, service: string): string[] {
  const at = (ms: number): string => new Date(ms).toISOString();
  const start = `${at(machine.booted_ms + 4_000)} [${service}] starting, Talos ${machine.running.version}`;
  const events = machine.console
    .filter(({ text }) => text.includes(service))
    .map(({ at_ms, text }) => `${at(at_ms)} ${text}`);
  return [start, ...events, `${at(cluster.now())} [${service}] serving`];
}

/** `talosctl logs SERVICE`. */
export const logs: Command = {
  path: 'logs',
  flags: [
    { name: 'tail', type: 'number' },
    { name: 'follow', short: 'f', type: 'bool' },
    { name: 'kubernetes', short: 'k', type: 'bool' },
  ],
  args: [1, 1],
  async run(run) {
    if (isOn(run.values, 'follow', false)) throw notSimulated('talosctl logs --follow');
    if (isOn(run.values, 'kubernetes', false)) throw notSimulated('talosctl logs --kubernetes');
    const [service = ''] = run.args;
    const tail = Number(textOf(run.values, 'tail') ?? -1);
    const answers = await run.each('error getting logs: ', ({ cluster, machine }) => {
      if (!servicesOf(cluster, machine).some(({ id }) => id === service)) {
        throw new TalosctlFailure(rpcError('Unknown', `log "${service}" was not registered`));
      }
      return linesOf(cluster, machine, service);
    });
    for (const { address, answer } of answers) {
      const shown = tail < 0 ? answer : answer.slice(-tail || answer.length);
      run.sink.out(shown.map(line => `${address}: ${line}\n`).join(''));
    }
  },
};

/** `talosctl dmesg`. */
export const dmesg: Command = {
  path: 'dmesg',
  flags: [
    { name: 'tail', type: 'bool' },
    { name: 'follow', short: 'f', type: 'bool' },
  ],
  async run(run) {
    if (isOn(run.values, 'follow', false)) throw notSimulated('talosctl dmesg --follow');
    const answers = await run.each('error getting dmesg: ', ({ machine }) => machine.console);
    for (const { address, answer } of answers) {
      for (const { at_ms, text } of answer) {
        const time = `${new Date(at_ms).toISOString().slice(0, -1)}000000Z`;
        run.sink.out(
          `${address}: user: warning: [${time}]: ${text.startsWith('[talos]') ? text : `[talos] ${text}`}\n`,
        );
      }
    }
  },
};

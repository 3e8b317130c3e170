import type { Machine } from '../../world/machine.ts';
import { releaseOf } from '../../world/talos-release.ts';
import { notSimulated, rpcError, TalosctlFailure } from '../failure.ts';
import type { Command } from '../run.ts';

function contentOf(machine: Machine, path: string): string | undefined {
  switch (path) {
    case '/proc/sys/kernel/random/boot_id':
      return `${machine.boot_id}\n`;
    case '/etc/os-release':
      return `NAME="Talos"\nID=talos\nVERSION_ID=${machine.running.version}\nPRETTY_NAME="Talos (${machine.running.version})"\n`;
    case '/proc/sys/kernel/osrelease':
      return `${releaseOf(machine.running.version).kernel}\n`;
    case '/sys/class/dmi/id/product_uuid':
      return `${machine.system_uuid}\n`;
    case '/etc/hostname':
      return `${machine.name}\n`;
    default:
      return undefined;
  }
}

/** `talosctl read PATH`: of a file the simulation knows. */
export const read: Command = {
  path: 'read',
  role: 'os:admin',
  args: [1, 1],
  async run(run) {
    const [path = ''] = run.args;
    const { machine } = await run.single();
    const content = contentOf(machine, path);
    if (content === undefined && /^\/(proc|sys|etc|var|system|run|usr)\//.test(path))
      throw notSimulated(`the content of ${path}`);
    if (content === undefined) {
      throw new TalosctlFailure(
        `error reading file: ${rpcError('Unknown', `stat ${path}: no such file or directory`)}`,
      );
    }
    run.sink.out(content);
  },
};

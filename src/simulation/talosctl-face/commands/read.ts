import { releaseOf } from '../../world/talos-release.ts';
import { notSimulated, rpcError, TalosctlFailure } from '../failure.ts';
import { kubeletClientPem } from '../resources/certificates.ts';
import type { Command, Target } from '../run.ts';

function contentOf({ cluster, machine }: Target, path: string): string | undefined {
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
    case '/var/lib/kubelet/pki/kubelet-client-current.pem':
      return machine.kubelet_runs ? kubeletClientPem(cluster, machine) : undefined;
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
    const content = contentOf(await run.single(), path);
    const isSimulated = path.startsWith('/var/lib/kubelet/pki/');
    if (content === undefined && !isSimulated && /^\/(proc|sys|etc|var|system|run|usr)\//.test(path))
      throw notSimulated(`the content of ${path}`);
    if (content === undefined) {
      throw new TalosctlFailure(
        `error reading file: ${rpcError('Unknown', `stat ${path}: no such file or directory`)}`,
      );
    }
    run.sink.out(content);
  },
};

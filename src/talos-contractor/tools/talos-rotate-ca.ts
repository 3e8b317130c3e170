import { access } from 'node:fs/promises';
import { defineTool } from '../../mcp/define-tool.ts';
import { talosTools } from '../../model/talos.ts';
import { TalosctlError } from '../../talosctl/errors.ts';
import { machineCommands } from '../../talosctl/machine-commands.ts';
import { secretPath } from '../../talosctl/secret-files.ts';
import type { TalosContext } from '../context.ts';
import { dispatchOrder } from '../dispatch-order.ts';

/** Throws TalosctlError: a file that is there might be the only talosconfig that still works. */
async function assertNew(path: string): Promise<void> {
  const isThere = await access(path).then(
    () => true,
    () => false,
  );
  if (isThere) throw new TalosctlError('precondition', `there is a file at ${path}`, { remedy: 'name a new file' });
}

export const talosRotateCa = defineTool<TalosContext, typeof talosTools.talos_rotate_ca.input>({
  name: 'talos_rotate_ca',
  title: 'Rotate an authority',
  description:
    'Starts the rotation of the Talos or the Kubernetes authority and answers at once; ask talos_attempt what became of it. A new talosconfig goes to a new file.',
  impact: 'disrupt',
  ...talosTools.talos_rotate_ca,
  async run(context, input, call) {
    const path = await secretPath(context.talosctl.env, input.talosconfig_path);
    const command = machineCommands.rotateCa(input.authority, path);
    const admit = async (): Promise<string> => {
      await assertNew(path);
      return `${input.authority}-${input.system_uuid}-${input.boot_id}`.toLowerCase();
    };
    return await dispatchOrder(context, 'rotate_ca', input, { command, admit, keepsNoStdout: true }, call);
  },
});

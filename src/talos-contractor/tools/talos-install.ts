import { defineTool } from '../../mcp/define-tool.ts';
import { talosTools } from '../../model/talos.ts';
import { dispatchTracked, type TalosContext } from '../context.ts';

export const talosInstall = defineTool<TalosContext, typeof talosTools.talos_install.input>({
  name: 'talos_install',
  title: 'Install a Talos version',
  description:
    'Starts the install of an image on one machine, with its reboot or without, and answers at once; ask talos_attempt what became of it. Never twice in one boot, unless it names the attempts that were not started.',
  impact: 'disrupt',
  ...talosTools.talos_install,
  async run(context, input, call) {
    const { attempt_id, system_uuid, boot_id, image, reboots, node, supersedes } = input;
    const attempt = { attempt_id, kind: 'install' as const, node, system_uuid, boot_id, image, reboots, supersedes };
    const dispatched = await dispatchTracked(context, attempt, input, call.signal);
    return {
      structured: { attempt_id, ...dispatched },
      text: `${attempt_id} ${dispatched.state}: ${dispatched.detail}`,
    };
  },
});

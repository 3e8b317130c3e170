import { defineTool } from '../../mcp/define-tool.ts';
import { talosTools } from '../../model/talos.ts';
import { dispatchTracked, type TalosContext } from '../context.ts';

export const talosReboot = defineTool<TalosContext, typeof talosTools.talos_reboot.input>({
  name: 'talos_reboot',
  title: 'Reboot a machine',
  description:
    'Starts the reboot of one machine and answers at once; ask talos_attempt what became of it. Never twice in one boot, unless it names the attempts that were not started.',
  impact: 'disrupt',
  ...talosTools.talos_reboot,
  async run(context, input, call) {
    const { attempt_id, system_uuid, boot_id, node, supersedes } = input;
    const bound = { attempt_id, node, system_uuid, boot_id, supersedes };
    const attempt = { ...bound, kind: 'reboot' as const, image: null, reboots: true };
    const dispatched = await dispatchTracked(context, attempt, input, call.signal);
    return {
      structured: { attempt_id, ...dispatched },
      text: `${attempt_id} ${dispatched.state}: ${dispatched.detail}`,
    };
  },
});

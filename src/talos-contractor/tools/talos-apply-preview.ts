import { defineTool } from '../../mcp/define-tool.ts';
import { talosTools } from '../../model/talos.ts';
import { askForAll } from '../../talosctl/ask.ts';
import { machineCommands } from '../../talosctl/machine-commands.ts';
import { readConfigPreview } from '../../talosctl/readers/config-outcome.ts';
import { checkedSecretFile } from '../../talosctl/secret-files.ts';
import { askOptions, type TalosContext } from '../context.ts';

export const talosApplyPreview = defineTool<TalosContext, typeof talosTools.talos_apply_preview.input>({
  name: 'talos_apply_preview',
  title: 'What a machine config would change',
  description:
    'Dry run of a machine config from a file: whether it changes something, which keys, and whether the machine would reboot.',
  impact: 'observe',
  ...talosTools.talos_apply_preview,
  async run({ talosctl }, input, call) {
    const path = await checkedSecretFile(talosctl.env, input.path, input.sha256);
    const command = machineCommands.applyConfig(path, 'auto', true);
    const { stderr } = await askForAll(talosctl, input, command, askOptions(call));
    const { changes, reboots, changedKeys } = readConfigPreview(stderr);
    const what = changes ? `changes ${changedKeys.join(', ')}` : 'changes nothing';
    return {
      structured: { node: input.node, changes, reboots, changed_keys: changedKeys },
      text: `${what}${reboots ? ', with a reboot' : ''}`,
    };
  },
});

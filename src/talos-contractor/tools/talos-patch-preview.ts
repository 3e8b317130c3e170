import { defineTool } from '../../mcp/define-tool.ts';
import { talosTools } from '../../model/talos.ts';
import { askForAll } from '../../talosctl/ask.ts';
import { machineCommands } from '../../talosctl/machine-commands.ts';
import { readConfigPreview } from '../../talosctl/readers/config-outcome.ts';
import { askOptions, type TalosContext } from '../context.ts';

export const talosPatchPreview = defineTool<TalosContext, typeof talosTools.talos_patch_preview.input>({
  name: 'talos_patch_preview',
  title: 'What a patch would change',
  description:
    'Dry run of a patch of the machine config: whether it changes something, which keys, and whether the machine would reboot.',
  impact: 'observe',
  ...talosTools.talos_patch_preview,
  async run({ talosctl }, input, call) {
    const command = machineCommands.patchConfig(input.patch, 'auto', true);
    const { stderr } = await askForAll(talosctl, input, command, askOptions(call));
    const { changes, reboots, changedKeys } = readConfigPreview(stderr);
    const what = changes ? `changes ${changedKeys.join(', ')}` : 'changes nothing';
    return {
      structured: { node: input.node, changes, reboots, changed_keys: changedKeys },
      text: `${what}${reboots ? ', with a reboot' : ''}`,
    };
  },
});

import { defineTool } from '../../mcp/define-tool.ts';
import { talosTools } from '../../model/talos.ts';
import { askForAll } from '../../talosctl/ask.ts';
import { machineCommands } from '../../talosctl/machine-commands.ts';
import { confirmMachine } from '../../talosctl/machine-identity.ts';
import { readConfigOutcome } from '../../talosctl/readers/config-outcome.ts';
import { askOptions, type TalosContext } from '../context.ts';

/** Two reads and a write; the caller waits two minutes. */
const PATCH_TIMEOUT_MS = 80_000;

export const talosPatchConfig = defineTool<TalosContext, typeof talosTools.talos_patch_config.input>({
  name: 'talos_patch_config',
  title: 'Patch the machine config',
  description: 'Merges a patch without secrets into the config of one machine, after it was seen to be the one meant.',
  impact: 'disrupt',
  ...talosTools.talos_patch_config,
  async run({ talosctl }, input, call) {
    await confirmMachine(talosctl, input, input.system_uuid, askOptions(call));
    const command = machineCommands.patchConfig(input.patch, input.mode, false);
    const { stderr } = await askForAll(talosctl, input, command, askOptions(call, PATCH_TIMEOUT_MS));
    const outcome = readConfigOutcome(stderr);
    return { structured: { node: input.node, ...outcome }, text: `${input.node}: ${outcome.detail}` };
  },
});

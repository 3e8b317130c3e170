import { defineTool } from '../../mcp/define-tool.ts';
import { talosTools } from '../../model/talos.ts';
import { askForAll } from '../../talosctl/ask.ts';
import { machineCommands } from '../../talosctl/machine-commands.ts';
import { confirmMachine } from '../../talosctl/machine-identity.ts';
import { readConfigOutcome } from '../../talosctl/readers/config-outcome.ts';
import { checkedSecretFile } from '../../talosctl/secret-files.ts';
import { askOptions, type TalosContext } from '../context.ts';

/** A machine without Talos on its disk may answer late; the caller waits two minutes. */
const APPLY_TIMEOUT_MS = 80_000;

export const talosApplyConfig = defineTool<TalosContext, typeof talosTools.talos_apply_config.input>({
  name: 'talos_apply_config',
  title: 'Apply a machine config',
  description:
    'Sends a whole machine config, from a file for its owner alone, to one machine, after it was seen to be the one meant.',
  impact: 'disrupt',
  ...talosTools.talos_apply_config,
  async run({ talosctl }, input, call) {
    const connection = { ...input, ...(input.maintenance && { insecure: true as const }) };
    const path = await checkedSecretFile(talosctl.env, input.path, input.sha256);
    await confirmMachine(talosctl, connection, input.system_uuid, askOptions(call));
    const command = machineCommands.applyConfig(path, input.mode, false);
    const { stderr } = await askForAll(talosctl, connection, command, askOptions(call, APPLY_TIMEOUT_MS));
    const outcome = readConfigOutcome(stderr);
    return { structured: { node: input.node, ...outcome }, text: `${input.node}: ${outcome.detail}` };
  },
});

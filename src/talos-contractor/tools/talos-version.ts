import { defineTool } from '../../mcp/define-tool.ts';
import { talosTools } from '../../model/talos.ts';
import { commands } from '../../talosctl/argv.ts';
import { ask } from '../../talosctl/ask.ts';
import { readServerVersion } from '../../talosctl/readers/version.ts';
import { askOptions, type TalosContext } from '../context.ts';

export const talosVersion = defineTool<TalosContext, typeof talosTools.talos_version.input>({
  name: 'talos_version',
  title: 'Talos version',
  description: 'Talos version of one machine as the machine tells it, and the version of talosctl.',
  impact: 'observe',
  ...talosTools.talos_version,
  async run({ talosctl }, input, call) {
    const { client, server } = readServerVersion(await ask(talosctl, input, commands.version(), askOptions(call)));
    const structured = { node: input.node, server, client: client ?? null };
    return { structured, text: `${input.node} runs Talos ${server}` };
  },
});

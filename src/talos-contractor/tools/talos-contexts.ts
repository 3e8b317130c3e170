import { defineTool } from '../../mcp/define-tool.ts';
import { talosTools } from '../../model/talos.ts';
import { localCommands } from '../../talosctl/argv.ts';
import { askLocally } from '../../talosctl/ask.ts';
import { readConfigContexts } from '../../talosctl/readers/config-contexts.ts';
import { readConfigInfo } from '../../talosctl/readers/config-info.ts';
import { readVersion } from '../../talosctl/readers/version.ts';
import { askOptions, type TalosContext } from '../context.ts';

/** What is nice to know beside the contexts: its absence fails nothing. */
async function known<Value>(reading: Promise<Value>): Promise<Value | undefined> {
  return await reading.catch(() => undefined);
}

export const talosContexts = defineTool<TalosContext, typeof talosTools.talos_contexts.input>({
  name: 'talos_contexts',
  title: 'Contexts of the talosconfig',
  description: 'Contexts of the talosconfig with endpoints and nodes, and the version of talosctl. Reaches no node.',
  impact: 'observe',
  ...talosTools.talos_contexts,
  async run({ talosctl }, _input, call) {
    const options = askOptions(call);
    const [reading, client, info] = await Promise.all([
      askLocally(talosctl, localCommands.configContexts(), options).then(readConfigContexts),
      known(askLocally(talosctl, localCommands.clientVersion(), options).then(text => readVersion(text).client)),
      known(askLocally(talosctl, localCommands.configInfo(), options).then(readConfigInfo)),
    ]);
    const structured = {
      current: reading.current ?? null,
      contexts: reading.contexts,
      client: client ?? null,
      roles: info?.roles ?? null,
      certificate_expires: info?.certificateExpires ?? null,
    };
    const names = reading.contexts.map(context => context.name).join(', ');
    return {
      structured,
      text: `contexts: ${names === '' ? 'none' : names}; talosctl ${client ?? 'of unknown version'}`,
    };
  },
});

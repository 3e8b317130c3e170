import { defineTool } from '../../mcp/define-tool.ts';
import { talosTools } from '../../model/talos.ts';
import { commands } from '../../talosctl/argv.ts';
import { ask } from '../../talosctl/ask.ts';
import { readServices } from '../../talosctl/readers/services.ts';
import { askOptions, type TalosContext } from '../context.ts';

export const talosServices = defineTool<TalosContext, typeof talosTools.talos_services.input>({
  name: 'talos_services',
  title: 'Services of a machine',
  description:
    'State and health of the Talos services of one machine. Extension services may rightly show "?" or "Fail".',
  impact: 'observe',
  ...talosTools.talos_services,
  async run({ talosctl }, input, call) {
    const services = readServices(await ask(talosctl, input, commands.services(), askOptions(call)));
    const structured = {
      services: services.map(({ lastEvent, ...service }) => ({ ...service, last_event: lastEvent })),
    };
    const poor = services.filter(service => service.state !== 'Running' || service.health !== 'OK');
    const names = poor.map(service => `${service.id} ${service.state} ${service.health}`).join(', ');
    return { structured, text: `${services.length} services; not running well: ${names === '' ? 'none' : names}` };
  },
});

import { defineTool } from '../../mcp/define-tool.ts';
import { talosTools } from '../../model/talos.ts';
import { askOptions, type TalosContext } from '../context.ts';
import { readMachine } from '../read-machine.ts';

export const talosMachine = defineTool<TalosContext, typeof talosTools.talos_machine.input>({
  name: 'talos_machine',
  title: 'One Talos machine',
  description:
    'Identity, boot, stage, version, schematic and platform of one machine, read at once; parts that did not answer are null and named in unanswered.',
  impact: 'observe',
  ...talosTools.talos_machine,
  async run({ talosctl }, input, call) {
    const structured = await readMachine(talosctl, input, askOptions(call), input.parts);
    const missing = structured.unanswered.map(({ part }) => part).join(', ');
    const name = structured.nodename ?? input.node;
    const state = `${structured.server ?? 'version unknown'}, ${structured.stage ?? 'stage unknown'}`;
    return { structured, text: `${name}: ${state}${missing === '' ? '' : `; unanswered: ${missing}`}` };
  },
});

import { defineTool } from '../../mcp/define-tool.ts';
import { talosTools } from '../../model/talos.ts';
import { ask } from '../../talosctl/ask.ts';
import { machineCommands } from '../../talosctl/machine-commands.ts';
import { readImages } from '../../talosctl/readers/images.ts';
import { askOptions, type TalosContext } from '../context.ts';

export const talosImages = defineTool<TalosContext, typeof talosTools.talos_images.input>({
  name: 'talos_images',
  title: 'Images on a machine',
  description: 'Images that one machine holds: those of pods (cri) or those of Talos itself (system).',
  impact: 'observe',
  ...talosTools.talos_images,
  async run({ talosctl }, input, call) {
    const command = machineCommands.images(input.namespace);
    const images = readImages(await ask(talosctl, input, command, askOptions(call)));
    return { structured: { node: input.node, images }, text: `${images.length} images on ${input.node}` };
  },
});

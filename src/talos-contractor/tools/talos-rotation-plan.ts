import { defineTool } from '../../mcp/define-tool.ts';
import { talosTools } from '../../model/talos.ts';
import { ask } from '../../talosctl/ask.ts';
import { machineCommands } from '../../talosctl/machine-commands.ts';
import { readRotation } from '../../talosctl/readers/rotation.ts';
import { askOptions, type TalosContext } from '../context.ts';

/** It asks every node of the cluster, one after the other. */
const PLAN_TIMEOUT_MS = 100_000;

export const talosRotationPlan = defineTool<TalosContext, typeof talosTools.talos_rotation_plan.input>({
  name: 'talos_rotation_plan',
  title: 'Dry run of a rotation of certificates',
  description: 'Whose certificates a rotation of the Talos or the Kubernetes authority would replace.',
  impact: 'observe',
  ...talosTools.talos_rotation_plan,
  async run({ talosctl }, input, call) {
    const command = machineCommands.rotationPlan(input.authority);
    const nodes = readRotation(await ask(talosctl, input, command, askOptions(call, PLAN_TIMEOUT_MS)));
    const count = nodes.control_plane.length + nodes.workers.length;
    return {
      structured: { authority: input.authority, ...nodes },
      text: `a new ${input.authority} authority would reach ${count} nodes`,
    };
  },
});

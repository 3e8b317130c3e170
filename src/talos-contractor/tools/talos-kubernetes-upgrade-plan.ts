import { defineTool } from '../../mcp/define-tool.ts';
import { talosTools } from '../../model/talos.ts';
import { ask } from '../../talosctl/ask.ts';
import { machineCommands } from '../../talosctl/machine-commands.ts';
import { readKubernetesUpgrade } from '../../talosctl/readers/kubernetes-upgrade.ts';
import { askOptions, type TalosContext } from '../context.ts';

/** It asks every node of the cluster, one after the other. */
const PLAN_TIMEOUT_MS = 100_000;

export const talosKubernetesUpgradePlan = defineTool<
  TalosContext,
  typeof talosTools.talos_kubernetes_upgrade_plan.input
>({
  name: 'talos_kubernetes_upgrade_plan',
  title: 'Dry run of a Kubernetes upgrade',
  description:
    'What an upgrade of Kubernetes would change, component by component and node by node, by the dry run of talosctl.',
  impact: 'observe',
  ...talosTools.talos_kubernetes_upgrade_plan,
  async run({ talosctl }, input, call) {
    const command = machineCommands.kubernetesUpgradePlan(input.to, input.kubelets);
    const plan = readKubernetesUpgrade(await ask(talosctl, input, command, askOptions(call, PLAN_TIMEOUT_MS)));
    const text = `from ${plan.from} to ${plan.to}: ${plan.changes.length} changes on ${plan.control_plane.length} control plane nodes`;
    return { structured: { ...plan }, text };
  },
});

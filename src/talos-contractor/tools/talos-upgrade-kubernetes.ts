import { defineTool } from '../../mcp/define-tool.ts';
import { talosTools } from '../../model/talos.ts';
import { clusterScope } from '../../talosctl/cluster-scope.ts';
import { machineCommands } from '../../talosctl/machine-commands.ts';
import type { TalosContext } from '../context.ts';
import { dispatchOrder } from '../dispatch-order.ts';

export const talosUpgradeKubernetes = defineTool<TalosContext, typeof talosTools.talos_upgrade_kubernetes.input>({
  name: 'talos_upgrade_kubernetes',
  title: 'Upgrade Kubernetes',
  description:
    'Starts the upgrade of the control plane and kube-proxy, node by node, and answers at once; ask talos_attempt how far it is. One at a time a cluster.',
  impact: 'disrupt',
  ...talosTools.talos_upgrade_kubernetes,
  async run(context, input, call) {
    const command = machineCommands.upgradeKubernetes(input.from, input.to, input.kubelets);
    const admit = (signal: AbortSignal): Promise<string> => clusterScope(context.talosctl, input, { signal });
    return await dispatchOrder(context, 'upgrade_kubernetes', input, { command, admit }, call);
  },
});

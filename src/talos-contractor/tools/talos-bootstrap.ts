import { defineTool } from '../../mcp/define-tool.ts';
import { talosTools } from '../../model/talos.ts';
import { clusterScope } from '../../talosctl/cluster-scope.ts';
import { assertNoEtcd } from '../../talosctl/etcd-absence.ts';
import { machineCommands } from '../../talosctl/machine-commands.ts';
import type { TalosContext } from '../context.ts';
import { dispatchOrder } from '../dispatch-order.ts';

export const talosBootstrap = defineTool<TalosContext, typeof talosTools.talos_bootstrap.input>({
  name: 'talos_bootstrap',
  title: 'Bootstrap etcd',
  description:
    'Begins the etcd of a new cluster on one control plane node: once in the cluster’s life, and never while etcd runs, or is not known not to run, on any of its control plane nodes.',
  impact: 'disrupt',
  ...talosTools.talos_bootstrap,
  async run(context, input, call) {
    const { talosctl } = context;
    const admit = async (signal: AbortSignal): Promise<string> => {
      const [scope] = await Promise.all([
        clusterScope(talosctl, input, { signal }),
        assertNoEtcd(talosctl, input, { addresses: input.control_plane, gone: [] }, { signal }),
      ]);
      return scope;
    };
    return await dispatchOrder(context, 'bootstrap', input, { command: machineCommands.bootstrap(), admit }, call);
  },
});

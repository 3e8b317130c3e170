import { defineTool } from '../../mcp/define-tool.ts';
import { talosTools } from '../../model/talos.ts';
import { saveKubeconfig } from '../../talosctl/kubeconfig.ts';
import { askOptions, type TalosContext } from '../context.ts';

export const talosKubeconfig = defineTool<TalosContext, typeof talosTools.talos_kubeconfig.input>({
  name: 'talos_kubeconfig',
  title: 'Write a kubeconfig',
  description:
    'Writes an admin kubeconfig (mode 0600) to a path among the files with secrets on the contractor’s machine; its content is not told.',
  impact: 'record',
  ...talosTools.talos_kubeconfig,
  async run({ talosctl }, input, call) {
    const { path, bytes, sha256, server, expiresAt } = await saveKubeconfig(
      talosctl,
      input,
      input.path,
      askOptions(call),
    );
    const structured = { path, bytes, sha256, server, expires_at: expiresAt?.toISOString() ?? null };
    return { structured, text: `wrote ${bytes} bytes to ${path}, for ${server}` };
  },
});

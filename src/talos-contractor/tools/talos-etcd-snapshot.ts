import { defineTool } from '../../mcp/define-tool.ts';
import { talosTools } from '../../model/talos.ts';
import { saveSnapshot } from '../../talosctl/snapshot.ts';
import { askOptions, type TalosContext } from '../context.ts';

/** A database of the largest size etcd advises (8 GB) over a slow line. */
const SNAPSHOT_TIMEOUT_MS = 600_000;

export const talosEtcdSnapshot = defineTool<TalosContext, typeof talosTools.talos_etcd_snapshot.input>({
  name: 'talos_etcd_snapshot',
  title: 'Snapshot of etcd',
  description:
    "Saves etcd's database to a new file (mode 0600) on the contractor's machine and verifies the hash at its end.",
  impact: 'record',
  ...talosTools.talos_etcd_snapshot,
  async run({ talosctl }, input, call) {
    const saved = await saveSnapshot(talosctl, input, input.path, askOptions(call, SNAPSHOT_TIMEOUT_MS));
    return { structured: { ...saved }, text: `saved and verified ${saved.bytes} bytes at ${saved.path}` };
  },
});

import { defineTool } from '../../mcp/define-tool.ts';
import { talosTools } from '../../model/talos.ts';
import { TalosctlError } from '../../talosctl/errors.ts';
import { assertNoEtcd } from '../../talosctl/etcd-absence.ts';
import { machineCommands } from '../../talosctl/machine-commands.ts';
import { verifySnapshot } from '../../talosctl/snapshot.ts';
import type { TalosContext } from '../context.ts';
import { dispatchOrder } from '../dispatch-order.ts';

/** Throws TalosctlError for a snapshot that is not there, is torn or altered, or is another one. */
async function assertSound(path: string, sha256: string): Promise<void> {
  const found = await verifySnapshot(path).catch((error: unknown) => {
    if (error instanceof TalosctlError) throw error;
    throw new TalosctlError('not_found', `the snapshot ${path} can't be read`, { cause: error });
  });
  if (found.sha256 === sha256) return;
  throw new TalosctlError('precondition', `${path} is another snapshot than ${sha256}; nothing was sent`);
}

export const talosRecoverEtcd = defineTool<TalosContext, typeof talosTools.talos_recover_etcd.input>({
  name: 'talos_recover_etcd',
  title: 'Recover etcd from a snapshot',
  description:
    'Begins etcd anew from a verified snapshot on one control plane node whose data was wiped; never while etcd runs, or is not known not to run, on another that is not named as gone.',
  impact: 'disrupt',
  ...talosTools.talos_recover_etcd,
  async run(context, input, call) {
    const command = machineCommands.recoverEtcd(input.path);
    const admit = async (signal: AbortSignal): Promise<undefined> => {
      await assertSound(input.path, input.sha256);
      await assertNoEtcd(context.talosctl, input, { addresses: input.control_plane, gone: input.gone }, { signal });
    };
    return await dispatchOrder(context, 'recover_etcd', input, { command, admit }, call);
  },
});

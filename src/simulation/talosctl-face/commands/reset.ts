import { orderReset, SYSTEM_LABELS } from '../../world/machines/reset.ts';
import { isBusy } from '../../world/machines/sequence-steps.ts';
import { isOn, listOf, textOf } from '../argv.ts';
import { notSimulated, rpcError, TalosctlFailure } from '../failure.ts';
import { warnOfOlder } from '../older-nodes.ts';
import type { Command, Run, Target } from '../run.ts';
import { timeoutOf, WAIT_FLAGS } from './reboot.ts';
import { ActionTracker } from './tracker.ts';

function labelsOf(run: Run): string[] {
  if (listOf(run.values, 'user-disks-to-wipe') !== undefined || textOf(run.values, 'wipe-mode') === 'user-disks')
    throw notSimulated('talosctl reset of user disks');
  return listOf(run.values, 'system-labels-to-wipe') ?? [];
}

/** Throws what the machine answers to labels it has no partition of. */
function checkLabels(labels: readonly string[]): void {
  const unknown = labels.find(label => !SYSTEM_LABELS.some(known => known === label));
  if (unknown !== undefined)
    throw new TalosctlFailure(rpcError('Unknown', `failed to reset: volume "${unknown}" is not located`));
}

async function resetOne(run: Run, target: Target, labels: string[]): Promise<void> {
  const { cluster, machine } = target;
  if (!run.isInsecure) warnOfOlder(run, [target]);
  checkLabels(labels);
  const waits = isOn(run.values, 'debug', false) || isOn(run.values, 'wait', true);
  const reboot = isOn(run.values, 'reboot', false);
  const bootId = machine.boot_id;
  if (isBusy(machine)) {
    // Talos acknowledges and only its console tells (contractors.md 3.8).
    cluster.machineEvents.tell(machine, 'install', '[talos] reset failed: locked');
    return;
  }
  const tracker = waits && !run.isInsecure ? new ActionTracker(run, target) : undefined;
  tracker?.say('waiting for actor ID');
  const graceful = isOn(run.values, 'graceful', true) && !run.isInsecure;
  const actorId = orderReset(cluster, machine, { graceful, reboot, labels });
  tracker?.say(`actor ID: ${actorId}`);
  const isThere = (): boolean =>
    reboot
      ? machine.boot_id !== bootId &&
        (machine.stage === 'maintenance' || machine.stage === 'booting' || machine.is_ready)
      : machine.stage === 'off';
  await tracker?.until(timeoutOf(run), isThere);
  if (reboot) tracker?.say('post check passed');
}

/** `talosctl reset`: asks nothing; graceful and of the whole system disk unless told otherwise (contractors.md 5.4). */
export const reset: Command = {
  path: 'reset',
  role: 'os:admin',
  flags: [
    ...WAIT_FLAGS,
    { name: 'graceful', type: 'bool' },
    { name: 'reboot', type: 'bool' },
    { name: 'insecure', type: 'bool' },
    { name: 'wipe-mode', type: 'text', choices: ['all', 'system-disk', 'user-disks'] },
    { name: 'user-disks-to-wipe', type: 'list' },
    { name: 'system-labels-to-wipe', type: 'list' },
  ],
  async run(run) {
    if (run.isInsecure && isOn(run.values, 'wait', true))
      throw new TalosctlFailure('cannot use --wait and --insecure together');
    const labels = labelsOf(run);
    const failing = isOn(run.values, 'wait', true) ? '' : 'error executing reset: ';
    await run.each(failing, async target => await resetOne(run, target, labels));
  },
};

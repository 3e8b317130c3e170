import { isBusy, orderReboot, orderRollback, orderShutdown } from '../../world/machines/sequences.ts';
import type { Flag } from '../argv.ts';
import { durationMs, isOn, textOf } from '../argv.ts';
import { rpcError, TalosctlFailure } from '../failure.ts';
import { warnOfOlder } from '../older-nodes.ts';
import type { Command, Run, Target } from '../run.ts';
import { fateOf } from '../run.ts';
import { drainNode, uncordonNode } from './client-drain.ts';
import { ActionTracker } from './tracker.ts';

export const WAIT_FLAGS: readonly Flag[] = [
  { name: 'wait', type: 'bool' },
  { name: 'debug', type: 'bool' },
  { name: 'timeout', type: 'duration' },
];

const THIRTY_MINUTES_MS = 1_800_000;
const FIVE_MINUTES_MS = 300_000;

export const timeoutOf = (run: Run): number => durationMs(textOf(run.values, 'timeout') ?? '30m') ?? THIRTY_MINUTES_MS;

/** Throws what a machine answers that is at another order. */
export function refuseBusy({ machine }: Target): void {
  if (isBusy(machine)) throw new TalosctlFailure(rpcError('FailedPrecondition', 'sequence not started: locked'));
}

/** Orders a reboot and, when asked, waits for the new boot. `name` starts the tracker's lines. */
export async function rebootAndWait(run: Run, target: Target, waits: boolean, name?: string): Promise<void> {
  refuseBusy(target);
  const fate = fateOf(target);
  const tracker = waits ? new ActionTracker(run, target, name) : undefined;
  tracker?.say('waiting for actor ID');
  const actorId = orderReboot(target.cluster, target.machine);
  tracker?.say(`actor ID: ${actorId}`);
  await run.meet(fate);
  await tracker?.untilRebooted(timeoutOf(run));
}

const hasNoDrain = { since: 'v1.13.0' } as const;

/** `talosctl reboot`: waits unless told not to; says nothing on stdout. From 1.13 on it drains when asked. */
export const reboot: Command = {
  path: 'reboot',
  changes: true,
  role: 'os:operator',
  flags: [
    ...WAIT_FLAGS,
    { name: 'mode', short: 'm', type: 'text' },
    { name: 'drain', type: 'bool', ...hasNoDrain },
    { name: 'drain-timeout', type: 'duration', ...hasNoDrain },
    { name: 'progress', type: 'text', ...hasNoDrain },
  ],
  async run(run) {
    const mode = textOf(run.values, 'mode') ?? 'default';
    const modes = ['default', 'powercycle', ...(run.isClientAtLeast('v1.12.0') ? ['force'] : [])];
    if (!modes.includes(mode)) throw new TalosctlFailure(`invalid reboot mode: ${mode}`);
    const drains = isOn(run.values, 'drain', false);
    const waits = drains || isOn(run.values, 'debug', false) || isOn(run.values, 'wait', true);
    const drainMs = durationMs(textOf(run.values, 'drain-timeout') ?? '5m') ?? FIVE_MINUTES_MS;
    const rebootOne = async (target: Target): Promise<void> => {
      warnOfOlder(run, [target]);
      if (drains) await drainNode(run, target, drainMs);
      await rebootAndWait(run, target, waits, drains ? target.machine.name : undefined);
      if (drains) await uncordonNode(run, target, timeoutOf(run));
    };
    await run.each(waits ? '' : 'error executing reboot: ', rebootOne, { hangs: false });
  },
};

/** `talosctl shutdown`: the node cordons and drains itself first unless forced. */
export const shutdown: Command = {
  path: 'shutdown',
  role: 'os:operator',
  flags: [...WAIT_FLAGS, { name: 'force', type: 'bool' }],
  async run(run) {
    const waits = isOn(run.values, 'debug', false) || isOn(run.values, 'wait', true);
    await run.each(waits ? '' : 'error executing shutdown: ', async target => {
      warnOfOlder(run, [target]);
      refuseBusy(target);
      const tracker = waits ? new ActionTracker(run, target) : undefined;
      tracker?.say('waiting for actor ID');
      const actorId = orderShutdown(target.cluster, target.machine, { force: isOn(run.values, 'force', false) });
      tracker?.say(`actor ID: ${actorId}`);
      await tracker?.until(timeoutOf(run), () => target.machine.stage === 'off');
    });
  },
};

/** `talosctl rollback`: an acknowledgement only; the other slot is booted, whatever it holds. */
export const rollback: Command = {
  path: 'rollback',
  role: 'os:admin',
  async run(run) {
    await run.each('error executing rollback: ', target => {
      refuseBusy(target);
      if (orderRollback(target.cluster, target.machine) === undefined) {
        throw new TalosctlFailure(rpcError('Unknown', 'no fallback found in the boot loader configuration'));
      }
    });
  },
};

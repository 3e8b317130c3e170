import { isBusy, orderReboot, orderRollback, orderShutdown } from '../../world/machines/sequences.ts';
import type { Flag } from '../argv.ts';
import { durationMs, isOn, textOf } from '../argv.ts';
import { rpcError, TalosctlFailure } from '../failure.ts';
import type { Command, Run, Target } from '../run.ts';
import { ActionTracker } from './tracker.ts';

const WAIT_FLAGS: readonly Flag[] = [
  { name: 'wait', type: 'bool' },
  { name: 'debug', type: 'bool' },
  { name: 'timeout', type: 'duration' },
];

const THIRTY_MINUTES_MS = 1_800_000;

export const timeoutOf = (run: Run): number => durationMs(textOf(run.values, 'timeout') ?? '30m') ?? THIRTY_MINUTES_MS;

function refuseBusy({ machine }: Target): void {
  if (isBusy(machine)) throw new TalosctlFailure(rpcError('FailedPrecondition', 'sequence not started: locked'));
}

/** Orders a reboot and, when asked, waits for the new boot. `name` starts the tracker's lines. */
export async function rebootAndWait(run: Run, target: Target, waits: boolean, name?: string): Promise<void> {
  refuseBusy(target);
  const hangs = target.cluster.faults.take('tool_hangs', { node: target.machine.name }) !== undefined;
  const tracker = waits ? new ActionTracker(run, target, name) : undefined;
  tracker?.say('waiting for actor ID');
  const actorId = orderReboot(target.cluster, target.machine);
  tracker?.say(`actor ID: ${actorId}`);
  if (hangs) await run.forever();
  await tracker?.untilRebooted(timeoutOf(run));
}

/** `talosctl reboot`: waits unless told not to; says nothing on stdout. */
export const reboot: Command = {
  path: 'reboot',
  flags: [...WAIT_FLAGS, { name: 'mode', short: 'm', type: 'text' }],
  async run(run) {
    const mode = textOf(run.values, 'mode') ?? 'default';
    if (!['default', 'powercycle', 'force'].includes(mode)) throw new TalosctlFailure(`invalid reboot mode: ${mode}`);
    const waits = isOn(run.values, 'wait', true);
    const hangs = { hangs: false };
    await run.each('error executing request: ', async target => await rebootAndWait(run, target, waits), hangs);
  },
};

/** `talosctl shutdown`. */
export const shutdown: Command = {
  path: 'shutdown',
  flags: [...WAIT_FLAGS, { name: 'force', type: 'bool' }],
  async run(run) {
    const waits = isOn(run.values, 'wait', true);
    await run.each('error executing request: ', async target => {
      refuseBusy(target);
      const tracker = waits ? new ActionTracker(run, target) : undefined;
      const actorId = orderShutdown(target.cluster, target.machine);
      if (tracker === undefined) return;
      tracker.say(`actor ID: ${actorId}`);
      await run.until(target.cluster, timeoutOf(run), () => target.machine.stage === 'off');
      tracker.end();
      tracker.say('events check condition met');
    });
  },
};

/** `talosctl rollback`: an acknowledgement only; the other slot is booted, whatever it holds. */
export const rollback: Command = {
  path: 'rollback',
  async run(run) {
    await run.each('error executing rollback: ', target => {
      refuseBusy(target);
      if (orderRollback(target.cluster, target.machine) === undefined) {
        throw new TalosctlFailure(rpcError('Unknown', 'no fallback found in the boot loader configuration'));
      }
    });
  },
};

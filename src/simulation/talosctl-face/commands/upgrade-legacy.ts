import type { MachineEvent } from '../../world/machine-events.ts';
import { abandonPull, isBusy, orderLegacyUpgrade } from '../../world/machines/sequences.ts';
import { isAtLeast } from '../../world/talos-release.ts';
import { rpcError, TalosctlFailure } from '../failure.ts';
import type { Run, Target } from '../run.ts';
import { fateOf } from '../run.ts';
import { table } from '../table.ts';
import { timeoutOf } from './reboot.ts';
import { ActionTracker } from './tracker.ts';
import type { UpgradeOptions } from './upgrade.ts';

/** The machine's answer to an order, when it comes. */
export function answerOf(run: Run, target: Target): Promise<MachineEvent> {
  return new Promise((resolve, reject) => {
    const unlisten = target.cluster.machineEvents.on(event => {
      if (event.node !== target.machine.name || (event.kind !== 'answer' && event.kind !== 'error')) return;
      unlisten();
      resolve(event);
    });
    run.signal.addEventListener(
      'abort',
      () => {
        unlisten();
        reject(run.signal.reason);
      },
      { once: true },
    );
  });
}

/**
 * The etcd checks of the legacy call come with a wipe only from v1.12.9 and v1.13.4 on (contractors.md 5.1); before,
 * unless forced.
 */
function skipsEtcdCheck(target: Target, options: UpgradeOptions): boolean {
  const { version } = target.machine.running;
  const asksOnlyBeforeWipe = isAtLeast(version, 'v1.13.0')
    ? isAtLeast(version, 'v1.13.4')
    : isAtLeast(version, 'v1.12.9');
  return options.isForced || (asksOnlyBeforeWipe && options.preserves);
}

/** MachineService.Upgrade: the node pulls and checks before it answers; then it drains, installs and reboots by itself. */
export async function legacyUpgrade(run: Run, target: Target, options: UpgradeOptions): Promise<void> {
  const { cluster, machine } = target;
  if (isBusy(machine))
    throw new TalosctlFailure(
      `${JSON.stringify(target.address)}: ${rpcError('FailedPrecondition', 'sequence not started: locked')}`,
    );
  const fate = fateOf(target);
  const tracker = options.waits ? new ActionTracker(run, target) : undefined;
  tracker?.say('waiting for actor ID');
  const answer = answerOf(run, target);
  const actorId = orderLegacyUpgrade(cluster, machine, {
    image: options.image,
    skips_etcd_check: skipsEtcdCheck(target, options),
  });
  run.signal.addEventListener('abort', () => abandonPull(machine, actorId), { once: true });
  const { kind, text } = await answer;
  if (kind === 'error') {
    tracker?.end();
    throw new TalosctlFailure(
      options.waits ? `${JSON.stringify(target.address)}: ${text}` : `error performing upgrade: ${text}`,
    );
  }
  await run.meet(fate);
  if (tracker === undefined) {
    const started = `${new Date(cluster.now()).toISOString().slice(0, 19).replace('T', ' ')} +0000 UTC`;
    run.sink.out(
      table([
        ['NODE', 'ACK', 'STARTED'],
        [target.address, text, started],
      ]),
    );
    return;
  }
  if (machine.sequence?.lies === true) {
    await run.sleep(cluster, 120_000);
    tracker.pretendSuccess();
  } else await tracker.untilRebooted(timeoutOf(run));
}

import type { SimCluster } from '../../world/cluster.ts';
import { imageProblem, slotOfImage } from '../../world/machines/installer-image.ts';
import { dropWithClient, isBusy, orderInstall } from '../../world/machines/sequences.ts';
import { sha256Hex } from '../../world/random.ts';
import { rpcError, TalosctlFailure } from '../failure.ts';
import type { Run, Target } from '../run.ts';
import { fateOf } from '../run.ts';
import { drainNode, uncordonNode } from './client-drain.ts';
import { rebootAndWait, timeoutOf } from './reboot.ts';
import type { UpgradeOptions } from './upgrade.ts';
import { answerOf } from './upgrade-legacy.ts';

const PULL_MS = 10_000;

const stamp = (cluster: SimCluster): string =>
  new Date(cluster.now()).toISOString().slice(0, 19).replaceAll('-', '/').replace('T', ' ');

/**
 * LifecycleService of 1.13+, the steps talosctl itself takes: pull, install, then (unless told not to) drain, reboot,
 * wait, uncordon. The node checks nothing of etcd. A client that dies leaves what it had ordered.
 */
export async function lifecycleUpgrade(run: Run, target: Target, options: UpgradeOptions): Promise<void> {
  const { cluster, machine, address } = target;
  const { faults } = cluster;
  const scope = { node: machine.name };
  const say = (text: string): void => run.sink.err(`${address}: ${text}\n`);
  if (isBusy(machine)) {
    throw new TalosctlFailure(rpcError('FailedPrecondition', 'another installation/upgrade is already in progress'));
  }
  if (faults.take('upgrade_refused', scope) !== undefined) {
    throw new TalosctlFailure(rpcError('FailedPrecondition', 'upgrade is refused by the machine'));
  }
  const isLie = faults.take('lying_upgrade', scope) !== undefined;
  const fate = fateOf(target);
  const neverReboots = faults.take('install_done_no_reboot', scope) !== undefined;
  await run.sleep(cluster, PULL_MS);
  const problem = imageProblem(cluster, machine, options.image);
  if (problem !== undefined) throw new TalosctlFailure(`error pulling upgrade image: ${problem}`);
  say(`pulled image ${options.image.replace(/:[^:/]*$/, '')}@sha256:${sha256Hex(options.image)}`);
  const version = slotOfImage(options.image)?.version ?? '';
  for (const text of [
    `running Talos installer ${version}`,
    'running pre-flight checks',
    `host Talos version: ${machine.running.version}`,
  ]) {
    say(`${stamp(cluster)} ${text}`);
  }
  if (isLie) await run.sleep(cluster, 40_000);
  else await install(run, target, options, say);
  say(`${stamp(cluster)} installation of ${version} complete`);
  say('Exit code: 0');
  say('upgrade completed');
  await run.meet(fate);
  if (!options.reboots || neverReboots || isLie) return;
  if (options.drains) await drainNode(run, target, options.drainTimeoutMs);
  await rebootAndWait(run, target, options.waits || options.drains, machine.name);
  if (options.drains) await uncordonNode(run, target, timeoutOf(run));
}

async function install(run: Run, target: Target, options: UpgradeOptions, say: (text: string) => void): Promise<void> {
  const { cluster, machine } = target;
  if (isBusy(machine)) {
    throw new TalosctlFailure(rpcError('FailedPrecondition', 'another installation/upgrade is already in progress'));
  }
  const result = answerOf(run, target);
  const actorId = orderInstall(cluster, machine, options.image);
  run.signal.addEventListener('abort', () => dropWithClient(cluster, machine, actorId), { once: true });
  const { kind, text } = await result;
  if (kind === 'error') {
    say(text);
    throw new TalosctlFailure(`node ${target.address}: upgrade failed with exit code 1`);
  }
  say(`${stamp(cluster)} all pre-flight checks successful`);
}

import { isAtLeast } from '../../world/talos-release.ts';
import { durationMs, isOn, textOf } from '../argv.ts';
import { notSimulated, TalosctlFailure } from '../failure.ts';
import { warnOfOlder } from '../older-nodes.ts';
import type { Command, Run, Target } from '../run.ts';
import { legacyUpgrade } from './upgrade-legacy.ts';
import { lifecycleUpgrade } from './upgrade-lifecycle.ts';

/** Servers from here on have LifecycleService.Upgrade. */
const LIFECYCLE_SINCE = 'v1.13.0';

export interface UpgradeOptions {
  image: string;
  waits: boolean;
  drains: boolean;
  drainTimeoutMs: number;
  reboots: boolean;
  isForced: boolean;
  preserves: boolean;
}

const FIVE_MINUTES_MS = 300_000;

function optionsOf(run: Run): UpgradeOptions {
  const { values } = run;
  const image = textOf(values, 'image') ?? `ghcr.io/siderolabs/installer:${run.client}`;
  return {
    image,
    waits: isOn(values, 'wait', true),
    drains: isOn(values, 'drain', true) && !isOn(values, 'no-reboot', false),
    drainTimeoutMs: durationMs(textOf(values, 'drain-timeout') ?? '5m') ?? FIVE_MINUTES_MS,
    reboots: !isOn(values, 'no-reboot', false),
    isForced: isOn(values, 'force', false),
    preserves: isOn(values, 'preserve', false),
  };
}

const LEGACY_ONLY = {
  since: 'v1.13.0',
  why: 'legacy flag for MachineService.Upgrade fallback, to be removed in Talos 1.18',
} as const;
const WITH_LIFECYCLE = { since: 'v1.13.0' } as const;

/** `talosctl upgrade`: from 1.13 on by LifecycleService where the node has it, else the legacy call (contractors.md 5.1). */
export const upgrade: Command = {
  path: 'upgrade',
  changes: true,
  role: 'os:admin',
  flags: [
    { name: 'image', short: 'i', type: 'text' },
    { name: 'wait', type: 'bool' },
    { name: 'debug', type: 'bool' },
    { name: 'timeout', type: 'duration' },
    { name: 'drain', type: 'bool', ...WITH_LIFECYCLE },
    { name: 'drain-timeout', type: 'duration', ...WITH_LIFECYCLE },
    { name: 'no-reboot', type: 'bool', since: 'v1.13.7' },
    { name: 'legacy', type: 'bool', ...WITH_LIFECYCLE },
    { name: 'stage', short: 's', type: 'bool', deprecated: LEGACY_ONLY },
    { name: 'force', short: 'f', type: 'bool', deprecated: LEGACY_ONLY },
    { name: 'preserve', short: 'p', type: 'bool', deprecated: LEGACY_ONLY },
    { name: 'insecure', type: 'bool', before: 'v1.14.0', deprecated: LEGACY_ONLY },
    { name: 'namespace', type: 'text', ...WITH_LIFECYCLE },
    { name: 'progress', type: 'text', ...WITH_LIFECYCLE },
    { name: 'reboot-mode', short: 'm', type: 'text' },
  ],
  async run(run) {
    const options = optionsOf(run);
    if (run.isInsecure) throw notSimulated('talosctl upgrade --insecure');
    if (!/:[^/]+$/.test(options.image))
      throw new TalosctlFailure(`invalid reference format: ${JSON.stringify(options.image)}`);
    await run.each('', async target => await upgradeOne(run, target, options), { hangs: false });
  },
};

/** As real ones do, a talosctl that has to fall back to the legacy call forgets --no-reboot and --drain=false. */
async function upgradeOne(run: Run, target: Target, options: UpgradeOptions): Promise<void> {
  const isLegacyNode = !isAtLeast(target.machine.running.version, LIFECYCLE_SINCE);
  const hasLifecycle = run.isClientAtLeast(LIFECYCLE_SINCE);
  const isForced = isOn(run.values, 'legacy', false);
  if (hasLifecycle && !isLegacyNode && !isForced) return await lifecycleUpgrade(run, target, options);
  if (isForced)
    run.sink.err(
      'WARNING: Forcing use of legacy upgrade method. This flag is deprecated and will be removed in Talos 1.18.\n',
    );
  else if (hasLifecycle) run.sink.err('New upgrade API is not available, falling back to legacy\n');
  if (isOn(run.values, 'stage', false)) throw notSimulated('talosctl upgrade --stage');
  warnOfOlder(run, [target]);
  await legacyUpgrade(run, target, options);
}

import { isAtLeast } from '../../world/talos-release.ts';
import { durationMs, isOn, textOf } from '../argv.ts';
import { TalosctlFailure } from '../failure.ts';
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
  const image = textOf(values, 'image') ?? 'ghcr.io/siderolabs/installer:v1.13.9';
  return {
    image,
    waits: isOn(values, 'wait', true),
    drains: isOn(values, 'drain', true),
    drainTimeoutMs: durationMs(textOf(values, 'drain-timeout') ?? '5m') ?? FIVE_MINUTES_MS,
    reboots: !isOn(values, 'no-reboot', false),
    isForced: isOn(values, 'force', false),
    preserves: isOn(values, 'preserve', false),
  };
}

/** `talosctl upgrade` of 1.13: by LifecycleService where the node has it, else the legacy call (contractors.md 5.1). */
export const upgrade: Command = {
  path: 'upgrade',
  flags: [
    { name: 'image', short: 'i', type: 'text' },
    { name: 'wait', type: 'bool' },
    { name: 'debug', type: 'bool' },
    { name: 'timeout', type: 'duration' },
    { name: 'drain', type: 'bool' },
    { name: 'drain-timeout', type: 'duration' },
    { name: 'no-reboot', type: 'bool' },
    { name: 'legacy', type: 'bool' },
    { name: 'stage', short: 's', type: 'bool' },
    { name: 'force', short: 'f', type: 'bool' },
    { name: 'preserve', short: 'p', type: 'bool' },
    { name: 'insecure', type: 'bool' },
    { name: 'namespace', type: 'text' },
    { name: 'progress', type: 'text' },
    { name: 'reboot-mode', short: 'm', type: 'text' },
  ],
  async run(run) {
    const options = optionsOf(run);
    if (!/:[^/]+$/.test(options.image))
      throw new TalosctlFailure(`invalid reference format: ${JSON.stringify(options.image)}`);
    await run.each('', async target => await upgradeOne(run, target, options), { hangs: false });
  },
};

async function upgradeOne(run: Run, target: Target, options: UpgradeOptions): Promise<void> {
  const isLegacyNode = !isAtLeast(target.machine.running.version, LIFECYCLE_SINCE);
  if (!isLegacyNode && !isOn(run.values, 'legacy', false)) return await lifecycleUpgrade(run, target, options);
  if (isLegacyNode) run.sink.err('New upgrade API is not available, falling back to legacy\n');
  if (isLegacyNode && !options.reboots) {
    throw new TalosctlFailure('flag --no-reboot is not supported with the legacy upgrade API');
  }
  await legacyUpgrade(run, target, options);
}

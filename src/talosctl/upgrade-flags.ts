import { TalosctlError } from './errors.ts';
import { isAtLeast } from './releases.ts';

export type UpgradeFlag = '--drain=false' | '--no-reboot' | '--wait=false';

/** From this talosctl on, `upgrade` drains by default, and draining makes it wait, against older nodes too. */
const DRAINS_SINCE = 'v1.13.0';
/** From this release on, talosctl and node can install without rebooting (SAFETY 10); before, the flag is absent or ignored. */
const INSTALLS_ALONE_SINCE = 'v1.13.7';

/**
 * The flags of `talosctl upgrade` for this talosctl and this node (contractors 5.1): never drain, never wait; `--no-reboot`
 * for an install alone. Throws TalosctlError unsupported where that can't be had. An unknown client counts as the node's
 * own release, with which it is meant to match.
 */
export function upgradeFlags(client: string | undefined, server: string, reboots: boolean): UpgradeFlag[] {
  const talosctl = client ?? server;
  const waitFlags: UpgradeFlag[] = isAtLeast(talosctl, DRAINS_SINCE)
    ? ['--drain=false', '--wait=false']
    : ['--wait=false'];
  if (reboots) return waitFlags;
  if (!isAtLeast(talosctl, INSTALLS_ALONE_SINCE) || !isAtLeast(server, INSTALLS_ALONE_SINCE))
    throw new TalosctlError(
      'unsupported',
      `an install without reboot needs ${INSTALLS_ALONE_SINCE} of talosctl and node; they are ${talosctl} and ${server}`,
    );
  return [...waitFlags, '--no-reboot'];
}

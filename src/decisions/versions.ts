import semver from 'semver';
import type { Verdict } from './verdict.ts';

/** What one Talos minor accepts (Talos' own compatibility tables; contractors.md 5.1). */
export interface TalosMinor {
  /** "1.13" */
  minor: string;
  /** Newest patch known here; undefined while only pre-releases are known. */
  latest: string | undefined;
  /** Oldest host this minor may be installed on. */
  minimumHost: string;
  /** A host at or above this version may not be downgraded to this minor. */
  downgradeHostBelow: string;
  kubernetes: { minimum: string; maximum: string };
}

const minorOf = (
  minor: string,
  latest: string | undefined,
  minimumHost: string,
  downgradeHostBelow: string,
  minimum: string,
  maximum: string,
): TalosMinor => ({ minor, latest, minimumHost, downgradeHostBelow, kubernetes: { minimum, maximum } });

/** Known Talos minors, oldest first. Kubernetes ranges are those Talos' source enforces. */
export const talosMinors: readonly TalosMinor[] = [
  minorOf('1.9', 'v1.9.6', '1.8.0', '1.11.0', '1.27', '1.32'),
  minorOf('1.10', 'v1.10.9', '1.8.0', '1.12.0', '1.28', '1.33'),
  minorOf('1.11', 'v1.11.6', '1.9.0', '1.13.0', '1.29', '1.34'),
  minorOf('1.12', 'v1.12.11', '1.10.0', '1.14.0', '1.30', '1.35'),
  minorOf('1.13', 'v1.13.9', '1.11.0', '1.15.0', '1.31', '1.36'),
  minorOf('1.14', undefined, '1.12.0', '1.16.0', '1.32', '1.37'),
];

const PATH_RULE = 'Talos: only adjacent minors are tested, by the latest patch of each (contractors.md 5.1)';
const FULL_VERSION = /^v?\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/;
/** LifecycleService.Upgrade answers on servers after this version; the legacy call is used up to it. */
const LAST_LEGACY_SERVER = '1.13.0-alpha.2';
/** First server and talosctl whose upgrade can leave the reboot out (`--no-reboot`). */
const FIRST_SEPARATE_INSTALL = '1.13.7';

/** "v1.13.9" for "1.13.9" and "v1.13.9"; undefined for anything that is not one full version. */
export function normalVersion(version: string): string | undefined {
  const parsed = FULL_VERSION.test(version) ? semver.parse(version) : null;
  return parsed ? `v${parsed.version}` : undefined;
}

/** Both are full versions and name the same one. */
export function isSameVersion(left: string | undefined, right: string | undefined): boolean {
  const version = left === undefined ? undefined : normalVersion(left);
  return version !== undefined && right !== undefined && version === normalVersion(right);
}

/** "v1.12.11" of a Kubernetes node's osImage "Talos (v1.12.11)"; undefined for anything else. */
export function talosVersionOfImage(osImage: string): string | undefined {
  const version = /^Talos \((v[^)\s]+)\)$/.exec(osImage)?.[1];
  return version === undefined ? undefined : normalVersion(version);
}

export type TalosPath =
  /** `path`: versions to install, in order (empty: already there). `legacyAt`: hosts of the path whose upgrade is the legacy call. */
  | { ok: true; path: readonly string[]; legacyAt: readonly string[] }
  | { ok: false; code: 'VERSION_SKEW'; message: string; remedy: string; rule: string };

const refused = (message: string, remedy: string): TalosPath => ({
  ok: false,
  code: 'VERSION_SKEW',
  message,
  remedy,
  rule: PATH_RULE,
});

/**
 * How a machine gets from one Talos version to another: one minor at a time, by the latest known patch of each minor between.
 * Refused, naming the path to take: a step the target's installer does not accept at once, a downgrade, an unknown minor,
 * a version that can't be read.
 */
export function talosPath(hop: { from: string; to: string }): TalosPath {
  const [from, to] = [normalVersion(hop.from), normalVersion(hop.to)];
  if (from === undefined || to === undefined) {
    const unreadable = from === undefined ? hop.from : hop.to;
    return refused(`${JSON.stringify(unreadable)} is not a Talos version`, 'give a full version, for example v1.13.9');
  }
  const target = talosMinors.find(known => known.minor === minorText(to));
  if (!target) {
    const known = `${talosMinors[0]?.minor} to ${talosMinors.at(-1)?.minor}`;
    return refused(`Talos ${to} is of a minor whose rules are not known here`, `choose a version of ${known}`);
  }
  if (semver.gt(from, to)) return refusedDowngrade(from, to, target);
  const path = stepsBetween(from, to);
  if (!path) {
    return refused(
      `no released version is known between ${from} and ${to}`,
      'bring the machine by hand to the minor before the target, one minor at a time',
    );
  }
  const taken = [from, ...path].join(' → ');
  if (semver.lt(from, target.minimumHost)) {
    return refused(
      `Talos ${target.minor} refuses hosts below v${target.minimumHost}, this one runs ${from}`,
      `take the path ${taken}, starting with ${path[0]}`,
    );
  }
  return { ok: true, path, legacyAt: [from, ...path].slice(0, -1).filter(usesLegacyUpgrade) };
}

const minorText = (version: string): string => `${semver.major(version)}.${semver.minor(version)}`;

/** Undefined when a minor between has no known release. */
function stepsBetween(from: string, to: string): string[] | undefined {
  if (semver.eq(from, to)) return [];
  const steps: string[] = [];
  if (semver.major(from) !== semver.major(to)) return undefined;
  for (let minor = semver.minor(from) + 1; minor < semver.minor(to); minor += 1) {
    const latest = talosMinors.find(known => known.minor === `${semver.major(to)}.${minor}`)?.latest;
    if (latest === undefined) return undefined;
    steps.push(latest);
  }
  return [...steps, to];
}

function refusedDowngrade(from: string, to: string, target: TalosMinor): TalosPath {
  const accepted = semver.lt(from, target.downgradeHostBelow)
    ? `Talos ${target.minor} would install on hosts below v${target.downgradeHostBelow}`
    : `Talos ${target.minor} does not install on hosts from v${target.downgradeHostBelow} on`;
  return refused(
    `${from} to ${to} is a downgrade (${accepted})`,
    'this plan only goes up: to undo the last upgrade boot the other slot of that machine (talosctl rollback), one machine at a time',
  );
}

/**
 * Where a plan may go now: one hop. A longer path is refused with the hop to plan first, because between two hops the whole
 * cluster is looked at again.
 */
export function singleHop(hop: { from: string; to: string }): TalosPath {
  const answer = talosPath(hop);
  const first = answer.ok ? answer.path[0] : undefined;
  if (!answer.ok || answer.path.length <= 1 || first === undefined) return answer;
  return refused(
    `${hop.from} to ${hop.to} takes ${answer.path.length} upgrades: ${[hop.from, ...answer.path].join(' → ')}`,
    `plan the upgrade to ${first} first, then plan again`,
  );
}

/** Install and reboot can be two effects: server and talosctl are both at least 1.13.7 (SAFETY 10). Unknown: false. */
export function installsSeparately(server: string | undefined, client: string | undefined): boolean {
  return [server, client].every(version => {
    const normal = version === undefined ? undefined : normalVersion(version);
    return normal !== undefined && semver.gte(normal, FIRST_SEPARATE_INSTALL);
  });
}

/**
 * The machine's upgrade is the legacy MachineService call, which cordons and drains by itself, swallows eviction failures and
 * reboots (SAFETY 10). An unreadable version counts as legacy: the more careful assumption.
 */
export function usesLegacyUpgrade(server: string): boolean {
  const version = normalVersion(server);
  return version === undefined || semver.lte(version, LAST_LEGACY_SERVER);
}

/** Does this Talos version support that Kubernetes version (any text that starts with major.minor)? */
export function kubernetesFits(talos: string, kubernetes: string): Verdict {
  const rule = 'SAFETY 10: the target supports the running Kubernetes (contractors.md 5.1)';
  const version = normalVersion(talos);
  const known = version === undefined ? undefined : talosMinors.find(row => row.minor === minorText(version));
  const running = /^v?(\d+\.\d+)(\.|$)/.exec(kubernetes)?.[1];
  if (!known) return { ok: false, reason: `the Kubernetes range of Talos ${talos} is not known`, rule };
  if (running === undefined)
    return { ok: false, reason: `Kubernetes version ${JSON.stringify(kubernetes)} is unreadable`, rule };
  const { minimum, maximum } = known.kubernetes;
  const ok = semver.gte(`${running}.0`, `${minimum}.0`) && semver.lte(`${running}.0`, `${maximum}.0`);
  const range = `Talos ${known.minor} runs Kubernetes ${minimum} to ${maximum}`;
  return { ok, reason: ok ? `${range}, ${running} is in it` : `${range}, not ${running}`, rule };
}

/**
 * Can this talosctl work on that server? Same major and at most one minor apart: only neighbours are tested, and during a
 * minor upgrade both minors run at once.
 */
export function clientFits(talosctl: string | undefined, server: string): Verdict {
  const rule = "SAFETY 10: talosctl's minor fits";
  const client = talosctl === undefined ? undefined : normalVersion(talosctl);
  const running = normalVersion(server);
  if (client === undefined) return { ok: false, reason: "the contractor's talosctl version is not known", rule };
  if (running === undefined)
    return { ok: false, reason: `Talos version ${JSON.stringify(server)} is unreadable`, rule };
  const ok =
    semver.major(client) === semver.major(running) && Math.abs(semver.minor(client) - semver.minor(running)) <= 1;
  return { ok, reason: `talosctl ${client} ${ok ? 'fits' : 'is more than one minor from'} Talos ${running}`, rule };
}

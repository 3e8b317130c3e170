import semver from 'semver';
import { knownMinor, minorPath, newestFor } from '../kubernetes-releases.ts';
import { kubernetesFits, normalVersion } from '../versions.ts';
import { type MaintenanceWindow, windowState } from '../window.ts';
import { type Check, type CheckIssue, headlineOf, issueOf, unknownIssue } from './check.ts';
import { majorMinor, type RunningVersions } from './versions.ts';

const DAY_MS = 24 * 3_600_000;
/** A minor whose support ends within so many days is planned away from. */
const END_NEAR_DAYS = 60;

const iso = (ms: number): string => new Date(ms).toISOString();

/** The newest Kubernetes minor that every machine's Talos supports; undefined where that is not known. */
function newestSupported(talos: readonly string[]): string | undefined {
  const [oldest] = semver.sort(talos.flatMap(version => normalVersion(version) ?? []));
  return oldest === undefined ? undefined : newestFor(majorMinor(oldest) ?? '');
}

/** Which minor this cluster could go to next, and how long its own is supported: from the bundled matrix (ledger R150). */
export function checkReleases(running: RunningVersions, now: number): Check {
  const rule = 'R150: supported versions';
  const { cluster, kubernetes, talos } = running;
  const minor = majorMinor(kubernetes);
  if (kubernetes === undefined || minor === undefined)
    return {
      issues: [unknownIssue(cluster, 'the Kubernetes version is not known')],
      headline: 'version unknown',
      figures: {},
    };
  const known = knownMinor(minor);
  const end = known?.endOfLife;
  const days = end === undefined ? undefined : Math.floor((Date.parse(`${end}T00:00:00Z`) - now) / DAY_MS);
  const newest = newestSupported(talos);
  const next = newest === undefined ? undefined : minorPath(minor, newest)?.[0];
  const fits = talos.map(version => kubernetesFits(version, kubernetes)).filter(({ ok }) => !ok);
  const issues: CheckIssue[] = [
    ...(known === undefined ? [unknownIssue(cluster, `Kubernetes ${minor} is not in the bundled matrix`)] : []),
    ...(days !== undefined && days < 0
      ? [issueOf('warning', rule, cluster, `Kubernetes ${minor} has been without support since ${end}`)]
      : days !== undefined && days < END_NEAR_DAYS
        ? [issueOf('warning', rule, cluster, `the support of Kubernetes ${minor} ends ${end}, in ${days} days`)]
        : []),
    ...fits.map(({ reason }) => issueOf('warning', rule, cluster, reason)),
  ];
  return {
    issues,
    headline: headlineOf(`${cluster}: Kubernetes ${minor}${next === undefined ? '' : `, next ${next}`}`, issues),
    figures: {
      kubernetes,
      talos,
      end_of_life: end ?? 'not announced',
      days_left: days ?? null,
      next_minor: next ?? null,
      newest_supported_by_talos: newest ?? 'unknown',
    },
  };
}

/** When this cluster goes to its next minor: non-production first, production at least a week later, each within its windows (ledger R151). */
export function planUpgrade(
  running: RunningVersions & { windows: readonly MaintenanceWindow[] },
  target: string | undefined,
  now: number,
): Check {
  const { cluster, environment, kubernetes, talos, windows } = running;
  const from = majorMinor(kubernetes);
  if (from === undefined)
    return {
      issues: [unknownIssue(cluster, 'the Kubernetes version is not known')],
      headline: 'version unknown',
      figures: {},
    };
  const wanted = majorMinor(target) ?? newestSupported(talos);
  const next = wanted === undefined ? undefined : minorPath(from, wanted)?.[0];
  if (next === undefined)
    return { issues: [], headline: `${cluster}: nothing to upgrade to`, figures: { cluster, from, proposal: null } };
  const earliest = now + (environment === 'production' ? 7 * DAY_MS : 0);
  const state = windowState(windows, earliest);
  const start = state.state === 'open' ? earliest : state.state === 'closed' ? state.opensAt : undefined;
  const proposal = {
    cluster,
    environment,
    from: kubernetes,
    to_minor: next,
    window_start: start === undefined ? null : iso(start),
  };
  return {
    issues: start === undefined ? [unknownIssue(cluster, 'its windows can’t be read')] : [],
    headline: `${cluster}: ${from} to ${next}${start === undefined ? '' : ` on ${iso(start).slice(0, 10)}`}`,
    figures: { ...proposal, proposal },
  };
}

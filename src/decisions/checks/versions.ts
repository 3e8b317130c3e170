import { minorOf, minorPath, removedBetween } from '../kubernetes-releases.ts';
import { kubernetesFits } from '../versions.ts';
import { type MaintenanceWindow, windowState } from '../window.ts';
import { type Check, type CheckIssue, headlineOf, issueOf, unknownIssue } from './check.ts';

/** What runs now: minors and versions as read, undefined where they could not be. */
export interface RunningVersions {
  cluster: string;
  environment: 'staging' | 'production';
  kubernetes: string | undefined;
  talos: readonly string[];
}

/** "1.35" of "v1.35.4"; undefined for what is not known, or no version. */
export const majorMinor = (version: string | undefined): string | undefined =>
  version === undefined ? undefined : minorOf(version);

/** Gate: one minor at a time, within what the machines' Talos supports (SAFETY 10; ledger R150). */
export function checkVersionPath(running: RunningVersions, to: string): Check {
  const rule = 'SAFETY 10, R150: one minor at a time, within the support matrix';
  const { cluster, kubernetes, talos } = running;
  const [from, target] = [majorMinor(kubernetes), majorMinor(to)];
  if (from === undefined || target === undefined)
    return {
      issues: [unknownIssue(cluster, 'a version can’t be read')],
      headline: 'version unknown',
      figures: { from: kubernetes ?? null, to },
    };
  const path = minorPath(from, target);
  const issues: CheckIssue[] = [
    ...(path === undefined
      ? [
          issueOf(
            'critical',
            rule,
            cluster,
            `${kubernetes} to ${to} is a downgrade or another major: Kubernetes only goes up`,
          ),
        ]
      : path.length > 1
        ? [
            issueOf(
              'critical',
              rule,
              cluster,
              `${from} to ${target} takes ${path.length} upgrades: plan ${path[0]} first`,
            ),
          ]
        : []),
    ...(talos.length === 0 ? [unknownIssue(cluster, 'no machine told its Talos version')] : []),
    ...talos
      .map(version => kubernetesFits(version, to))
      .filter(({ ok }) => !ok)
      .map(({ reason }) => issueOf('critical', rule, cluster, reason)),
  ];
  return {
    issues,
    headline: headlineOf(`${cluster}: ${from} to ${target}`, issues),
    figures: { from: kubernetes, to, path: path ?? [] },
  };
}

/** Gate: nobody writes objects in API versions that the target serves no more. */
export function checkRemovedApis(
  running: RunningVersions,
  to: string,
  written: readonly {
    apiVersion: string;
    kind: string;
    namespace: string | undefined;
    name: string;
    manager: string;
  }[],
): Check {
  const rule = 'Kubernetes deprecated API migration guide';
  const [from, target] = [majorMinor(running.kubernetes), majorMinor(to)];
  if (from === undefined || target === undefined)
    return {
      issues: [unknownIssue(running.cluster, 'a version can’t be read')],
      headline: 'version unknown',
      figures: {},
    };
  const removed = removedBetween(from, target);
  const issues = written.flatMap(({ apiVersion, kind, namespace, name, manager }): CheckIssue[] => {
    const gone = removed.find(one => one.apiVersion === apiVersion && one.kind === kind);
    const subject = `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
    return gone
      ? [
          issueOf(
            'critical',
            rule,
            subject,
            `${manager} writes ${subject} as ${apiVersion}, which ${gone.in} serves no more`,
          ),
        ]
      : [];
  });
  return {
    issues,
    headline: headlineOf(`${removed.length} API versions go on the way to ${target}`, issues),
    figures: { removed: removed.map(({ apiVersion, kind }) => `${apiVersion} ${kind}`) },
  };
}

export interface PastUpgrade {
  playbook: string;
  environment: 'staging' | 'production';
  cluster: string;
  toVersion: string;
  at: string;
}

/** Gate: a production cluster goes where another cluster has been seen to go (ledger R152; seed 259). */
export function checkStagingRecord(
  wanted: { cluster: string; environment: 'staging' | 'production'; playbook: string; toVersion: string },
  past: readonly PastUpgrade[],
): Check {
  const rule = 'R152, seed 259: upgrades are tested in non-production first';
  const isSame = (one: string): boolean => one.replace(/^v/, '') === wanted.toVersion.replace(/^v/, '');
  const proof = past.find(
    ({ playbook, environment, toVersion }) =>
      playbook === wanted.playbook && environment !== 'production' && isSame(toVersion),
  );
  if (wanted.environment !== 'production')
    return { issues: [], headline: `${wanted.cluster} is not production`, figures: { needed: false } };
  const issues = proof
    ? []
    : [
        issueOf(
          'critical',
          rule,
          wanted.cluster,
          `no non-production cluster has been upgraded to ${wanted.toVersion} yet`,
        ),
      ];
  return {
    issues,
    headline: proof ? `proved on ${proof.cluster} ${proof.at}` : `not proved elsewhere`,
    figures: { needed: true, proof: proof ?? null },
  };
}

/** Gate: disruptive work starts within the cluster's windows (division.yaml). */
export function checkWindow(cluster: string, windows: readonly MaintenanceWindow[], now: number): Check {
  const state = windowState(windows, now);
  const rule = 'division.yaml: windows';
  switch (state.state) {
    case 'open':
      return {
        issues: [],
        headline: windows.length === 0 ? 'no window is configured: always open' : 'the window is open',
        figures: { until: state.until === undefined ? null : iso(state.until) },
      };
    case 'closed':
      return {
        issues: [issueOf('critical', rule, cluster, `the window of ${cluster} is closed until ${iso(state.opensAt)}`)],
        headline: `closed until ${iso(state.opensAt)}`,
        figures: { opens_at: iso(state.opensAt) },
      };
    case 'unreadable':
      return {
        issues: [
          unknownIssue(
            cluster,
            `window "${state.window.cron}" of ${state.window.duration} can't be read, or never opens`,
          ),
        ],
        headline: 'window unreadable',
        figures: {},
      };
  }
}

const iso = (ms: number): string => new Date(ms).toISOString();

import type { SnapshotFile } from '../../model/snapshot.ts';
import { type Check, type CheckIssue, headlineOf, issueOf } from './check.ts';

const HOUR_MS = 3_600_000;
/** Older than the week between two validations is stale (ledger R137, R138). */
const STALE_MS = 7 * 24 * HOUR_MS;

/** The newest etcd snapshot of a cluster: there, not empty, not stale (ledger R138). Whether it is whole is `verify_snapshot`'s to say. */
export function checkBackups(cluster: string, snapshots: readonly SnapshotFile[], now: number): Check {
  const rule = 'R138: etcd backups';
  const newest = snapshots.toSorted((one, other) => other.takenAt - one.takenAt)[0];
  const hours = newest && Math.max(0, Math.round((now - newest.takenAt) / HOUR_MS));
  const against = (message: string): CheckIssue[] => [issueOf('critical', rule, cluster, message)];
  const issues = !newest
    ? against(
        `there is no etcd snapshot of ${cluster}: each upgrade takes one, or take one with talosctl etcd snapshot`,
      )
    : newest.bytes === 0
      ? against(`the newest snapshot of ${cluster} is empty`)
      : now - newest.takenAt > STALE_MS
        ? against(`the newest snapshot of ${cluster} is ${hours} h old`)
        : [];
  return {
    issues,
    headline: headlineOf(newest ? `newest snapshot ${hours} h old, ${newest.bytes} bytes` : 'no snapshot', issues),
    figures: {
      snapshots: snapshots.length,
      newest: newest ? { name: newest.name, bytes: newest.bytes, age_hours: hours } : null,
    },
  };
}

export interface RecoveryParts {
  hasSnapshot: boolean;
  hasMachineConfigurations: boolean;
  hasSecretsBundle: boolean;
  hasContacts: boolean;
  rtoMinutesMeasured: number | undefined;
}

/** What a cluster is rebuilt from (ledger R140): each part that is missing is critical, as each alone stops a recovery. */
export function checkRecoveryPlan(cluster: string, parts: RecoveryParts): Check {
  const rule = 'R140: disaster recovery plan';
  const wanted = [
    [parts.hasSnapshot, 'an etcd snapshot', 'take one'],
    [
      parts.hasMachineConfigurations,
      'its machine configurations',
      'put CLUSTER-NODE.yaml (or CLUSTER-controlplane.yaml) into the secrets directory',
    ],
    [
      parts.hasSecretsBundle,
      'its secrets bundle',
      'put CLUSTER-secrets.yaml (talosctl gen secrets) into the secrets directory',
    ],
    [parts.hasContacts, 'whom to call', 'name the approvers in division.yaml'],
  ] as const;
  const issues = wanted.flatMap(([isThere, what, remedy]) =>
    isThere ? [] : [issueOf('critical', rule, cluster, `${cluster} lacks ${what}: ${remedy}`)],
  );
  const present = wanted.filter(([isThere]) => isThere).length;
  return {
    issues,
    headline: headlineOf(`${present} of ${wanted.length} parts of the recovery plan are there`, issues),
    figures: {
      parts: Object.fromEntries(wanted.map(([isThere, what]) => [what, isThere])),
      rto_minutes: parts.rtoMinutesMeasured ?? null,
    },
  };
}

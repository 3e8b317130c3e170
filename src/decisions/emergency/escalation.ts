/** When an incident is Cortex Prime's at once (seed lines 509 to 513). */

export interface Incident {
  /** Clusters whose control plane fails now. */
  failing: readonly string[];
  isQuorumLost: boolean;
  /** Age of the newest snapshot; undefined: there is none. */
  snapshotAgeMs: number | undefined;
  elapsedMs: number;
  /** Undefined: nobody knows. */
  expectedMs: number | undefined;
  /** Its recovery makes the cluster another one than it was: control plane machines that are gone for good. */
  changesArchitecture: boolean;
}

export type EscalationCondition =
  | 'multi_cluster_failure'
  | 'data_loss_risk'
  | 'recovery_over_an_hour'
  | 'architectural_change';

export interface Escalation {
  condition: EscalationCondition;
  reason: string;
  rule: string;
}

const MINUTE_MS = 60_000;
const RECOVERY_MS = 60 * MINUTE_MS;
/** What was written since a snapshot of this age or older is lost with a restore: more than an hour of it is told to Prime. */
const SNAPSHOT_FRESH_MS = 60 * MINUTE_MS;

const minutes = (ms: number): number => Math.round(ms / MINUTE_MS);

/** Every condition that holds, in the seed's order; none is not an escalation. */
export function escalationsOf(incident: Incident): Escalation[] {
  const { failing, isQuorumLost, snapshotAgeMs, elapsedMs, expectedMs, changesArchitecture } = incident;
  const found: Escalation[] = [];
  if (failing.length > 1) {
    found.push({
      condition: 'multi_cluster_failure',
      reason: `${failing.length} clusters fail: ${failing.join(', ')}`,
      rule: 'seed line 510, R249',
    });
  }
  if (isQuorumLost && (snapshotAgeMs === undefined || snapshotAgeMs > SNAPSHOT_FRESH_MS)) {
    const newest =
      snapshotAgeMs === undefined ? 'there is no snapshot' : `the newest snapshot is ${minutes(snapshotAgeMs)} min old`;
    found.push({
      condition: 'data_loss_risk',
      reason: `etcd has lost its quorum and ${newest}`,
      rule: 'seed line 511, R250',
    });
  }
  if (elapsedMs > RECOVERY_MS || (expectedMs !== undefined && elapsedMs + expectedMs > RECOVERY_MS)) {
    const lasts = `it has lasted ${minutes(elapsedMs)} min`;
    found.push({
      condition: 'recovery_over_an_hour',
      reason: expectedMs === undefined ? lasts : `${lasts}, ${minutes(expectedMs)} more are expected`,
      rule: 'seed line 512, R251',
    });
  }
  if (changesArchitecture) {
    found.push({
      condition: 'architectural_change',
      reason: 'control plane machines are gone: what is recovered is another control plane than before',
      rule: 'seed line 513, R252',
    });
  }
  return found;
}

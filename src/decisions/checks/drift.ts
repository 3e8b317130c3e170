import type { FleetDrift, FleetVersions } from '../../model/talos-fleet.ts';
import { isSameVersion } from '../versions.ts';
import { type Check, type CheckIssue, headlineOf, issueOf, unknownIssue } from './check.ts';

/** What Kubernetes shows of a cluster: the second source for what the contractor claims. Undefined: it could not be read. */
export interface SeenVersions {
  cluster: string;
  talos: readonly string[] | undefined;
  kubelet: readonly string[] | undefined;
}

export interface ClusterDrift {
  contractor: string;
  claimed: FleetVersions;
  drift: FleetDrift;
  seen: readonly SeenVersions[];
}

const RULE = 'seed 65, R38: clusters in sync';
const SECOND_SOURCE = 'SAFETY 4: no contractor is believed alone';
const UNKNOWN = 'unknown';
/** Of the differences those that are told one by one. */
const NAMED = 10;

const sameVersions = (claimed: readonly string[], seen: readonly string[]): boolean =>
  claimed.every(one => seen.some(other => isSameVersion(one, other))) &&
  seen.every(one => claimed.some(other => isSameVersion(one, other)));

const claimsOf = (counted: Readonly<Record<string, number>>): string[] =>
  Object.keys(counted).filter(version => version !== UNKNOWN);

function disagreements({ contractor, claimed, seen }: ClusterDrift): CheckIssue[] {
  return claimed.clusters.flatMap(({ cluster, talos, kubelet }) => {
    const shown = seen.find(one => one.cluster === cluster);
    const pairs = [
      ['Talos', claimsOf(talos), shown?.talos],
      ['kubelets', claimsOf(kubelet), shown?.kubelet],
    ] as const;
    return pairs.flatMap(([what, said, found]) => {
      if (found === undefined)
        return unknownIssue(cluster, `${what}: Kubernetes can’t be asked, and ${contractor} is not believed alone`);
      if (sameVersions(said, found)) return [];
      const message = `${what}: ${contractor} says ${said.join(', ') || 'nothing'}, Kubernetes shows ${found.join(', ')}`;
      return issueOf('unknown', SECOND_SOURCE, cluster, message);
    });
  });
}

function differences({ drift }: ClusterDrift): CheckIssue[] {
  const versions = drift.differences.filter(({ subject }) => subject !== 'machine_config');
  const configs = drift.differences.filter(({ subject }) => subject === 'machine_config');
  const told = versions.map(({ subject, role, values }) =>
    issueOf(
      'warning',
      RULE,
      subject,
      `${subject} of ${role}: ${values.map(({ cluster, value }) => `${cluster} ${value}`).join(', ')}`,
    ),
  );
  // Paths and no values: what is configured differently is looked up where it is kept.
  const paths = configs.slice(0, NAMED).map(({ path, role }) => `${path ?? ''} (${role})`);
  const more = configs.length + drift.more_differences;
  return more === 0
    ? told
    : [...told, issueOf('info', RULE, 'machine_config', `${more} settings differ: ${paths.join(', ')}`)];
}

/** Whether several clusters run the same, as the contractor over all of them says, and as Kubernetes shows (ledger R38, R42). */
export function checkDrift(found: ClusterDrift): Check {
  const { contractor, claimed, drift } = found;
  const failed = new Map([...claimed.failed, ...drift.failed].map(one => [one.cluster, one]));
  const unread = [...failed.values()].map(({ cluster, error_class: why, message }) =>
    unknownIssue(cluster, `${contractor} could not read it: ${why}, ${message}`),
  );
  const doubts = [...unread, ...disagreements(found)];
  const differing = differences(found);
  const issues = [...doubts, ...differing];
  const isApart = differing.some(({ severity }) => severity === 'warning');
  const sync = isApart ? 'out_of_sync' : doubts.length > 0 || drift.unknown.length > 0 ? UNKNOWN : 'in_sync';
  return {
    issues,
    headline: headlineOf(`${drift.compared.length} clusters compared: ${sync.replaceAll('_', ' ')}`, issues),
    figures: {
      multi_cluster_sync: sync,
      compared: drift.compared,
      not_read: [...failed.keys()],
      differences: drift.differences.length + drift.more_differences,
      not_told: drift.unknown.slice(0, NAMED),
    },
  };
}

/** What an upgrade must have come to, by the simulation's own account: its ledger, machines and store. */
import { targetVersion } from '../../../src/decisions/plan-words.ts';
import { cordonedNodes } from './cordons.ts';
import type { DivisionRun, Halt } from './division.ts';

type Judged = Pick<DivisionRun, 'operation' | 'journal' | 'ledger' | 'cluster' | 'errors' | 'plan' | 'halts'>;

/** Halts in which a node is cordoned that is not named as in doubt (SAFETY 8). */
const trapped = ({ operation, cordoned }: Halt): string[] =>
  cordoned
    .filter(name => !operation.in_doubt?.some(node => node.endsWith(`/${name}`)))
    .map(name => `${name} is cordoned and not in doubt, when it is ${operation.status} (${operation.stopped?.code})`);

/** Every pod's evictions by us that are one too many. */
const evictedTwice = (evictions: Readonly<Record<string, number>>): string[] =>
  Object.entries(evictions)
    .filter(([, times]) => times > 1)
    .map(([uid, times]) => `pod ${uid} was evicted ${times} times`);

/** Never, whatever the end: what SAFETY forbids at every instant. */
export function violations({ ledger, errors, operation, journal, halts }: Judged): string[] {
  const forbidden: [string, number, number][] = [
    ['installs in one boot', ledger.max_installs_per_boot, 1],
    ['reboots in one boot', ledger.max_reboots_per_boot, 1],
    ['moments with two control plane nodes down', ledger.control_plane_overlaps, 0],
    ['losses of quorum', ledger.etcd_quorum_lost, 0],
    ['violations of budgets', ledger.pdb_violations, 0],
  ];
  return [
    ...forbidden.filter(([, count, most]) => count > most).map(([what, count]) => `${count} ${what}`),
    ...halts.flatMap(trapped),
    ...evictedTwice(ledger.evictions_by_pod_uid),
    ...errors.filter(error => !error.startsWith('request.refused')).map(error => `logged: ${error}`),
    ...(operation.sequence === journal.length
      ? []
      : [`the record tells of ${operation.sequence} entries, the journal has ${journal.length}`]),
  ];
}

export function leaseHolder({ cluster }: Pick<Judged, 'cluster'>): string | undefined {
  const lease = cluster.store.get('leases.coordination.k8s.io', 'kube-system', 'containers-gm');
  return (lease?.spec as { holderIdentity?: string } | undefined)?.holderIdentity;
}

/** What is wrong with a run that should have brought every node to the target; empty when nothing is. */
export function shortcomings(run: Judged): string[] {
  const { operation, ledger, cluster, plan } = run;
  const target = targetVersion(plan);
  const planned = plan.clusters.flatMap(({ nodes }) => nodes.map(({ name }) => name));
  const notThere = planned.filter(name => cluster.machines.get(name)?.running.version !== target);
  const holder = leaseHolder(run);
  const { stopped } = operation;
  return [
    ...violations(run),
    ...(operation.status === 'succeeded' ? [] : [`it is ${operation.status}: ${stopped?.code} ${stopped?.reason}`]),
    ...notThere.map(name => `${name} does not run ${target}`),
    ...cordonedNodes(cluster).map(name => `${name} is left cordoned`),
    ...(holder === undefined ? [] : [`the Lease is left with ${holder}`]),
    ...(ledger.installs.length === planned.length ? [] : [`${ledger.installs.length} installs`]),
    ...(ledger.reboots.length === planned.length ? [] : [`${ledger.reboots.length} reboots`]),
  ];
}

import type { Fault } from '../../faults.ts';
import type { SimCluster } from '../cluster.ts';
import { isCordoned } from '../controllers/node-fit.ts';
import { microTime } from '../controllers/node-status.ts';
import { someServerIsUp } from '../controllers/work-queue.ts';
import { cordon, drainablePods, tryEviction, uncordon } from '../machines/node-drain.ts';
import { isTerminating } from '../pods.ts';

const LEASES = 'leases.coordination.k8s.io';
/** The Lease every upgrader of a cluster is to hold (SAFETY 6). */
const LEASE = { namespace: 'kube-system', name: 'containers-gm' };
const WORK = 'another-upgrader';
const EVERY_MS = 5_000;
const LEASE_SECONDS = 60;
const ANNOTATION = 'upgrader.example/cordoned-by';

const holderOf = ({ holder = 'another-upgrader' }: Fault): string => holder;

/**
 * Somebody else upgrades: takes the Lease, renews it, and cordons and drains the fault's node, one eviction every five
 * seconds. When the fault ends it lets go of the Lease and lifts its own cordon.
 */
export function runAnotherUpgrader(cluster: SimCluster): void {
  const { clock, faults } = cluster;
  clock.handle(WORK, id => {
    const fault = faults.list().find(other => other.id === id);
    if (fault === undefined) return;
    if (someServerIsUp(cluster)) work(cluster, fault);
    clock.scheduleOnce(EVERY_MS, WORK, id);
  });
  faults.onChange((fault, change) => {
    if (fault.kind !== 'another_upgrader') return;
    if (change === 'armed') clock.scheduleOnce(0, WORK, fault.id);
    else leave(cluster, fault);
  });
}

function work(cluster: SimCluster, fault: Fault): void {
  holdLease(cluster, holderOf(fault));
  if (fault.node === undefined) return;
  cordon(cluster, fault.node, { [ANNOTATION]: holderOf(fault) });
  const next = drainablePods(cluster, fault.node, true).find(pod => !isTerminating(pod));
  if (next !== undefined) tryEviction(cluster, next);
}

function holdLease(cluster: SimCluster, holder: string): void {
  const now = microTime(cluster.now());
  const lease = cluster.store.get(LEASES, LEASE.namespace, LEASE.name);
  const spec = { holderIdentity: holder, leaseDurationSeconds: LEASE_SECONDS, acquireTime: now, renewTime: now };
  if (lease === undefined) {
    const metadata = { ...LEASE };
    cluster.store.create(LEASES, { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec });
    return;
  }
  const before = lease.spec as Partial<typeof spec> | undefined;
  const acquireTime = before?.holderIdentity === holder ? before.acquireTime : now;
  cluster.store.replace(LEASES, { ...lease, spec: { ...spec, acquireTime } });
}

function leave(cluster: SimCluster, fault: Fault): void {
  const lease = cluster.store.get(LEASES, LEASE.namespace, LEASE.name);
  const holder = (lease?.spec as { holderIdentity?: string } | undefined)?.holderIdentity;
  if (holder === holderOf(fault)) cluster.store.remove(LEASES, LEASE.namespace, LEASE.name);
  const node = cluster.store.get('nodes', undefined, fault.node ?? '');
  if (node?.metadata.annotations?.[ANNOTATION] !== holderOf(fault)) return;
  const { [ANNOTATION]: _, ...annotations } = node.metadata.annotations;
  const mine = cluster.store.replace('nodes', { ...node, metadata: { ...node.metadata, annotations } });
  if (isCordoned(mine)) uncordon(cluster, mine.metadata.name);
}

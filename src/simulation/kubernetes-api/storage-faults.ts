import type { ApiCluster } from './api-cluster.ts';
import { at } from './json.ts';
import type { ApiRequest, Target } from './request.ts';
import { isDryRun } from './request.ts';
import { ApiError } from './status.ts';

const WRITES: readonly string[] = ['create', 'update', 'patch', 'delete', 'deletecollection'];

export const isWrite = (verb: string): boolean => WRITES.includes(verb);

/** What etcd says when it cannot even read for this API server; undefined when it can. */
export function readProblem({ faults }: ApiCluster, node: string): string | undefined {
  if (faults.some('etcd_no_leader')) return 'etcdserver: no leader';
  if (faults.active('etcd_learner', { node }) !== undefined) return 'etcdserver: rpc not supported for learner';
  return undefined;
}

/** A deletion that only removes keys is what a full etcd still takes. */
function removesAtOnce({ query, body }: ApiRequest, { info }: Target): boolean {
  if (info.key !== 'pods' || query.get('gracePeriodSeconds') === '0') return true;
  try {
    return at(JSON.parse(body.toString('utf8')), 'gracePeriodSeconds') === 0;
  } catch {
    // No delete options: the pod's own grace, which has to be written down.
    return false;
  }
}

/**
 * Throws what the API server makes of an etcd that refuses (500 without a reason, the message as etcd words it): no
 * leader or a learner beside it for every request, a full database (any member's NOSPACE alarm) for every write.
 */
export function requireStorage(cluster: ApiCluster, request: ApiRequest, target: Target): void {
  if (target.info.served !== 'stored') return;
  const problem = readProblem(cluster, request.node);
  if (problem !== undefined) throw new ApiError(500, '', problem);
  if (!cluster.faults.some('etcd_nospace') || !isWrite(target.verb) || isDryRun(request.query)) return;
  if (target.verb.startsWith('delete') && removesAtOnce(request, target)) return;
  throw new ApiError(500, '', 'etcdserver: mvcc: database space exceeded');
}

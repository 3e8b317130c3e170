import type { RevisionFacts } from '../../model/workload-facts.ts';
import type { Diagnosis } from '../causes.ts';

export interface FailingWorkload {
  kind: string;
  desired: number | undefined;
  diagnosis: Diagnosis;
  /** Newest first. */
  revisions: readonly RevisionFacts[];
}

/** One thing that is done for a workload that fails, and why; `none` says who has to act instead. */
export type Mitigation =
  | { does: 'rollback'; revision: string; images: readonly string[]; rationale: string }
  | { does: 'restart'; rationale: string }
  | { does: 'scale'; replicas: number; rationale: string }
  | { does: 'none'; rationale: string };

const RULE = 'seed line 537, R263';
/** What comes with a revision: an image, a command, a configuration, a probe, the code itself. */
const OF_REVISION: readonly string[] = [
  'image_pull',
  'missing_configuration',
  'command_fails',
  'probe_fails',
  'crash_loop',
  'exits_normally',
  'out_of_memory',
];
/** Not the workload's own: another place, quota or node is needed, and a new pod would meet the same. */
const OF_PLACE: readonly string[] = [
  'unschedulable',
  'quota_exceeded',
  'admission_denied',
  'volume_attach',
  'node_not_ready',
  'memory_pressure',
  'disk_pressure',
  'pid_pressure',
];
const SCALED: readonly string[] = ['Deployment', 'StatefulSet'];

/**
 * Scale, restart or rollback, as appropriate (seed line 537): what its newest revision brought is rolled back; memory that runs out under
 * the only revision there is is spread over one more pod; a crash that nothing explains is restarted. Whatever its surroundings lack is
 * nothing that a change of the workload mends.
 */
export function mitigationOf({ kind, desired, diagnosis, revisions }: FailingWorkload): Mitigation {
  const [cause] = diagnosis.causes;
  if (diagnosis.state === 'healthy' || cause === undefined)
    return { does: 'none', rationale: `every pod works now (${RULE})` };
  if (OF_PLACE.includes(cause.cause))
    return { does: 'none', rationale: `${cause.message}: that is nothing a change of the workload mends (${RULE})` };
  const current = revisions.find(({ isCurrent }) => isCurrent);
  const newest = Math.max(...revisions.map(({ revision }) => revision));
  const before = revisions.find(({ isCurrent }) => !isCurrent);
  if (OF_REVISION.includes(cause.cause) && before && current?.revision === newest) {
    return {
      does: 'rollback',
      revision: before.name,
      images: before.images,
      rationale: `${cause.message}; revision ${before.revision} was there before revision ${current.revision} (${RULE})`,
    };
  }
  if (cause.cause === 'out_of_memory') {
    if (desired === undefined || desired < 1 || !SCALED.includes(kind))
      return { does: 'none', rationale: `${cause.message}: its limit or its code has to change (${RULE})` };
    return {
      does: 'scale',
      replicas: desired + 1,
      rationale: `${cause.message}; there is no revision before it, so its load is spread over one more pod (${RULE})`,
    };
  }
  if (cause.cause === 'image_pull' || cause.cause === 'missing_configuration')
    return {
      does: 'none',
      rationale: `${cause.message}: there is no revision before it, and a restart meets the same (${RULE})`,
    };
  return { does: 'restart', rationale: `${cause.message}; there is no revision to go back to (${RULE})` };
}

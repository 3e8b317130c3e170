import { judgeStability, STABLE_MS, type StableSince } from '../../decisions/emergency/stability.ts';
import { isObject } from '../../decisions/manifest/json.ts';
import { DivisionError } from '../../errors.ts';
import type { StepResult } from '../../model/step.ts';
import { inCluster } from './in-cluster.ts';
import type { StepLook, StepPerformer } from './step.ts';

const AT_MOST_MS = 45 * 60_000;
const REMEDY = 'investigate the workload: it is the same incident; control_operation resume watches it again';

/** The incident is over when every pod works and none restarted in a whole window; a re-crash keeps it open (ledger R265, seed line 540). */
export const watchStability: StepPerformer<'watch_stability'> = async scene => {
  const { cluster } = inCluster(scene);
  const { task, signal, now, progress } = scene;
  if (task.playbook !== 'workload_failure') return { kind: 'skip', reason: 'no workload was named' };
  const named = `${task.namespace}/${task.workload}`;
  const workload = await cluster.symptoms?.workload({ namespace: task.namespace, name: task.workload }, signal);
  if (!workload) throw new DivisionError('NOT_FOUND', `there is no workload ${named}`, 'plan again');
  const judged = judgeStability(workload, windowIn(progress.result), now);
  switch (judged.kind) {
    case 'settling':
      return waiting(`${named}: ${judged.reason}`, 'every pod works');
    case 'watching': {
      const since = new Date(judged.window.since).toISOString();
      const result = { since: judged.window.since, restarts: judged.window.restarts };
      return {
        ...waiting(`${named} is watched since ${since}`, `${STABLE_MS / 60_000} min without a restart`),
        result,
      };
    }
    case 'crashed':
      return {
        kind: 'failed',
        code: 'NODE_NOT_READY',
        reason: `${named} crashed again: ${judged.pods.slice(0, 5).join(', ')}`,
        remedy: REMEDY,
      };
    case 'stable':
      return {
        kind: 'done',
        reason: `${named} is stable`,
        evidence: [`no pod restarted in ${STABLE_MS / 60_000} min`, `${workload.pods.length} pods work`],
        result: { headline: `${named} is stable` },
      };
  }
};

function windowIn(result: StepResult | undefined): StableSince | undefined {
  const { since, restarts } = result ?? {};
  if (typeof since !== 'number' || !isObject(restarts)) return undefined;
  const counts = Object.entries(restarts).filter((entry): entry is [string, number] => typeof entry[1] === 'number');
  return { since, restarts: Object.fromEntries(counts) };
}

const waiting = (reason: string, whatEndsIt: string): Extract<StepLook, { kind: 'wait' }> => ({
  kind: 'wait',
  reason,
  whatEndsIt,
  pollMs: 15_000,
  atMostMs: AT_MOST_MS,
  remedy: REMEDY,
});

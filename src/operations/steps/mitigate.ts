import { type Mitigation, mitigationOf } from '../../decisions/emergency/mitigation.ts';
import { at, isObject, objectsAt, textAt } from '../../decisions/manifest/json.ts';
import { DivisionError } from '../../errors.ts';
import type { Effect } from '../../model/effect.ts';
import type { StepResult } from '../../model/step.ts';
import { type GitOpsOwner, type ObjectRef, objectText } from '../../model/workload-facts.ts';
import type { ClusterPorts } from '../../ports.ts';
import { investigateWorkload } from '../investigate.ts';
import { inCluster } from './in-cluster.ts';
import type { StepLook, StepPerformer, StepScene } from './step.ts';

const KINDS: readonly string[] = ['Deployment', 'StatefulSet', 'DaemonSet'];
const REMEDY = 'investigate the workload; deploy what mends it, then control_operation resume';

/** One mitigation: chosen once and on record before it is carried out, so that a repeat after a crash is the same one. */
interface Chosen {
  ref: ObjectRef;
  mitigation: Mitigation;
  at: string;
}

/** Scales, restarts or rolls back, as appropriate (seed line 537); what a GitOps controller keeps is handed back as a patch (ledger R263). */
export const mitigate: StepPerformer<'mitigate'> = async scene => {
  const { cluster } = inCluster(scene);
  const { progress } = scene;
  const chosen = chosenBefore(progress.result);
  if (!chosen) return choose(scene, cluster);
  const { mitigation, ref } = chosen;
  const last = progress.last_outcome;
  if (mitigation.does === 'none') return doneWith(chosen, 'nothing of the workload is changed');
  if (last?.result === 'ok') return doneWith(chosen, `${objectText(ref)}: ${mitigation.does}`);
  if (last?.result === 'failed') {
    const code = last.code === 'OPERATION_CONFLICT' ? 'OPERATION_CONFLICT' : 'INPUT_INVALID';
    return { kind: 'failed', code, reason: last.detail, remedy: REMEDY };
  }
  const live = await cluster.workloads.object(ref, scene.signal);
  if (live?.gitops) return handedBack(cluster, chosen, live.gitops, scene.signal);
  return { kind: 'effect', reason: mitigation.rationale, effect: effectOf(cluster.config.name, chosen, mitigation) };
};

async function choose(scene: StepScene, ports: ClusterPorts): Promise<StepLook> {
  const { task, signal, now } = scene;
  if (task.playbook !== 'workload_failure') return { kind: 'skip', reason: 'no workload was named' };
  if (!ports.symptoms) {
    throw new DivisionError('CAPABILITY_MISSING', `nothing investigates ${ports.config.name}`, 'mitigate by hand');
  }
  const subject = { namespace: task.namespace, name: task.workload };
  const [found, symptoms] = await Promise.all([
    investigateWorkload({ ports, symptoms: ports.symptoms, now }, subject, signal),
    ports.symptoms.workload(subject, signal),
  ]);
  const ref: ObjectRef = { apiVersion: 'apps/v1', kind: found.kind, namespace: task.namespace, name: task.workload };
  const revisions = KINDS.includes(found.kind) ? await ports.workloads.revisions(ref, signal) : [];
  const mitigation: Mitigation = KINDS.includes(found.kind)
    ? mitigationOf({ kind: found.kind, desired: symptoms?.desired, diagnosis: found.diagnosis, revisions })
    : { does: 'none', rationale: `a ${found.kind} is changed by who made it` };
  return {
    kind: 'wait',
    reason: `${mitigation.does}: ${mitigation.rationale}`,
    whatEndsIt: 'it is carried out',
    pollMs: 1,
    atMostMs: 15 * 60_000,
    remedy: REMEDY,
    result: { kind: found.kind, ...subject, mitigation, at: new Date(now).toISOString() },
  };
}

function chosenBefore(result: StepResult | undefined): Chosen | undefined {
  const { kind, namespace, name, at: chosenAt, mitigation } = result ?? {};
  if (typeof kind !== 'string' || typeof namespace !== 'string' || typeof name !== 'string') return undefined;
  const read = isObject(mitigation) ? mitigationIn(mitigation) : undefined;
  if (!read || typeof chosenAt !== 'string') return undefined;
  return { ref: { apiVersion: 'apps/v1', kind, namespace, name }, mitigation: read, at: chosenAt };
}

function mitigationIn(kept: Record<string, unknown>): Mitigation | undefined {
  const rationale = textAt(kept, 'rationale') ?? '';
  const revision = textAt(kept, 'revision');
  if (kept.does === 'rollback' && revision !== undefined) {
    return { does: 'rollback', revision, images: [], rationale };
  }
  if (kept.does === 'scale' && typeof kept.replicas === 'number') {
    return { does: 'scale', replicas: kept.replicas, rationale };
  }
  return kept.does === 'restart' || kept.does === 'none' ? { does: kept.does, rationale } : undefined;
}

function effectOf(
  cluster: string,
  { ref, at: chosenAt }: Chosen,
  mitigation: Exclude<Mitigation, { does: 'none' }>,
): Effect {
  const { apiVersion: api_version, kind, namespace, name } = ref;
  const workload = { api_version, kind, name, ...(namespace !== undefined && { namespace }) };
  switch (mitigation.does) {
    case 'rollback':
      return { kind: 'rollback_workload', cluster, workload, revision: mitigation.revision };
    case 'scale':
      return { kind: 'scale_workload', cluster, workload, replicas: mitigation.replicas };
    case 'restart':
      return { kind: 'restart_workload', cluster, workload, at: chosenAt };
  }
}

const doneWith = ({ ref, mitigation }: Chosen, reason: string): StepLook => ({
  kind: 'done',
  reason: `${reason}: ${mitigation.rationale}`,
  result: { done: mitigation.does, headline: `${objectText(ref)}: ${mitigation.does}` },
});

/** Never mutated by us: the repository that it comes from would put it back. */
async function handedBack(
  cluster: ClusterPorts,
  chosen: Chosen,
  owner: GitOpsOwner,
  signal: AbortSignal,
): Promise<StepLook> {
  const { ref, mitigation } = chosen;
  return {
    kind: 'done',
    reason: `${objectText(ref)} is kept by ${owner.by} ${owner.name}: ${mitigation.does} is handed back as a patch`,
    evidence: [owner.evidence, mitigation.rationale],
    result: {
      done: 'handed_back',
      object: objectText(ref),
      kept_by: `${owner.by} ${owner.name}`,
      patch: await patchOf(cluster, chosen, signal),
      headline: `${objectText(ref)} is kept by ${owner.by}: ${mitigation.does} is to be made in its repository`,
    },
  };
}

/** A merge patch of the workload that does the same; images alone of a revision, as a template may hold secrets. */
async function patchOf({ workloads }: ClusterPorts, { ref, mitigation, at: chosenAt }: Chosen, signal: AbortSignal) {
  switch (mitigation.does) {
    case 'scale':
      return { spec: { replicas: mitigation.replicas } };
    case 'restart': {
      const annotations = { 'kubectl.kubernetes.io/restartedAt': chosenAt };
      return { spec: { template: { metadata: { annotations } } } };
    }
    case 'rollback': {
      const kind = ref.kind === 'Deployment' ? 'ReplicaSet' : 'ControllerRevision';
      const revision = await workloads.object({ ...ref, kind, name: mitigation.revision }, signal);
      const spec = ref.kind === 'Deployment' ? at(revision?.body, 'spec') : at(revision?.body, 'data', 'spec');
      const containers = objectsAt(spec, 'template', 'spec', 'containers').map(container => ({
        name: textAt(container, 'name'),
        image: textAt(container, 'image'),
      }));
      return { spec: { template: { spec: { containers } } } };
    }
    case 'none':
      return null;
  }
}

import { compareRestored as compare, type ListedObject } from '../../decisions/checks/restored.ts';
import { at } from '../../decisions/manifest/json.ts';
import { limits } from '../../decisions/upgrade-turn/turn.ts';
import type { ClusterPorts } from '../../ports.ts';
import { snapshotsOf } from '../recovery-records.ts';
import { provedSnapshot, scratchMachine } from './scratch-machine.ts';
import type { StepPerformer, StepScene } from './step.ts';

/** None of which a Kubernetes that has just come up changes by itself, and no Secret: its values may be sealed with another key. */
const KINDS = [
  { apiVersion: 'v1', kind: 'Namespace' },
  { apiVersion: 'v1', kind: 'ConfigMap' },
  { apiVersion: 'v1', kind: 'Service' },
  { apiVersion: 'apps/v1', kind: 'Deployment' },
  { apiVersion: 'apps/v1', kind: 'StatefulSet' },
  { apiVersion: 'apps/v1', kind: 'DaemonSet' },
];
const MINUTE_MS = 60_000;
const NAMED_MAX = 20;

/**
 * What was restored, by the scratch cluster's own API, beside what the live cluster says now (ledger R139): everything older than the
 * snapshot has to be there, the same object by its uid. The time is measured from the machine without a configuration to here (R141).
 */
export const compareRestored: StepPerformer<'compare_restored'> = async scene => {
  const { cluster, source } = scratchMachine(scene);
  const { name } = source.config;
  const servers = await cluster.kubernetes.servers(scene.signal);
  if (!servers.some(({ etcdReady }) => etcdReady === true)) {
    return {
      kind: 'wait',
      reason: `no API server of ${cluster.config.name} serves yet`,
      whatEndsIt: 'it serves what was restored',
      pollMs: limits.pollMs,
      atMostMs: 30 * MINUTE_MS,
      remedy: 'the backup came back without a Kubernetes that serves: look at the scratch machine’s console',
    };
  }
  const { name: snapshot } = provedSnapshot(scene);
  const files = await snapshotsOf(scene.ports, name);
  const takenAt = files.find(file => file.name === snapshot)?.takenAt ?? scene.now;
  const [restored, live] = await Promise.all([listed(cluster, scene), listed(source, scene)]);
  const { kinds, missing, found } = compare(live, restored, takenAt);
  const minutes = Math.ceil((scene.now - begunAt(scene)) / MINUTE_MS);
  const result = { snapshot, outcome: 'restored', rto_minutes: minutes, kinds, found };
  if (missing.length > 0) {
    return {
      kind: 'failed',
      code: 'RECORD_CORRUPT',
      reason: `${missing.length} objects of ${name} are not in ${snapshot}: ${missing.slice(0, 3).join(', ')}`,
      remedy: 'take a new snapshot, then plan the drill again; keep the old ones until it passes',
      evidence: missing.slice(0, NAMED_MAX),
      result: { ...result, outcome: 'not all of it came back' },
    };
  }
  return {
    kind: 'done',
    reason: `${snapshot} came back whole: ${restored.length} objects, ${minutes} min`,
    evidence: [...found, ...Object.entries(kinds).map(([kind, each]) => `${kind}: ${each.restored} of ${each.live}`)],
    result: { ...result, headline: `backup of ${name} restored in ${minutes} min, ${restored.length} objects` },
  };
};

async function listed({ workloads }: ClusterPorts, { signal }: StepScene): Promise<ListedObject[]> {
  const lists = await Promise.all(KINDS.map(kind => workloads.list(kind, {}, signal)));
  return lists.flat().map(({ ref: { kind, namespace, name }, uid, body }) => {
    const createdAt = Date.parse(String(at(body, 'metadata', 'creationTimestamp')));
    return { kind, namespace, name, uid, createdAt: Number.isNaN(createdAt) ? undefined : createdAt };
  });
}

/** When the machine had no configuration yet. */
function begunAt({ plan, state, step, now }: StepScene): number {
  const first = plan.steps.find(
    ({ action, target }) => action.does === 'configure_scratch' && target.backup_of === step.target.backup_of,
  );
  const began = Date.parse(state.steps.get(first?.id ?? '')?.started_at ?? '');
  return Number.isNaN(began) ? now : began;
}

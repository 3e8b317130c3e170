import type { KubeObject } from '../../world/store.ts';
import { asNumber, asObject, asObjects, asText, at, type JsonObject } from '../json.ts';
import { AGE, ageOf, type Column, NAME } from './column.ts';

const statuses = (pod: KubeObject, list: string): JsonObject[] => asObjects(at(pod, 'status', list));

const stateReason = (status: JsonObject, state: 'waiting' | 'terminated'): string =>
  asText(at(status, 'state', state, 'reason'));

const isFinishedWell = (status: JsonObject): boolean =>
  at(status, 'state', 'terminated') !== undefined && at(status, 'state', 'terminated', 'exitCode') === 0;

/** `Init:1/2`, `Init:CrashLoopBackOff`; undefined when every init container is done. */
function initReason(pod: KubeObject): string | undefined {
  const all = statuses(pod, 'initContainerStatuses');
  const index = all.findIndex(status => !isFinishedWell(status));
  const status = all[index];
  if (status === undefined) return undefined;
  const terminated = at(status, 'state', 'terminated');
  if (terminated !== undefined) {
    const reason = stateReason(status, 'terminated');
    return `Init:${reason === '' ? `ExitCode:${asNumber(at(terminated, 'exitCode'))}` : reason}`;
  }
  const waiting = stateReason(status, 'waiting');
  if (waiting !== '' && waiting !== 'PodInitializing') return `Init:${waiting}`;
  return `Init:${index}/${asObjects(at(pod, 'spec', 'initContainers')).length}`;
}

function containerReason(pod: KubeObject, otherwise: string): string {
  let reason = otherwise;
  for (const status of statuses(pod, 'containerStatuses').toReversed()) {
    const waiting = stateReason(status, 'waiting');
    const terminated = stateReason(status, 'terminated');
    if (waiting !== '') reason = waiting;
    else if (terminated !== '') reason = terminated;
    else if (at(status, 'state', 'terminated') !== undefined)
      reason = `ExitCode:${asNumber(at(status, 'state', 'terminated', 'exitCode'))}`;
  }
  const runs = statuses(pod, 'containerStatuses').some(status => at(status, 'state', 'running') !== undefined);
  if (reason !== 'Completed' || !runs) return reason;
  const ready = asObjects(at(pod, 'status', 'conditions')).some(c => c.type === 'Ready' && c.status === 'True');
  return ready ? 'Running' : 'NotReady';
}

/** What `kubectl get pods` shows as STATUS. */
export function podReason(pod: KubeObject): string {
  const own = asText(at(pod, 'status', 'reason'));
  if (pod.metadata.deletionTimestamp !== undefined) return own === 'NodeLost' ? 'Unknown' : 'Terminating';
  const phase = own === '' ? asText(at(pod, 'status', 'phase'), 'Unknown') : own;
  const gated = asObjects(at(pod, 'status', 'conditions')).some(c => c.reason === 'SchedulingGated');
  return initReason(pod) ?? containerReason(pod, gated ? 'SchedulingGated' : phase);
}

function restarts(pod: KubeObject, nowMs: number): string {
  const all = statuses(pod, 'containerStatuses');
  const count = all.reduce((sum, status) => sum + asNumber(status.restartCount), 0);
  const ends = all.map(status => asText(at(asObject(status.lastState), 'terminated', 'finishedAt'))).filter(Boolean);
  const last = ends.sort().at(-1);
  return count === 0 || last === undefined ? String(count) : `${count} (${ageOf(last, nowMs)} ago)`;
}

export const POD_COLUMNS: readonly Column[] = [
  NAME,
  {
    name: 'Ready',
    cell: pod => {
      const total = asObjects(at(pod, 'spec', 'containers')).length;
      return `${statuses(pod, 'containerStatuses').filter(status => status.ready === true).length}/${total}`;
    },
  },
  { name: 'Status', cell: podReason },
  { name: 'Restarts', cell: restarts },
  AGE,
  { name: 'IP', wide: true, cell: pod => asText(at(pod, 'status', 'podIP')) || '<none>' },
  { name: 'Node', wide: true, cell: pod => asText(at(pod, 'spec', 'nodeName')) || '<none>' },
  {
    name: 'Nominated Node',
    wide: true,
    cell: pod => asText(at(pod, 'status', 'nominatedNodeName')) || '<none>',
  },
  {
    name: 'Readiness Gates',
    wide: true,
    cell: pod => {
      const gates = asObjects(at(pod, 'spec', 'readinessGates'));
      if (gates.length === 0) return '<none>';
      const conditions = asObjects(at(pod, 'status', 'conditions'));
      const open = gates.filter(gate => conditions.some(c => c.type === gate.conditionType && c.status === 'True'));
      return `${open.length}/${gates.length}`;
    },
  },
];

import { at, objectsAt, textAt } from '../../decisions/manifest/json.ts';
import type { ObjectRef, RolloutFacts } from '../../model/workload-facts.ts';
import { required } from '../wire.ts';
import type { JsonObject } from './raw-api.ts';

/** The kinds that roll out. */
export const ROLLING_KINDS = ['Deployment', 'StatefulSet', 'DaemonSet'];

const count = (live: JsonObject, ...path: string[]): number => {
  const value = at(live, ...path);
  return typeof value === 'number' ? value : 0;
};

type Standing = Pick<RolloutFacts, 'state' | 'reason'>;
const going = (reason: string): Standing => ({ state: 'progressing', reason });
const DONE: Standing = { state: 'done', reason: 'all that is asked for is updated and available' };

interface Counts {
  desired: number;
  updated: number;
  ready: number;
  available: number;
}

/** kubectl's DeploymentStatusViewer. */
function deployment(live: JsonObject, { desired, updated, available }: Counts): Standing {
  const progressing = objectsAt(live, 'status', 'conditions').find(({ type }) => type === 'Progressing');
  const replicas = count(live, 'status', 'replicas');
  if (progressing?.reason === 'ProgressDeadlineExceeded') {
    return {
      state: 'stuck',
      reason: `its progress deadline is over: ${updated} of ${desired} updated, ${available} available`,
    };
  }
  const standing =
    updated < desired
      ? going(`${updated} of ${desired} replicas are updated`)
      : replicas > updated
        ? going(`${replicas - updated} old replicas are still to go`)
        : available < updated
          ? going(`${available} of ${updated} updated replicas are available`)
          : DONE;
  const isPaused = at(live, 'spec', 'paused') === true;
  return isPaused && standing.state !== 'done' ? { state: 'paused', reason: `paused: ${standing.reason}` } : standing;
}

/** kubectl's StatefulSetStatusViewer; with OnDelete the pods that somebody deletes are updated, no others. */
function statefulSet(live: JsonObject, { desired, updated, ready }: Counts): Standing {
  if (ready < desired) return going(`${ready} of ${desired} pods are ready`);
  if (textAt(live, 'spec', 'updateStrategy', 'type') === 'OnDelete') return DONE;
  const partition = count(live, 'spec', 'updateStrategy', 'rollingUpdate', 'partition');
  const wanted = Math.max(0, desired - partition);
  return updated < wanted ? going(`${updated} of ${wanted} pods are updated`) : DONE;
}

/** kubectl's DaemonSetStatusViewer. */
function daemonSet(live: JsonObject, { desired, updated, available }: Counts): Standing {
  const isByHand = textAt(live, 'spec', 'updateStrategy', 'type') === 'OnDelete';
  if (!isByHand && updated < desired) return going(`${updated} of ${desired} pods are updated`);
  return available < desired ? going(`${available} of ${desired} pods are available`) : DONE;
}

function countsOf(live: JsonObject, kind: string): Counts {
  if (kind === 'DaemonSet') {
    return {
      desired: count(live, 'status', 'desiredNumberScheduled'),
      updated: count(live, 'status', 'updatedNumberScheduled'),
      ready: count(live, 'status', 'numberReady'),
      available: count(live, 'status', 'numberAvailable'),
    };
  }
  const asked = at(live, 'spec', 'replicas');
  return {
    desired: typeof asked === 'number' ? asked : 1,
    updated: count(live, 'status', 'updatedReplicas'),
    ready: count(live, 'status', 'readyReplicas'),
    available: count(live, 'status', 'availableReplicas'),
  };
}

const VIEWERS = { Deployment: deployment, StatefulSet: statefulSet, DaemonSet: daemonSet };

/** How far a rollout is. Numbers of a generation that its controller has not seen yet say nothing. @throws TypeError */
export function rolloutFacts(live: JsonObject, ref: ObjectRef): RolloutFacts {
  const counts = countsOf(live, ref.kind);
  const isObserved = count(live, 'status', 'observedGeneration') >= count(live, 'metadata', 'generation');
  const viewer = VIEWERS[ref.kind as keyof typeof VIEWERS];
  const standing = isObserved ? viewer(live, counts) : going('its controller has not seen the change yet');
  return { ref, uid: required(textAt(live, 'metadata', 'uid'), 'metadata.uid'), isObserved, ...counts, ...standing };
}

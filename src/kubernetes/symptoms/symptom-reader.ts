import { at, type JsonObject, objectsAt, textAt } from '../../decisions/manifest/json.ts';
import { DivisionError } from '../../errors.ts';
import type { EventFacts, NodeSymptoms } from '../../model/symptoms.ts';
import type { LogRequest, SymptomReader } from '../../ports/symptoms.ts';
import type { KubernetesApi } from '../api-call.ts';
import { readStatus } from '../api-status.ts';
import { refused } from '../failures.ts';
import { NODE_LEASES } from '../lease-names.ts';
import { assertName } from '../object-name.ts';
import { COORDINATION, CORE, namespaced, pathOf } from '../request.ts';
import { required, timeOf } from '../wire.ts';
import { listPods, project } from './list-pods.ts';
import { conditionsOf } from './pod-symptoms.ts';
import { readWorkload } from './read-workload.ts';

/** Of an object that fails again and again; the newest of them tell why. */
const EVENTS_MAX = '100';

/** Reads of one cluster that explain what does not work; errors as in ports/symptoms.ts. */
export function symptomReader(api: KubernetesApi): SymptomReader {
  return {
    cluster: api.cluster,
    workload: (subject, signal) => {
      assertName(subject.namespace, 'namespace');
      assertName(subject.name, 'pod');
      return readWorkload(api, subject, signal);
    },
    node: (name, signal) => readNode(api, name, signal),
    pods: ({ nodeName }, signal) => {
      if (nodeName !== undefined) assertName(nodeName, 'node');
      const query = nodeName === undefined ? {} : { fieldSelector: `spec.nodeName=${nodeName}` };
      return listPods(api, { path: pathOf(...CORE, 'pods'), query }, signal);
    },
    events: (object, signal) => readEvents(api, object, signal),
    log: (request, signal) => readLog(api, request, signal),
  };
}

async function readNode(api: KubernetesApi, name: string, signal: AbortSignal): Promise<NodeSymptoms | undefined> {
  assertName(name, 'node');
  const what = 'get nodes';
  const get = (path: string) => ({ method: 'GET', path }) as const;
  const [node, lease] = await Promise.all([
    api.find<JsonObject>(api.read(what, signal), get(pathOf(...CORE, 'nodes', name))),
    api.find<JsonObject>(api.read('get leases', signal), get(namespaced(COORDINATION, NODE_LEASES, 'leases', name))),
  ]);
  const [facts] = project(api, what, node === undefined ? [] : [node], found => ({
    name: required(textAt(found, 'metadata', 'name'), 'metadata.name'),
    conditions: conditionsOf(found),
    isCordoned: at(found, 'spec', 'unschedulable') === true,
    internalIp: textAt(
      objectsAt(found, 'status', 'addresses').find(({ type }) => type === 'InternalIP'),
      'address',
    ),
    leaseRenewedAt: timeOf(at(lease, 'spec', 'renewTime')),
  }));
  return facts;
}

function eventFacts(event: JsonObject): EventFacts {
  const series = at(event, 'series', 'count');
  const count = typeof series === 'number' ? series : at(event, 'count');
  const times = [at(event, 'series', 'lastObservedTime'), at(event, 'lastTimestamp'), at(event, 'eventTime')];
  const created = at(event, 'metadata', 'creationTimestamp');
  return {
    isWarning: textAt(event, 'type') === 'Warning',
    reason: textAt(event, 'reason') ?? '',
    message: textAt(event, 'message') ?? '',
    kind: textAt(event, 'involvedObject', 'kind') ?? '',
    name: textAt(event, 'involvedObject', 'name') ?? '',
    count: typeof count === 'number' && count > 0 ? count : 1,
    lastAt: [...times, created].map(timeOf).find(time => time !== undefined),
  };
}

async function readEvents(
  api: KubernetesApi,
  { kind, namespace, name }: { kind: string; namespace: string | undefined; name: string },
  signal: AbortSignal,
): Promise<EventFacts[]> {
  const what = 'list events';
  assertName(name, 'pod');
  if (namespace !== undefined) assertName(namespace, 'namespace');
  const path = namespace === undefined ? pathOf(...CORE, 'events') : namespaced(CORE, namespace, 'events');
  const fieldSelector = `involvedObject.kind=${kind},involvedObject.name=${name}`;
  const query = { fieldSelector, limit: EVENTS_MAX };
  const list = await api.demand<JsonObject>(api.read(what, signal), { method: 'GET', path, query });
  const events = project(api, what, objectsAt(list, 'items'), eventFacts);
  return events.sort((one, other) => (other.lastAt ?? 0) - (one.lastAt ?? 0));
}

/** The kubelet's 400 says that there is no such run, or that it has not begun; a node that is away can't be asked at all. */
async function readLog(api: KubernetesApi, request: LogRequest, signal: AbortSignal): Promise<string | undefined> {
  const { namespace, pod, container, isPrevious, tailLines, limitBytes } = request;
  assertName(namespace, 'namespace');
  assertName(pod, 'pod');
  const what = 'get pods/log';
  const answer = await api.transport.send(
    {
      method: 'GET',
      path: namespaced(CORE, namespace, 'pods', pod, 'log'),
      query: {
        container,
        previous: String(isPrevious),
        tailLines: String(tailLines),
        limitBytes: String(limitBytes),
      },
    },
    { ...api.read(what, signal), policy: LOG },
  );
  if (answer.status === 200) return answer.text.slice(0, limitBytes);
  if (answer.status === 400 || answer.status === 404) return undefined;
  const error = refused(api.cluster, what, readStatus(answer.status, answer.text, answer.headers));
  if (error instanceof DivisionError && error.code === 'KUBERNETES_UNAVAILABLE') return undefined;
  throw error;
}

/** A kubelet that does not answer makes its API server wait: nobody waits as long for a log. */
const LOG = {
  connectMs: 3000,
  attemptMs: 8000,
  callMs: 10_000,
  rounds: 1,
  isRepeatable: true,
  honoursRetryAfter: false,
} as const;

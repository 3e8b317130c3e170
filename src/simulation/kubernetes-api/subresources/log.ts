import type { KubeObject } from '../../world/store.ts';
import type { ApiCluster } from '../api-cluster.ts';
import { asNumber, asObjects, asText, at, type JsonObject } from '../json.ts';
import { plainReply, type Reply } from '../reply.ts';
import { badRequest } from '../status.ts';

/** A followed log stays open this long at most, wall time. */
const LONGEST_FOLLOW_MS = 1_800_000;
/** A running container writes a line this often, cluster time. */
const LINE_EVERY_MS = 300_000;
const MOST_LINES = 200;

interface LogLine {
  atMs: number;
  text: string;
}

function containerOf(pod: KubeObject, asked: string | null): string {
  const names = [...asObjects(at(pod, 'spec', 'containers')), ...asObjects(at(pod, 'spec', 'initContainers'))].map(
    container => asText(container.name),
  );
  const { name } = pod.metadata;
  if (asked !== null && asked !== '') {
    if (names.includes(asked)) return asked;
    throw badRequest(`container ${asked} is not valid for pod ${name}`);
  }
  const [only, ...more] = asObjects(at(pod, 'spec', 'containers')).map(container => asText(container.name));
  if (only !== undefined && more.length === 0) return only;
  throw badRequest(`a container name must be specified for pod ${name}, choose one of: [${names.join(' ')}]`);
}

function statusOfContainer(pod: KubeObject, container: string): JsonObject | undefined {
  const all = [
    ...asObjects(at(pod, 'status', 'containerStatuses')),
    ...asObjects(at(pod, 'status', 'initContainerStatuses')),
  ];
  return all.find(status => status.name === container);
}

/** What a state's container wrote: one line at its start, then one every five minutes; its last words when it ended. */
function linesOf(state: JsonObject, container: string, nowMs: number): LogLine[] {
  const startedMs = Date.parse(asText(state.startedAt));
  if (Number.isNaN(startedMs)) return [];
  const finishedMs = Date.parse(asText(state.finishedAt));
  const untilMs = Number.isNaN(finishedMs) ? nowMs : finishedMs;
  const count = Math.floor((untilMs - startedMs) / LINE_EVERY_MS);
  const first = Math.max(1, count - MOST_LINES);
  const lines: LogLine[] = [{ atMs: startedMs, text: `simulated: ${container} started` }];
  for (let index = first; index <= count; index += 1)
    lines.push({ atMs: startedMs + index * LINE_EVERY_MS, text: `simulated: ${container} is at work (${index})` });
  if (!Number.isNaN(finishedMs)) {
    const message = asText(state.message) || `${container} exited with code ${asNumber(state.exitCode)}`;
    lines.push({ atMs: finishedMs, text: message });
  }
  return lines;
}

function waitingText(pod: KubeObject, container: string, status: JsonObject | undefined): string {
  const reason = asText(at(status, 'state', 'waiting', 'reason'), 'ContainerCreating');
  return asText(at(pod, 'spec', 'nodeName')) === ''
    ? `pod ${pod.metadata.name} does not have a host assigned`
    : `container ${JSON.stringify(container)} in pod ${JSON.stringify(pod.metadata.name)} is waiting to start: ${reason}`;
}

function stateOf(pod: KubeObject, container: string, previous: boolean): JsonObject {
  const status = statusOfContainer(pod, container);
  const states = previous
    ? [at(status, 'lastState', 'terminated')]
    : [at(status, 'state', 'running'), at(status, 'state', 'terminated'), at(status, 'lastState', 'terminated')];
  const state = asObjects(states)[0];
  if (state !== undefined) return state;
  if (previous)
    throw badRequest(
      `previous terminated container ${JSON.stringify(container)} in pod ${JSON.stringify(pod.metadata.name)} not found`,
    );
  throw badRequest(waitingText(pod, container, status));
}

function textOf(lines: readonly LogLine[], query: URLSearchParams): string {
  const stamped = query.get('timestamps') === 'true';
  return lines.map(({ atMs, text }) => `${stamped ? `${new Date(atMs).toISOString()} ` : ''}${text}\n`).join('');
}

function selected(lines: readonly LogLine[], query: URLSearchParams, nowMs: number): readonly LogLine[] {
  const since = query.get('sinceTime');
  const seconds = query.get('sinceSeconds');
  const fromMs = since !== null ? Date.parse(since) : seconds !== null ? nowMs - Number(seconds) * 1000 : 0;
  const recent = lines.filter(line => line.atMs >= fromMs);
  const tail = query.get('tailLines');
  return tail === null ? recent : recent.slice(Math.max(0, recent.length - Number(tail)));
}

/**
 * A pod's log, made from its container states: container, previous, tailLines, sinceSeconds, sinceTime, timestamps,
 * limitBytes and follow (until the pod goes) are honoured. Throws 400 as the kubelet does.
 */
export function logReply(cluster: ApiCluster, pod: KubeObject, query: URLSearchParams): Reply {
  const container = containerOf(pod, query.get('container'));
  const state = stateOf(pod, container, query.get('previous') === 'true');
  const lines = selected(linesOf(state, container, cluster.now()), query, cluster.now());
  const limit = query.get('limitBytes');
  const text = textOf(lines, query).slice(0, limit === null ? undefined : Number(limit));
  if (query.get('follow') !== 'true') return plainReply(200, text);
  return {
    stream: response => {
      response.writeHead(200, { 'Content-Type': 'text/plain; charset=utf-8' });
      response.write(text);
      const timer = setTimeout(() => response.end(), LONGEST_FOLLOW_MS);
      const unsubscribe = cluster.store.onEvent(({ type, object }) => {
        if (type === 'DELETED' && object.metadata.uid === pod.metadata.uid) response.end();
      });
      response.on('close', () => {
        clearTimeout(timer);
        unsubscribe();
      });
    },
  };
}

/** Reads what explains why a workload or a node does not work, and judges it. Changes nothing. */

import { type Diagnosis, diagnoseNode, diagnoseWorkload, isHealthyPod, worstFirst } from '../decisions/causes.ts';
import { endpointsFor } from '../decisions/upgrade-turn.ts';
import { DivisionError } from '../errors.ts';
import { withDeadline } from '../host/deadline.ts';
import type { ContainerSymptoms, EventFacts, PodSymptoms } from '../model/symptoms.ts';
import type { SymptomReader } from '../ports/symptoms.ts';
import type { ClusterPorts } from '../ports.ts';

/** The end of one log; its lines are foreign. */
export interface LogExcerpt {
  /** A pod, or a node. */
  source: string;
  /** A container, or a Talos service, or `kernel`. */
  of: string;
  isPrevious: boolean;
  text: string;
}

export interface Investigation {
  kind: string;
  name: string;
  /** What was counted: pods, ready, desired, restarts. */
  counts: Record<string, number>;
  diagnosis: Diagnosis;
  /** Newest first, those that warn before the others. */
  events: readonly EventFacts[];
  logs: readonly LogExcerpt[];
  /** What could not be read, and why. */
  unreadable: readonly string[];
}

/** All of it, wall time. */
const DEADLINE_MS = 30_000;
const PODS_READ = 4;
const NODES_READ = 3;
const LOGS_READ = 2;
const TAIL_LINES = 40;
const KERNEL_LINES = 200;
const LIMIT_BYTES = 16_384;

/** Reads that may fail by themselves: what is missing is said. */
class Reading {
  readonly signal: AbortSignal;
  readonly unreadable: string[] = [];
  readonly #caller: AbortSignal;

  constructor(caller: AbortSignal) {
    this.#caller = caller;
    this.signal = withDeadline(caller, DEADLINE_MS);
  }

  /** `otherwise` when it can't be read; `told` hears why. [CANCELLED by the caller] */
  async of<Value>(what: string, read: Promise<Value>, otherwise: Value, told?: (error: DivisionError) => void) {
    try {
      return await read;
    } catch (error) {
      if (this.#caller.aborted || !(error instanceof DivisionError)) throw error;
      const code = error.code === 'CANCELLED' ? 'TIMEOUT' : error.code;
      this.unreadable.push(`${what}: ${code}`);
      told?.(error);
      return otherwise;
    }
  }
}

const warningsFirst = (events: readonly EventFacts[]): EventFacts[] =>
  [...events].sort(
    (one, other) =>
      Number(other.isWarning) - Number(one.isWarning) ||
      (other.lastAt ?? 0) - (one.lastAt ?? 0) ||
      other.count - one.count,
  );

interface Asked {
  ports: ClusterPorts;
  symptoms: SymptomReader;
  /** Epoch milliseconds of the cluster's clock. */
  now: number;
}

/** [NOT_FOUND, KUBERNETES_*, CANCELLED] */
export async function investigateWorkload(
  { symptoms, now }: Asked,
  subject: { namespace: string; name: string },
  caller: AbortSignal,
): Promise<Investigation> {
  const reading = new Reading(caller);
  const { signal } = reading;
  const workload = await symptoms.workload(subject, signal);
  if (workload === undefined) throw absent(`no workload ${subject.name} in namespace ${subject.namespace}`);
  const pods = worstFirst(workload.pods).slice(0, PODS_READ);
  const { namespace, kind, name } = workload;
  const objects = [
    ...(kind === 'Pod' ? [] : [{ kind, name }]),
    ...workload.owned.slice(0, 2),
    ...pods.map(pod => ({ kind: 'Pod', name: pod.name })),
  ];
  const nodeNames = [...new Set(pods.flatMap(({ nodeName }) => nodeName ?? []))].slice(0, NODES_READ);
  const [events, nodes, logs] = await Promise.all([
    Promise.all(
      objects.map(object =>
        reading.of(`events of ${object.name}`, symptoms.events({ ...object, namespace }, signal), []),
      ),
    ),
    Promise.all(nodeNames.map(node => reading.of(`node ${node}`, symptoms.node(node, signal), undefined))),
    logsOf(symptoms, pods, reading),
  ]);
  const seen = warningsFirst(events.flat());
  return {
    kind,
    name: `${namespace}/${name}`,
    counts: {
      pods: workload.pods.length,
      ready: workload.pods.filter(isHealthyPod).length,
      ...(workload.desired !== undefined && { desired: workload.desired }),
      restarts: workload.pods.flatMap(pod => pod.containers).reduce((sum, { restarts }) => sum + restarts, 0),
    },
    diagnosis: diagnoseWorkload({ workload, events: seen, nodes: nodes.filter(node => node !== undefined), now }),
    events: seen,
    logs,
    unreadable: reading.unreadable,
  };
}

/** Of the containers that don't work the run that ended, where there is one; of one that works its own. */
async function logsOf(symptoms: SymptomReader, pods: readonly PodSymptoms[], reading: Reading): Promise<LogExcerpt[]> {
  const troubled = pods.flatMap(pod => pod.containers.filter(isTroubled).map(container => ({ pod, container })));
  const first = pods.flatMap(pod => pod.containers.slice(0, 1).map(container => ({ pod, container })));
  const chosen = (troubled.length > 0 ? troubled : first.slice(0, 1)).slice(0, LOGS_READ);
  const excerpts = await Promise.all(chosen.map(each => oneLog(symptoms, each, reading)));
  return excerpts.filter(excerpt => excerpt !== undefined);
}

const isTroubled = ({ isInit, isReady, isRunning, ended, waiting }: ContainerSymptoms): boolean =>
  isInit ? waiting !== undefined || (ended !== undefined && ended.exitCode !== 0) : !isReady || !isRunning;

async function oneLog(
  symptoms: SymptomReader,
  { pod, container }: { pod: PodSymptoms; container: ContainerSymptoms },
  reading: Reading,
): Promise<LogExcerpt | undefined> {
  const { namespace, name } = pod;
  const request = { namespace, pod: name, container: container.name, tailLines: TAIL_LINES, limitBytes: LIMIT_BYTES };
  const read = (isPrevious: boolean): Promise<string | undefined> =>
    reading.of(`log of ${name}`, symptoms.log({ ...request, isPrevious }, reading.signal), undefined);
  const before = container.ended !== undefined && container.restarts > 0 ? await read(true) : undefined;
  const text = before ?? (await read(false));
  if (text === undefined || text.trim() === '') return undefined;
  return { source: name, of: container.name, isPrevious: before !== undefined, text };
}

/** A contractor that could not reach the machine says so; that it does not offer a read, or is not there itself, is another thing. */
const isUnreached = ({ code, message }: DivisionError): boolean =>
  code === 'TIMEOUT' || (code === 'CONTRACTOR_FAILED' && /failed, (unreachable|timeout):/.test(message));

/** [NOT_FOUND, KUBERNETES_*, CANCELLED] */
export async function investigateNode(
  { ports, symptoms }: Asked,
  name: string,
  caller: AbortSignal,
): Promise<Investigation> {
  const reading = new Reading(caller);
  const { signal } = reading;
  const node = await symptoms.node(name, signal);
  if (node === undefined) throw absent(`no node ${name}`);
  const { internalIp: address } = node;
  const target =
    address === undefined ? undefined : { address, endpoints: endpointsFor(address, ports.config.talos.endpoints) };
  let isMachineSilent = false;
  const silent = (error: DivisionError): void => {
    isMachineSilent ||= isUnreached(error);
  };
  const { talos } = ports;
  const ask = <Value>(what: string, read: (at: NonNullable<typeof target>) => Promise<Value>) =>
    target === undefined ? undefined : reading.of<Value | undefined>(what, read(target), undefined, silent);
  const [events, pods, services, kernel, kubelet] = await Promise.all([
    reading.of('events', symptoms.events({ kind: 'Node', namespace: undefined, name }, signal), []),
    reading.of('pods', symptoms.pods({ nodeName: name }, signal), []),
    ask('Talos services', at => talos.services(at, signal)),
    ask('kernel log', at => talos.dmesg({ ...at, tailLines: KERNEL_LINES }, signal)),
    ask('kubelet log', at => talos.logs({ ...at, service: 'kubelet', tailLines: TAIL_LINES }, signal)),
  ]);
  const seen = warningsFirst(events);
  const excerpt = (of: string, lines: readonly string[] | undefined): LogExcerpt[] =>
    lines === undefined || lines.length === 0 ? [] : [{ source: name, of, isPrevious: false, text: lines.join('\n') }];
  return {
    kind: 'Node',
    name,
    counts: { pods: pods.length, ready: pods.filter(isHealthyPod).length },
    diagnosis: diagnoseNode({ node, events: seen, services, kernel, isMachineSilent }),
    events: seen,
    logs: [...excerpt('kubelet', kubelet), ...excerpt('kernel', kernel?.slice(-TAIL_LINES))],
    unreadable: reading.unreadable,
  };
}

const absent = (what: string): DivisionError =>
  new DivisionError('NOT_FOUND', `there is ${what}`, 'investigate with cluster alone lists what does not work there');

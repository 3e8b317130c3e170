import { quantityMillis, quantityUnits } from './quantity.ts';

export interface Requests {
  cpuMillis: number;
  memoryBytes: number;
}

interface Resources {
  requests?: Readonly<Record<string, string>>;
}

interface RequestingContainer {
  restartPolicy?: string;
  resources?: Resources;
}

/** The part of a pod's spec that says what it reserves. */
export interface RequestingPod {
  containers?: readonly RequestingContainer[];
  initContainers?: readonly RequestingContainer[];
  overhead?: Readonly<Record<string, string>>;
  resources?: Resources;
}

const NONE: Requests = { cpuMillis: 0, memoryBytes: 0 };

/** Text that is no quantity fits nowhere. */
function amounts(of: Readonly<Record<string, string>> | undefined): Requests {
  return {
    cpuMillis: of?.cpu === undefined ? 0 : (quantityMillis(of.cpu) ?? Number.POSITIVE_INFINITY),
    memoryBytes: of?.memory === undefined ? 0 : (quantityUnits(of.memory) ?? Number.POSITIVE_INFINITY),
  };
}

const requestsOf = (resources: Resources | undefined): Requests => amounts(resources?.requests);

const plus = (a: Requests, b: Requests): Requests => ({
  cpuMillis: a.cpuMillis + b.cpuMillis,
  memoryBytes: a.memoryBytes + b.memoryBytes,
});

const larger = (a: Requests, b: Requests): Requests => ({
  cpuMillis: Math.max(a.cpuMillis, b.cpuMillis),
  memoryBytes: Math.max(a.memoryBytes, b.memoryBytes),
});

/** The most that start-up needs at one time, and what the sidecars among the init containers keep. */
function initRequests(containers: readonly RequestingContainer[]): { peak: Requests; sidecars: Requests } {
  let peak = NONE;
  let sidecars = NONE;
  for (const container of containers) {
    const own = requestsOf(container.resources);
    if (container.restartPolicy === 'Always') {
      sidecars = plus(sidecars, own);
      peak = larger(peak, sidecars);
    } else {
      peak = larger(peak, plus(sidecars, own));
    }
  }
  return { peak, sidecars };
}

/**
 * What the scheduler reserves for a pod: the larger of its start-up peak and its running containers with sidecars (KEP-753), pod-level
 * requests in place of that where given (KEP-2837), plus the runtime's overhead.
 */
export function podRequests(spec: RequestingPod | undefined): Requests {
  const { peak, sidecars } = initRequests(spec?.initContainers ?? []);
  const running = (spec?.containers ?? []).reduce((sum, { resources }) => plus(sum, requestsOf(resources)), sidecars);
  const computed = larger(peak, running);
  const given = spec?.resources?.requests;
  const level = amounts(given);
  return plus(amounts(spec?.overhead), {
    cpuMillis: given?.cpu === undefined ? computed.cpuMillis : level.cpuMillis,
    memoryBytes: given?.memory === undefined ? computed.memoryBytes : level.memoryBytes,
  });
}

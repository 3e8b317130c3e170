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

/** By Kubernetes' names: cpu in millicores, memory and ephemeral-storage in bytes, anything else in pieces. What is absent is 0. */
export type Amounts = Readonly<Record<string, number>>;

/** Text that is no quantity fits nowhere. */
export const amountsOf = (quantities: Readonly<Record<string, string>> | undefined): Amounts =>
  Object.fromEntries(
    Object.entries(quantities ?? {}).map(([resource, text]) => [
      resource,
      (resource === 'cpu' ? quantityMillis(text) : quantityUnits(text)) ?? Number.POSITIVE_INFINITY,
    ]),
  );

const combined = (a: Amounts, b: Amounts, combine: (a: number, b: number) => number): Amounts => ({
  ...a,
  ...Object.fromEntries(Object.entries(b).map(([resource, amount]) => [resource, combine(a[resource] ?? 0, amount)])),
});
const plus = (a: Amounts, b: Amounts): Amounts => combined(a, b, (one, other) => one + other);
const larger = (a: Amounts, b: Amounts): Amounts => combined(a, b, Math.max);

/** The most that start-up needs at one time, and what the sidecars among the init containers keep. */
function initAmounts(containers: readonly RequestingContainer[]): { peak: Amounts; sidecars: Amounts } {
  let peak: Amounts = {};
  let sidecars: Amounts = {};
  for (const container of containers) {
    const own = amountsOf(container.resources?.requests);
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
 * What the scheduler reserves for a pod, of each resource: the larger of its start-up peak and its running containers with sidecars
 * (KEP-753), pod-level requests in place of that where given (KEP-2837), plus the runtime's overhead.
 */
export function podAmounts(spec: RequestingPod | undefined): Amounts {
  const { peak, sidecars } = initAmounts(spec?.initContainers ?? []);
  const running = (spec?.containers ?? []).reduce(
    (sum, { resources }) => plus(sum, amountsOf(resources?.requests)),
    sidecars,
  );
  return plus({ ...larger(peak, running), ...amountsOf(spec?.resources?.requests) }, amountsOf(spec?.overhead));
}

/** Of `podAmounts` what a node's readings are about. */
export function podRequests(spec: RequestingPod | undefined): Requests {
  const { cpu, memory } = podAmounts(spec);
  return { cpuMillis: cpu ?? 0, memoryBytes: memory ?? 0 };
}

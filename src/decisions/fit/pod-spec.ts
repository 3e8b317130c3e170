import { at, isObject, type JsonObject, objectAt, objectsAt, textAt } from '../manifest/json.ts';
import { type Amounts, podAmounts } from '../pod-requests.ts';
import type { Toleration } from './node-match.ts';

/** Key of what a pod requires, not what it prefers, in each kind of affinity. */
export const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';

const quantities = (amounts: unknown): Record<string, string> =>
  Object.fromEntries(
    Object.entries(objectAt(amounts))
      .filter(([, amount]) => typeof amount === 'string' || typeof amount === 'number')
      .map(([resource, amount]) => [resource, String(amount)]),
  );

/** Requests as the API server completes them: one that is left out is the limit. */
const resourcesOf = (resources: unknown): { requests: Record<string, string> } => ({
  requests: { ...quantities(at(resources, 'limits')), ...quantities(at(resources, 'requests')) },
});

const containers = (spec: JsonObject, list: string) =>
  objectsAt(spec, list).map(container => ({
    ...(textAt(container, 'restartPolicy') !== undefined && {
      restartPolicy: textAt(container, 'restartPolicy') ?? '',
    }),
    resources: resourcesOf(container.resources),
  }));

/** What the scheduler reserves for one pod of a spec, of each resource. */
export const specAmounts = (spec: JsonObject): Amounts =>
  podAmounts({
    containers: containers(spec, 'containers'),
    initContainers: containers(spec, 'initContainers'),
    overhead: quantities(spec.overhead),
    ...(isObject(spec.resources) && { resources: resourcesOf(spec.resources) }),
  });

export const tolerationsOf = (spec: JsonObject): Toleration[] =>
  objectsAt(spec, 'tolerations').map(toleration => ({
    key: textAt(toleration, 'key') ?? '',
    operator: textAt(toleration, 'operator') ?? 'Equal',
    value: textAt(toleration, 'value') ?? '',
    effect: textAt(toleration, 'effect') ?? '',
  }));

/** Terms of required node affinity; undefined: there is none. */
export function nodeTermsOf(spec: JsonObject): JsonObject[] | undefined {
  const required = at(spec, 'affinity', 'nodeAffinity', REQUIRED);
  return isObject(required) ? objectsAt(required, 'nodeSelectorTerms') : undefined;
}

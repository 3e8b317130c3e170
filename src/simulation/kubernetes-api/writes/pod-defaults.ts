import { asObject, asObjects, asText, at, isObject, type JsonObject } from '../json.ts';

/** What DefaultTolerationSeconds adds. */
const NOT_READY_TOLERATIONS = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'].map(key => ({
  key,
  operator: 'Exists',
  effect: 'NoExecute',
  tolerationSeconds: 300,
}));

/** Tag `latest`, or none, is pulled always; a digest or another tag only if it is not there. */
const pullPolicy = (image: string): string => {
  if (image.includes('@')) return 'IfNotPresent';
  const tag = /:([^/:]+)$/.exec(image)?.[1] ?? 'latest';
  return tag === 'latest' ? 'Always' : 'IfNotPresent';
};

function containerDefaults(container: JsonObject): JsonObject {
  const resources = asObject(container.resources);
  const limits = asObject(resources.limits);
  const requests = { ...limits, ...asObject(resources.requests) };
  return {
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    imagePullPolicy: pullPolicy(asText(container.image)),
    ...container,
    resources: Object.keys(requests).length === 0 ? resources : { ...resources, requests },
    ...(Array.isArray(container.ports)
      ? { ports: asObjects(container.ports).map(port => ({ protocol: 'TCP', ...port })) }
      : {}),
  };
}

/** A pod spec with what the API server fills in when it is left out; also used for pod templates. */
export function podSpecDefaults(spec: unknown): JsonObject {
  const given = asObject(spec);
  const filled: JsonObject = {
    restartPolicy: 'Always',
    dnsPolicy: 'ClusterFirst',
    schedulerName: 'default-scheduler',
    securityContext: {},
    terminationGracePeriodSeconds: 30,
    ...given,
  };
  for (const list of ['containers', 'initContainers']) {
    if (Array.isArray(given[list])) filled[list] = asObjects(given[list]).map(containerDefaults);
  }
  if (typeof given.serviceAccountName === 'string') filled.serviceAccount = given.serviceAccountName;
  return filled;
}

function qualityOf(spec: JsonObject): 'Guaranteed' | 'Burstable' | 'BestEffort' {
  const all = asObjects(spec.containers).map(container => asObject(container.resources));
  const asks = (part: unknown): boolean => isObject(part) && Object.keys(part).length > 0;
  if (!all.some(resources => asks(resources.requests) || asks(resources.limits))) return 'BestEffort';
  const isGuaranteed = all.every(resources =>
    ['cpu', 'memory'].every(name => {
      const limit = at(resources, 'limits', name);
      return limit !== undefined && (at(resources, 'requests', name) ?? limit) === limit;
    }),
  );
  return isGuaranteed ? 'Guaranteed' : 'Burstable';
}

/** What admission adds to a pod that is created: account, priority, tolerations, and the status it starts with. */
export function podDefaults(pod: JsonObject, priority: number): JsonObject {
  const spec = podSpecDefaults(pod.spec);
  const own = asObjects(spec.tolerations);
  const added = NOT_READY_TOLERATIONS.filter(
    ({ key }) => !own.some(known => (known.key === key || known.key === undefined) && known.effect !== 'NoSchedule'),
  );
  return {
    ...pod,
    spec: {
      enableServiceLinks: true,
      preemptionPolicy: 'PreemptLowerPriority',
      priority,
      serviceAccount: 'default',
      serviceAccountName: 'default',
      ...spec,
      tolerations: [...own, ...added],
    },
    status: { phase: 'Pending', qosClass: qualityOf(spec) },
  };
}

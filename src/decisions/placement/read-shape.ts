import type { LabelSelector } from '../../model/facts.ts';
import { nodeTermsOf, REQUIRED, specAmounts, tolerationsOf } from '../fit/pod-spec.ts';
import { at, isObject, type JsonObject, labelsAt, objectAt, objectsAt, textAt, textsAt } from '../manifest/json.ts';
import { selectorAt } from '../manifest/pod-templates.ts';
import { sortedBy } from '../verdict.ts';
import type { HostPort, PodShape, PodTerm, SpreadTerm } from './shape.ts';

/** "namespace/claim" of a bound volume claim, to the node terms of its volume: none is a volume that can be mounted anywhere. */
export type VolumePlaces = ReadonlyMap<string, readonly JsonObject[]>;

const numberAt = (value: unknown, key: string): number | undefined => {
  const found = at(value, key);
  return typeof found === 'number' ? found : undefined;
};

const byName = <T>(record: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(sortedBy(Object.entries(record), ([key]) => key));

function podTerms(spec: JsonObject, family: string, namespace: string): PodTerm[] {
  return objectsAt(spec, 'affinity', family, REQUIRED).map(term => {
    const listed = textsAt(term, 'namespaces');
    const own = listed.length > 0 ? listed : [namespace];
    return {
      topologyKey: textAt(term, 'topologyKey') ?? '',
      selector: selectorAt(term, 'labelSelector'),
      namespaces: isObject(term.namespaceSelector) ? 'all' : own,
    };
  });
}

/** The values of `matchLabelKeys` that the pod has itself are part of the selector (KEP-3243). */
function withOwnValues(term: JsonObject, labels: Readonly<Record<string, string>>): LabelSelector | undefined {
  const selector = selectorAt(term, 'labelSelector');
  const own = textsAt(term, 'matchLabelKeys').flatMap(key => {
    const value = labels[key];
    return value === undefined ? [] : [{ key, operator: 'In', values: [value] }];
  });
  if (selector === undefined || own.length === 0) return selector;
  return { ...selector, matchExpressions: [...(selector.matchExpressions ?? []), ...own] };
}

const spreadTerms = (spec: JsonObject, labels: Readonly<Record<string, string>>): SpreadTerm[] =>
  objectsAt(spec, 'topologySpreadConstraints')
    .filter(term => textAt(term, 'whenUnsatisfiable') !== 'ScheduleAnyway')
    .map(term => ({
      topologyKey: textAt(term, 'topologyKey') ?? '',
      maxSkew: numberAt(term, 'maxSkew') ?? 1,
      selector: withOwnValues(term, labels),
      minDomains: numberAt(term, 'minDomains') ?? 1,
      honorsAffinity: textAt(term, 'nodeAffinityPolicy') !== 'Ignore',
      honorsTaints: textAt(term, 'nodeTaintsPolicy') === 'Honor',
    }));

function hostPorts(spec: JsonObject): HostPort[] {
  const sidecars = objectsAt(spec, 'initContainers').filter(one => one.restartPolicy === 'Always');
  return [...objectsAt(spec, 'containers'), ...sidecars].flatMap(container =>
    objectsAt(container, 'ports').flatMap(declared => {
      const port =
        numberAt(declared, 'hostPort') ??
        (spec.hostNetwork === true ? numberAt(declared, 'containerPort') : undefined) ??
        0;
      if (port === 0) return [];
      return [
        { hostIp: textAt(declared, 'hostIP') || '0.0.0.0', protocol: textAt(declared, 'protocol') ?? 'TCP', port },
      ];
    }),
  );
}

/** The node terms of its volumes; claims that nothing is known of are counted. */
function volumes(spec: JsonObject, namespace: string, podName: string, places: VolumePlaces) {
  const claims = objectsAt(spec, 'volumes').flatMap(volume => {
    const named = textAt(volume, 'persistentVolumeClaim', 'claimName');
    if (named !== undefined) return [named];
    return isObject(volume.ephemeral) ? [`${podName}-${textAt(volume, 'name') ?? ''}`] : [];
  });
  const found = claims.map(claim => places.get(`${namespace}/${claim}`));
  return {
    terms: found.filter(terms => terms !== undefined).filter(terms => terms.length > 0),
    unknown: found.filter(terms => terms === undefined).length,
  };
}

function notModelled(spec: JsonObject, unknownClaims: number): string[] {
  const selective = ['podAffinity', 'podAntiAffinity']
    .flatMap(family => objectsAt(spec, 'affinity', family, REQUIRED))
    .some(term => Object.keys(objectAt(term, 'namespaceSelector')).length > 0);
  return [
    ...(selective ? ['namespaces chosen by their labels: taken for all namespaces'] : []),
    ...(unknownClaims > 0 ? ['volumes that are not bound yet: taken to be possible anywhere'] : []),
    ...(objectsAt(spec, 'resourceClaims').length > 0 ? ['devices claimed by DRA'] : []),
    ...(['', 'default-scheduler'].includes(textAt(spec, 'schedulerName') ?? '') ? [] : ['another scheduler']),
  ];
}

/** What a pod, or the template of one, asks the scheduler for. */
export function readShape(
  pod: {
    workload: string;
    kind: PodShape['kind'];
    namespace: string;
    /** '' of a template. */
    name: string;
    labels: Readonly<Record<string, string>>;
    spec: JsonObject;
  },
  places: VolumePlaces,
): PodShape {
  const { spec, namespace } = pod;
  const { terms, unknown } = volumes(spec, namespace, pod.name, places);
  const nodeTerms = nodeTermsOf(spec);
  const requests = Object.entries(specAmounts(spec)).filter(([, amount]) => amount > 0);
  return {
    workload: pod.workload,
    kind: pod.kind,
    namespace,
    labels: byName(pod.labels),
    requests: byName(Object.fromEntries(requests)),
    priority: numberAt(spec, 'priority') ?? 0,
    nodeSelector: byName(labelsAt(spec, 'nodeSelector')),
    // The DaemonSet controller names the node here: of each of its pods another one.
    nodeTerms: pod.kind === 'each-node' ? undefined : nodeTerms,
    tolerations: tolerationsOf(spec),
    volumeTerms: terms,
    affinity: podTerms(spec, 'podAffinity', namespace),
    antiAffinity: podTerms(spec, 'podAntiAffinity', namespace),
    spread: spreadTerms(spec, pod.labels),
    hostPorts: hostPorts(spec),
    notModelled: notModelled(spec, unknown),
  };
}

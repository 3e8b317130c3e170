import type { LabelSelector } from '../../model/facts.ts';
import type { LintContext } from '../lint/finding.ts';
import { named, namespaceOf } from '../lint/finding.ts';
import { replicasOf } from '../lint/replicas.ts';
import { at, isObject, type JsonObject, labelsAt, objectAt, objectsAt, textAt } from '../manifest/json.ts';
import { containersOf, type PodTemplate, podTemplates, selectorAt } from '../manifest/pod-templates.ts';
import type { ManifestObject } from '../manifest/read-manifest.ts';
import type { Requests } from '../pod-requests.ts';
import type { Toleration } from './node-match.ts';
import { nodeTermsOf, REQUIRED, specAmounts, tolerationsOf } from './pod-spec.ts';

const HOSTNAME = 'kubernetes.io/hostname';

/** What one workload asks the scheduler for. */
export interface PodAsk {
  /** "Deployment shop/web". */
  object: string;
  /** Kind of the controller its pods will have. */
  controllerKind: string;
  namespace: string;
  labels: Readonly<Record<string, string>>;
  /** Of the workload: which pods there are already that the new ones replace. */
  selector: LabelSelector | undefined;
  requests: Requests;
  /** `each-node`: one on every node it may go to. */
  replicas: number | 'each-node';
  nodeSelector: Readonly<Record<string, string>>;
  /** Terms of required node affinity, any of which is enough; undefined: there is none. */
  nodeTerms: readonly JsonObject[] | undefined;
  tolerations: readonly Toleration[];
  /** Required anti-affinity on the node, against pods of its own namespace. */
  apart: readonly LabelSelector[];
  /** A rolling update of it takes no old pod away before a new one is ready: both have to fit beside each other. */
  surgesFirst: boolean;
  /** What it asks for that is not looked at here. */
  notModelled: readonly string[];
}

const isPlain = (term: JsonObject): boolean =>
  term.topologyKey === HOSTNAME && term.namespaces === undefined && term.namespaceSelector === undefined;

/** True when the strategy takes none of the old pods away first (deployment controller: a quarter, rounded down, by default). */
function surgesFirst({ object }: PodTemplate, replicas: number): boolean {
  if (object.ref.kind !== 'Deployment') return false;
  const strategy = objectAt(object.body, 'spec', 'strategy');
  if (textAt(strategy, 'type') === 'Recreate') return false;
  const count = (value: unknown, round: (exact: number) => number): number => {
    if (typeof value === 'number') return value;
    const percent = /^(\d{1,9})%$/.exec(typeof value === 'string' ? value : '')?.[1] ?? '0';
    return round((Number(percent) * replicas) / 100);
  };
  const surge = count(at(strategy, 'rollingUpdate', 'maxSurge') ?? '25%', Math.ceil);
  return surge > 0 && count(at(strategy, 'rollingUpdate', 'maxUnavailable') ?? '25%', Math.floor) === 0;
}

function notModelled(template: PodTemplate): string[] {
  const { spec } = template;
  const found: string[] = [];
  const tell = (holds: boolean, what: string): void => {
    if (holds) found.push(what);
  };
  tell(objectsAt(spec, 'affinity', 'podAffinity', REQUIRED).length > 0, 'required pod affinity');
  tell(
    objectsAt(spec, 'affinity', 'podAntiAffinity', REQUIRED).some(term => !isPlain(term)),
    'anti-affinity on other things than the node, or towards other namespaces',
  );
  tell(
    objectsAt(spec, 'topologySpreadConstraints').some(term => textAt(term, 'whenUnsatisfiable') !== 'ScheduleAnyway'),
    'topology spread that may not be violated',
  );
  const claims = objectsAt(template.object.body, 'spec', 'volumeClaimTemplates');
  const volumes = objectsAt(spec, 'volumes');
  tell(claims.length > 0 || volumes.some(volume => isObject(volume.persistentVolumeClaim)), 'where volumes can be');
  const all = containersOf(template);
  tell(
    all.some(({ spec: one }) => objectsAt(one, 'ports').some(port => Boolean(port.hostPort))),
    'ports of the host',
  );
  const others = Object.keys(specAmounts(spec))
    .filter(resource => resource !== 'cpu' && resource !== 'memory')
    .sort();
  tell(others.length > 0, `the resource ${others.join(' and ')}`);
  tell(textAt(spec, 'nodeName') !== undefined, 'a node chosen by name');
  tell(!['', 'default-scheduler'].includes(textAt(spec, 'schedulerName') ?? ''), 'another scheduler');
  return found;
}

const CONTROLLERS: Readonly<Record<string, string>> = { Deployment: 'ReplicaSet', CronJob: 'Job' };

/** What each workload of a manifest asks for; one without a namespace counts as in ''. */
export function podAsks(objects: readonly ManifestObject[], context: Pick<LintContext, 'namespace'>): PodAsk[] {
  return podTemplates(objects).map((template): PodAsk => {
    const { object, spec } = template;
    const { kind } = object.ref;
    const replicas = kind === 'DaemonSet' ? 'each-node' : replicasOf(template, objects, context);
    const { cpu, memory } = specAmounts(spec);
    return {
      object: named(object, context),
      controllerKind: CONTROLLERS[kind] ?? kind,
      namespace: namespaceOf(object, context) ?? '',
      labels: template.labels,
      selector: template.selector,
      requests: { cpuMillis: cpu ?? 0, memoryBytes: memory ?? 0 },
      replicas,
      nodeSelector: labelsAt(spec, 'nodeSelector'),
      nodeTerms: nodeTermsOf(spec),
      tolerations: tolerationsOf(spec),
      apart: objectsAt(spec, 'affinity', 'podAntiAffinity', REQUIRED)
        .filter(isPlain)
        .flatMap(term => selectorAt(term, 'labelSelector') ?? []),
      surgesFirst: replicas !== 'each-node' && surgesFirst(template, replicas),
      notModelled: notModelled(template),
    };
  });
}

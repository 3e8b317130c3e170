import { labelsAt, textAt } from '../manifest/json.ts';
import { placeOf } from '../manifest/kinds.ts';
import { type PodTemplate, podTemplates } from '../manifest/pod-templates.ts';
import { type ManifestObject, ofKind } from '../manifest/read-manifest.ts';
import { matchesLabels } from '../selector.ts';
import { type Found, type LintContext, namespaceOf, type Rule } from './finding.ts';
import type { LintRuleId } from './rules.ts';

const OF_SYSTEM = ['kube-system', 'kube-public', 'kube-node-lease'];
const ENFORCE = 'pod-security.kubernetes.io/enforce';
const NAME_LABEL = 'app.kubernetes.io/name';

function namespaceFindings(object: ManifestObject, context: LintContext): Found[] {
  const { ref } = object;
  if (placeOf(ref.apiVersion, ref.kind) !== 'namespace') return [];
  const tell = (id: LintRuleId, message: string, fix: string): Found[] => [
    { id, object, path: 'metadata.namespace', message, fix },
  ];
  const namespace = namespaceOf(object, context);
  if (namespace === undefined)
    return tell('namespace_missing', 'it names no namespace and none was asked for', 'set metadata.namespace');
  if (OF_SYSTEM.includes(namespace))
    return tell(
      'namespace_of_system',
      `it would go into ${namespace}, which is the cluster’s own`,
      'use another namespace',
    );
  if (namespace === 'default')
    return tell(
      'namespace_default',
      'it goes into the namespace default',
      'give the application a namespace of its own',
    );
  if (context.namespace !== undefined && namespace !== context.namespace)
    return tell('namespace_other', `it goes into ${namespace}, not into ${context.namespace}`, 'deploy it by itself');
  return [];
}

/** Each namespace that is not there and gets something: once, at the first object that goes there. */
function absentFindings(objects: readonly ManifestObject[], context: LintContext): Found[] {
  const made = new Map(ofKind(objects, '', 'Namespace').map(object => [object.ref.name, object]));
  const known = new Map(context.namespaces.map(({ name, labels }) => [name, labels]));
  const seen = new Set<string>();
  return objects.flatMap((object): Found[] => {
    const namespace = namespaceOf(object, context);
    const isPlaced = placeOf(object.ref.apiVersion, object.ref.kind) === 'namespace';
    if (!isPlaced || namespace === undefined || seen.has(namespace)) return [];
    seen.add(namespace);
    const [own, labels] = [made.get(namespace), known.get(namespace)];
    if (own === undefined && labels === undefined) {
      const message = `namespace ${namespace} does not exist: it is created, with restricted pod security`;
      return [{ id: 'namespace_absent', object, path: 'metadata.namespace', message, fix: 'nothing' }];
    }
    const level = { ...labels, ...(own && labelsAt(own.body, 'metadata', 'labels')) }[ENFORCE];
    if (level === 'restricted') return [];
    const message = `namespace ${namespace} enforces ${level ?? 'no'} pod security`;
    const fix = `label it ${ENFORCE}=restricted`;
    return [{ id: 'namespace_not_restricted', object: own ?? object, path: 'metadata.labels', message, fix }];
  });
}

function templateFindings(template: PodTemplate): Found[] {
  const { object, labels, selector } = template;
  const found: Found[] = [];
  const mustSelect = ['DaemonSet', 'Deployment', 'ReplicaSet', 'StatefulSet'].includes(object.ref.kind);
  if (mustSelect && !matchesLabels(selector, labels))
    found.push({
      id: 'selector_mismatch',
      object,
      path: 'spec.selector',
      message: 'its selector does not match the labels of its own pods',
      fix: 'repeat the selector’s labels in spec.template.metadata.labels',
    });
  if (object.labels[NAME_LABEL] === undefined && labels[NAME_LABEL] === undefined)
    found.push({
      id: 'labels_missing',
      object,
      path: 'metadata.labels',
      message: `it has no label ${NAME_LABEL}`,
      fix: `label it and its pods ${NAME_LABEL}, and app.kubernetes.io/part-of where it belongs to more`,
    });
  return found;
}

/** A Service of this manifest that means none of this manifest's pods, where there are pods beside it. */
function serviceFindings(object: ManifestObject, templates: readonly PodTemplate[], context: LintContext): Found[] {
  const selector = labelsAt(object.body, 'spec', 'selector');
  if (Object.keys(selector).length === 0 || textAt(object.body, 'spec', 'type') === 'ExternalName') return [];
  const beside = templates.filter(
    template => namespaceOf(template.object, context) === namespaceOf(object, context) && template.isService,
  );
  if (beside.length === 0 || beside.some(({ labels }) => matchesLabels({ matchLabels: selector }, labels))) return [];
  const message = 'its selector means none of the pods that are deployed with it';
  const fix = 'use the labels of the pods’ template';
  return [{ id: 'service_selects_nothing', object, path: 'spec.selector', message, fix }];
}

function readingFindings(object: ManifestObject): Found[] {
  const { ref, dropped } = object;
  const found: Found[] = [];
  if (dropped.length > 0)
    found.push({
      id: 'server_fields',
      object,
      path: dropped[0] ?? '',
      message: `only a server writes ${dropped.join(', ')}: left out`,
      fix: 'leave them out of the manifest',
    });
  if (placeOf(ref.apiVersion, ref.kind) === 'unknown')
    found.push({
      id: 'kind_unknown',
      object,
      path: 'kind',
      message: `no rule knows ${ref.apiVersion} ${ref.kind}: it is applied as it is`,
      fix: 'nothing, if it is meant',
    });
  return found;
}

/** Where objects go, what labels and selectors say, and what could not be judged (seed 677, 679). */
export const lintPlacement: Rule = (objects, context) => {
  const templates = podTemplates(objects);
  return [
    ...objects.flatMap(object => [...namespaceFindings(object, context), ...readingFindings(object)]),
    ...absentFindings(objects, context),
    ...templates.flatMap(templateFindings),
    ...ofKind(objects, '', 'Service').flatMap(object => serviceFindings(object, templates, context)),
  ];
};

import type { PodFacts } from '../../model/facts.ts';
import type { ObjectFacts, ObjectRef } from '../../model/workload-facts.ts';
import { at, isObject, labelsAt, objectAt, textAt } from '../manifest/json.ts';
import { matchesLabels } from '../selector.ts';
import { nameSome } from '../verdict.ts';
import { type Check, headlineOf, issueOf } from './check.ts';

export interface UnusedInput {
  pods: readonly PodFacts[];
  /** Pods and everything with a pod template: what may name a ConfigMap or a claim. */
  users: readonly ObjectFacts[];
  claims: readonly ObjectFacts[];
  configMaps: readonly ObjectFacts[];
  services: readonly ObjectFacts[];
  workloads: readonly ObjectFacts[];
}

/** Kubernetes puts one into each namespace; kubeadm and Talos keep their own in kube-system. */
const isKubernetesOwn = ({ namespace, name }: ObjectRef): boolean =>
  name === 'kube-root-ca.crt' || (namespace ?? '').startsWith('kube-') || name === 'kubernetes';

/** Every text under the keys by which a pod names a ConfigMap or a claim. */
function namesIn(value: unknown, found: Set<string>): Set<string> {
  if (Array.isArray(value)) for (const item of value) namesIn(item, found);
  if (!isObject(value)) return found;
  for (const [key, inner] of Object.entries(value)) {
    if (key === 'configMap' || key === 'configMapRef' || key === 'configMapKeyRef') {
      const name = textAt(inner, 'name');
      if (name !== undefined) found.add(`ConfigMap ${name}`);
    }
    if (key === 'persistentVolumeClaim') {
      const name = textAt(inner, 'claimName');
      if (name !== undefined) found.add(`PersistentVolumeClaim ${name}`);
    }
    namesIn(inner, found);
  }
  return found;
}

const textOf = ({ kind, namespace, name }: ObjectRef): string => `${kind} ${namespace ?? ''}/${name}`;

/** A claim of a StatefulSet's template, of whatever replica: kept for when it is scaled up again. */
const isOfStatefulSet = (claim: ObjectFacts, workloads: readonly ObjectFacts[]): boolean =>
  workloads.some(
    ({ ref }) =>
      ref.kind === 'StatefulSet' &&
      ref.namespace === claim.ref.namespace &&
      new RegExp(`-${ref.name.replaceAll('.', '\\.')}-\\d+$`).test(claim.ref.name),
  );

/** What nothing uses: claims, ConfigMaps, services without pods, workloads of zero replicas (ledger R131). Only listed. */
export function checkUnused(input: UnusedInput): Check {
  const rule = 'R131: unused resources';
  const used = new Set(
    input.users.flatMap(({ ref, body }) => [...namesIn(body, new Set())].map(name => `${ref.namespace} ${name}`)),
  );
  const isUsed = ({ ref }: ObjectFacts): boolean => used.has(`${ref.namespace} ${ref.kind} ${ref.name}`);
  const claims = input.claims.filter(claim => !isUsed(claim) && !isOfStatefulSet(claim, input.workloads));
  const configMaps = input.configMaps.filter(map => !isUsed(map) && !isKubernetesOwn(map.ref));
  const services = input.services.filter(({ ref, body }) => {
    const matchLabels = labelsAt(body, 'spec', 'selector');
    if (Object.keys(matchLabels).length === 0 || isKubernetesOwn(ref)) return false;
    return !input.pods.some(pod => pod.namespace === ref.namespace && matchesLabels({ matchLabels }, pod.labels));
  });
  const idle = input.workloads.filter(({ body }) => at(objectAt(body, 'spec'), 'replicas') === 0);
  const groups = [
    ['claims that nothing mounts', claims],
    ['ConfigMaps that nothing names', configMaps],
    ['services without pods', services],
    ['workloads of zero replicas', idle],
  ] as const;
  const issues = groups.flatMap(([what, objects]) =>
    objects.length === 0
      ? []
      : [issueOf('info', rule, what, `${objects.length} ${what}: ${nameSome(objects.map(({ ref }) => textOf(ref)))}`)],
  );
  const all = [...claims, ...configMaps, ...services, ...idle];
  return {
    issues,
    headline: headlineOf(`${all.length} unused objects`, issues),
    figures: { unused: all.slice(0, 100).map(({ ref }) => textOf(ref)), unused_total: all.length },
  };
}

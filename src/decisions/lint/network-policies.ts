import { at, objectAt, textsAt } from '../manifest/json.ts';
import { podTemplates } from '../manifest/pod-templates.ts';
import { type ManifestObject, ofKind } from '../manifest/read-manifest.ts';
import { type Found, type LintContext, namespaceOf, type Rule } from './finding.ts';

type Direction = 'ingress' | 'egress';
const DIRECTIONS: readonly Direction[] = ['ingress', 'egress'];
const TYPES: Record<Direction, string> = { ingress: 'Ingress', egress: 'Egress' };

/**
 * True when a NetworkPolicy selects every pod of its namespace and allows nothing in a direction (networking/v1: an absent
 * policyTypes means Ingress, and Egress where there are egress rules).
 */
export function deniesAll(policy: unknown, direction: Direction): boolean {
  const spec = objectAt(policy, 'spec');
  const selector = objectAt(spec, 'podSelector');
  const labels = Object.keys(objectAt(selector, 'matchLabels')).length;
  const expressions = at(selector, 'matchExpressions');
  if (labels > 0 || (Array.isArray(expressions) && expressions.length > 0)) return false;
  const given = at(spec, 'policyTypes');
  const types = Array.isArray(given) ? textsAt(spec, 'policyTypes') : ['Ingress'];
  const rules = at(spec, direction);
  return types.includes(TYPES[direction]) && !(Array.isArray(rules) && rules.length > 0);
}

/** Names of the namespaces that have such a policy; `policies` are whole NetworkPolicies as a reader gives them. */
export function deniedNamespaces(policies: readonly unknown[]): LintContext['denied'] {
  const of = (direction: Direction): string[] =>
    policies.filter(policy => deniesAll(policy, direction)).map(policy => String(at(policy, 'metadata', 'namespace')));
  return { ingress: of('ingress'), egress: of('egress') };
}

/** Every namespace that gets pods denies what is not allowed, in both directions (R308). */
export const lintNetworkPolicies: Rule = (objects, context) => {
  const policies = ofKind(objects, 'networking.k8s.io', 'NetworkPolicy');
  const first = new Map<string, ManifestObject>();
  for (const { object } of podTemplates(objects)) {
    const namespace = namespaceOf(object, context);
    if (namespace !== undefined && !first.has(namespace)) first.set(namespace, object);
  }
  return [...first].flatMap(([namespace, object]): Found[] => {
    const open = DIRECTIONS.filter(
      direction =>
        !context.denied[direction].includes(namespace) &&
        !policies.some(policy => namespaceOf(policy, context) === namespace && deniesAll(policy.body, direction)),
    );
    if (open.length === 0) return [];
    const message = `namespace ${namespace} has no policy that denies all ${open.join(' and ')} by default`;
    const fix = `add a NetworkPolicy with an empty podSelector, policyTypes ${open.map(one => TYPES[one]).join(' and ')} and no rules, and one for each thing to allow`;
    return [{ id: 'default_deny_missing', object, path: 'metadata.namespace', message, fix }];
  });
};

import { at, type JsonObject, objectAt } from '../manifest/json.ts';
import { type PodTemplate, podTemplates, selectorAt } from '../manifest/pod-templates.ts';
import { type ManifestObject, ofKind } from '../manifest/read-manifest.ts';
import { matchesLabels } from '../selector.ts';
import { type Found, type LintContext, named, namespaceOf, type Rule } from './finding.ts';
import { replicasOf } from './replicas.ts';

type Budget = LintContext['budgets'][number] & { object?: ManifestObject };

/** Budgets of the manifest, and those of the cluster that it does not replace. */
function budgetsOf(objects: readonly ManifestObject[], context: LintContext): Budget[] {
  const own = ofKind(objects, 'policy', 'PodDisruptionBudget').map(object => ({
    namespace: namespaceOf(object, context) ?? '',
    name: object.ref.name,
    selector: selectorAt(object.body, 'spec', 'selector'),
    object,
  }));
  const others = context.budgets.filter(
    known => !own.some(({ namespace, name }) => namespace === known.namespace && name === known.name),
  );
  return [...own, ...others];
}

/** Pods that an integer or a percentage means; both fields of a budget round percentages up (intstr, disruption controller). */
function countOf(value: unknown, replicas: number): number | undefined {
  if (typeof value === 'number' && Number.isInteger(value)) return value;
  const percent = typeof value === 'string' ? /^(\d{1,9})%$/.exec(value)?.[1] : undefined;
  return percent === undefined ? undefined : Math.ceil((Number(percent) * replicas) / 100);
}

/** Disruptions that a budget allows when all replicas are healthy; undefined when it does not say. */
export function disruptionsAllowed(spec: JsonObject, replicas: number): number | undefined {
  const most = countOf(at(spec, 'maxUnavailable'), replicas);
  if (most !== undefined) return Math.max(0, Math.min(most, replicas));
  const least = countOf(at(spec, 'minAvailable') ?? 1, replicas);
  return least === undefined ? undefined : Math.max(0, replicas - least);
}

function judge(
  template: PodTemplate,
  objects: readonly ManifestObject[],
  budgets: readonly Budget[],
  context: LintContext,
): Found[] {
  const replicas = replicasOf(template, objects, context);
  const namespace = namespaceOf(template.object, context);
  const own = budgets.filter(
    budget => budget.namespace === (namespace ?? '') && matchesLabels(budget.selector, template.labels),
  );
  const [first] = own;
  if (first === undefined) {
    if (replicas < 2) return [];
    const message = `${replicas} replicas and no PodDisruptionBudget: maintenance may take all of them at once`;
    const fix = 'add a PodDisruptionBudget with maxUnavailable 1 that selects its pods';
    return [{ id: 'budget_missing', object: template.object, path: 'spec.replicas', message, fix }];
  }
  if (own.length > 1) {
    const names = own.map(({ name }) => name).join(', ');
    const message = `${own.length} PodDisruptionBudgets select its pods (${names}): the API server then evicts none of them`;
    const fix = 'leave one of them';
    return [{ id: 'budget_twice', object: template.object, path: 'spec.template.metadata.labels', message, fix }];
  }
  if (first.object === undefined || disruptionsAllowed(objectAt(first.object.body, 'spec'), replicas) !== 0) return [];
  const message = `it never lets a pod of ${named(template.object, context)} (${replicas} replicas) be evicted: its node can't be drained`;
  const fix = replicas < 2 ? 'run 2 replicas or more, or leave the budget out' : 'set maxUnavailable to 1';
  return [{ id: 'budget_allows_none', object: first.object, path: 'spec', message, fix }];
}

/** Budgets for what runs twice or more, none that allows no disruption, and one for each pod (R306). DaemonSets are never evicted. */
export const lintDisruptionBudgets: Rule = (objects, context) => {
  const budgets = budgetsOf(objects, context);
  return podTemplates(objects)
    .filter(({ isService, object }) => isService && !['DaemonSet', 'Pod'].includes(object.ref.kind))
    .flatMap(template => judge(template, objects, budgets, context));
};

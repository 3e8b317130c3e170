import { at, objectAt, objectsAt } from '../manifest/json.ts';
import { type PodTemplate, podTemplates, selectorAt, specPath } from '../manifest/pod-templates.ts';
import { matchesLabels } from '../selector.ts';
import type { Found, Rule } from './finding.ts';
import { replicasOf } from './replicas.ts';

const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';
const PREFERRED = 'preferredDuringSchedulingIgnoredDuringExecution';

interface Term {
  path: string;
  holds: boolean;
}

/** Spread constraints and anti-affinity terms, and whether each is about the template's own pods. */
function termsOf(template: PodTemplate): Term[] {
  const { spec, labels } = template;
  const isOwn = (term: unknown): boolean => matchesLabels(selectorAt(term, 'labelSelector'), labels);
  const constraints = objectsAt(spec, 'topologySpreadConstraints').map((term, index) => ({
    path: specPath(template, `topologySpreadConstraints[${index}].labelSelector`),
    holds: isOwn(term),
  }));
  const against = objectAt(spec, 'affinity', 'podAntiAffinity');
  const required = objectsAt(against, REQUIRED);
  const preferred = objectsAt(against, PREFERRED).map(term => at(term, 'podAffinityTerm'));
  const path = specPath(template, 'affinity.podAntiAffinity');
  return [...constraints, ...[...required, ...preferred].map(term => ({ path, holds: isOwn(term) }))];
}

/** Two replicas or more are kept apart, by a constraint that means their own labels (R307). */
export const lintSpread: Rule = (objects, context) =>
  podTemplates(objects)
    .filter(({ isService, object }) => isService && !['DaemonSet', 'Pod'].includes(object.ref.kind))
    .flatMap((template): Found[] => {
      const replicas = replicasOf(template, objects, context);
      if (replicas < 2) return [];
      const terms = termsOf(template);
      const [first] = terms;
      const { object } = template;
      const fix =
        'add topologySpreadConstraints (maxSkew 1, topologyKey kubernetes.io/hostname) whose labelSelector matches its pods';
      if (first === undefined) {
        const message = `nothing keeps its ${replicas} replicas on different nodes: one node may take all of them down`;
        return [{ id: 'spread_missing', object, path: specPath(template, 'topologySpreadConstraints'), message, fix }];
      }
      if (terms.some(({ holds }) => holds)) return [];
      const message = 'its spread constraints or anti-affinity select other pods than its own';
      return [{ id: 'spread_of_others', object, path: first.path, message, fix }];
    });

import { at, objectAt } from '../manifest/json.ts';
import { type Container, containersOf, podTemplates } from '../manifest/pod-templates.ts';
import type { ManifestObject } from '../manifest/read-manifest.ts';
import { quantityMillis, quantityUnits } from '../quantity.ts';
import type { Found, Rule } from './finding.ts';
import type { LintRuleId } from './rules.ts';

const RESOURCES = ['cpu', 'memory'] as const;
type Resource = (typeof RESOURCES)[number];

const EXAMPLES: Record<Resource, string> = { cpu: '100m', memory: '128Mi' };

/** A quantity in millicores or bytes; NaN for what is none. YAML reads `cpu: 1` as a number, which the API server takes. */
function amountOf(resource: Resource, value: unknown): number {
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string') return Number.NaN;
  return (resource === 'cpu' ? quantityMillis(text) : quantityUnits(text)) ?? Number.NaN;
}

function judge(object: ManifestObject, { name, path, spec, runsOn }: Container, podLevel: unknown): Found[] {
  const found: Found[] = [];
  const tell = (id: LintRuleId, field: string, message: string, fix: string): void => {
    found.push({ id, object, path: `${path}.resources.${field}`, message: `container ${name} ${message}`, fix });
  };
  for (const resource of RESOURCES) {
    const request = at(spec, 'resources', 'requests', resource);
    const limit = at(spec, 'resources', 'limits', resource);
    // A request that is left out is the limit (API server); pod-level resources stand for all containers (KEP-2837).
    const hasRequest =
      (request ?? limit ?? at(podLevel, 'requests', resource) ?? at(podLevel, 'limits', resource)) !== undefined;
    const hasLimit = (limit ?? at(podLevel, 'limits', resource)) !== undefined;
    if (!hasRequest && runsOn)
      tell('requests_missing', `requests.${resource}`, `requests no ${resource}`, `set it, e.g. ${EXAMPLES[resource]}`);
    if (!hasLimit && runsOn)
      tell('limits_missing', `limits.${resource}`, `has no ${resource} limit`, 'set it to what it may use at most');
    const [requested, limited] = [amountOf(resource, request), amountOf(resource, limit)];
    for (const [field, value, amount] of [
      ['requests', request, requested],
      ['limits', limit, limited],
    ] as const) {
      if (value === undefined || amount >= 0) continue;
      const fix = `write a quantity, e.g. ${EXAMPLES[resource]}`;
      tell('quantity_invalid', `${field}.${resource}`, `has a ${resource} that is no quantity`, fix);
    }
    if (requested > limited)
      tell(
        'request_above_limit',
        `requests.${resource}`,
        `requests more ${resource} than its limit`,
        'raise the limit',
      );
  }
  return found;
}

/** Requests and limits of CPU and memory on every container that runs on (R304, R172). Init containers end: only what they say is judged. */
export const lintResources: Rule = objects =>
  podTemplates(objects).flatMap(template =>
    containersOf(template)
      .filter(({ path }) => !path.includes('ephemeralContainers'))
      .flatMap(container => judge(template.object, container, objectAt(template.spec, 'resources'))),
  );

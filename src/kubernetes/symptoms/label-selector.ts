import { type JsonObject, labelsAt, objectAt, objectsAt, textAt, textsAt } from '../../decisions/manifest/json.ts';

const EXPRESSIONS: Readonly<Record<string, (key: string, values: readonly string[]) => string>> = {
  In: (key, values) => `${key} in (${values.join(',')})`,
  NotIn: (key, values) => `${key} notin (${values.join(',')})`,
  Exists: key => key,
  DoesNotExist: key => `!${key}`,
};

/** A workload's `spec.selector` as the `labelSelector` of a list; undefined for one that selects nothing. */
export function labelSelectorOf(workload: JsonObject): string | undefined {
  const selector = objectAt(workload, 'spec', 'selector');
  const labels = Object.entries(labelsAt(selector, 'matchLabels')).map(([key, value]) => `${key}=${value}`);
  const expressions = objectsAt(selector, 'matchExpressions').flatMap(expression => {
    const write = EXPRESSIONS[textAt(expression, 'operator') ?? ''];
    return write === undefined ? [] : write(textAt(expression, 'key') ?? '', textsAt(expression, 'values'));
  });
  const all = [...labels, ...expressions];
  return all.length === 0 ? undefined : all.join(',');
}

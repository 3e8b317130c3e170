/** What of a rendered chart Helm would run at moments of a release's life; here a release has none of them. */
import { at } from './json.ts';
import { readYaml } from './read-yaml.ts';

/** Run by `helm test`, or when a release is deleted or rolled back: no part of a deployment (helm.sh/docs/topics/charts_hooks). */
const NEVER_AT_DEPLOYMENT: readonly string[] = [
  'test',
  'test-success',
  'test-failure',
  'pre-delete',
  'post-delete',
  'pre-rollback',
  'post-rollback',
];

export interface ChartHook {
  /** Kind and name. */
  object: string;
  /** As annotated. */
  hooks: readonly string[];
}

export interface ChartObjects {
  /** The text as it was rendered, less the hooks. */
  manifests: string;
  /** Left out: they run at no deployment. */
  skipped: readonly ChartHook[];
  /** The chart counts on them before or after a deployment: without them what is applied is another thing. */
  needed: readonly ChartHook[];
}

function hookOf(object: unknown): ChartHook | undefined {
  const annotated = at(object, 'metadata', 'annotations', 'helm.sh/hook');
  if (typeof annotated !== 'string') return undefined;
  const hooks = annotated.split(',').map(hook => hook.trim());
  return { object: `${String(at(object, 'kind'))} ${String(at(object, 'metadata', 'name'))}`, hooks };
}

/**
 * The objects of a chart apart from its hooks (ledger R341). A document that is no YAML stays: the reader of the manifests says what is
 * wrong with it.
 */
export function chartObjects(rendered: string): ChartObjects {
  const documents = rendered.split(/^---(?:[ \t].*)?$/m).filter(document => document.trim() !== '');
  const read = documents.map(text => {
    const yaml = readYaml(text);
    const values = 'documents' in yaml ? yaml.documents : undefined;
    return { text, isEmpty: values?.length === 0, hook: hookOf(values?.[0]?.value) };
  });
  const hooks = read.flatMap(({ hook }) => (hook === undefined ? [] : [hook]));
  const isSkipped = (hook: ChartHook): boolean => hook.hooks.every(each => NEVER_AT_DEPLOYMENT.includes(each));
  return {
    manifests: read
      .filter(({ hook, isEmpty }) => hook === undefined && !isEmpty)
      .map(({ text }) => `---\n${text.trim()}\n`)
      .join(''),
    skipped: hooks.filter(isSkipped),
    needed: hooks.filter(hook => !isSkipped(hook)),
  };
}

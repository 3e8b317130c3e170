import { test as law } from '@fast-check/vitest';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chartObjects } from '../../../src/decisions/manifest/chart-hooks.ts';

const object = (name: string, hook?: string): string =>
  `# Source: shop/templates/${name}.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n${
    hook === undefined ? '' : `  annotations:\n    "helm.sh/hook": ${hook}\n`
  }data:\n  text: |\n    ---\n    not a document\n`;
const chart = (...objects: string[]): string => objects.map(each => `---\n${each}`).join('');

describe('the hooks of a chart', () => {
  it.each(['test', 'test-success', 'post-delete', 'pre-rollback,test'])(
    '%s runs at no deployment: it is left out',
    hook => {
      const { manifests, skipped, needed } = chartObjects(chart(object('a'), object('b', hook)));
      expect(manifests).toBe(chart(object('a')));
      expect(skipped).toEqual([{ object: 'ConfigMap b', hooks: hook.split(',') }]);
      expect(needed).toEqual([]);
    },
  );

  it.each(['pre-install', 'post-upgrade', 'crd-install', 'test, post-install', 'new-in-helm-9'])(
    '%s is one the chart counts on',
    hook => {
      const { skipped, needed } = chartObjects(chart(object('a'), object('b', hook)));
      expect(skipped).toEqual([]);
      expect(needed).toMatchObject([{ object: 'ConfigMap b' }]);
    },
  );

  it('empty documents are none, and what is no YAML stays for the reader of the manifests', () => {
    expect(chartObjects('---\n# Source: a.yaml\n---\n\n').manifests).toBe('');
    expect(chartObjects('---\na: [\n').manifests).toBe('---\na: [\n');
  });

  const name = fc.stringMatching(/^[a-z]{1,8}$/);
  law.prop([fc.array(fc.tuple(name, fc.boolean()), { maxLength: 8 })])(
    'whatever is no hook is kept as it was, in its order, and nothing else',
    objects => {
      const text = chart(...objects.map(([each, isHook]) => object(each, isHook ? 'test' : undefined)));
      const { manifests, skipped } = chartObjects(text);
      expect(manifests).toBe(chart(...objects.filter(([, isHook]) => !isHook).map(([each]) => object(each))));
      expect(skipped.length).toBe(objects.filter(([, isHook]) => isHook).length);
    },
  );
});

import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../../src/simulation/kubernetes-api/json.ts';
import { strategicMergePatch } from '../../../../src/simulation/kubernetes-api/patches/strategic-merge-patch.ts';

const podSpec = (spec: JsonObject): JsonObject => ({ spec });

describe('strategic merge patch', () => {
  const cases: [title: string, kind: string, target: JsonObject, patch: JsonObject, expected: JsonObject][] = [
    [
      'cordon sets one member',
      'Node',
      { spec: { podCIDR: '10.0.0.0/24' } },
      { spec: { unschedulable: true } },
      { spec: { podCIDR: '10.0.0.0/24', unschedulable: true } },
    ],
    [
      'uncordon removes it with null',
      'Node',
      { spec: { unschedulable: true } },
      { spec: { unschedulable: null } },
      { spec: {} },
    ],
    [
      'taints are replaced whole',
      'Node',
      { spec: { taints: [{ key: 'a' }] } },
      { spec: { taints: [{ key: 'b' }] } },
      { spec: { taints: [{ key: 'b' }] } },
    ],
    [
      'containers merge by name',
      'Pod',
      podSpec({ containers: [{ name: 'a', image: '1' }, { name: 'b' }] }),
      podSpec({ containers: [{ name: 'a', image: '2' }, { name: 'c' }] }),
      podSpec({ containers: [{ name: 'a', image: '2' }, { name: 'c' }, { name: 'b' }] }),
    ],
    [
      'an element the patch does not name stays before one it names that came after it',
      'Pod',
      podSpec({ containers: [{ name: 'a' }, { name: 'b' }] }),
      podSpec({ containers: [{ name: 'b' }, { name: 'c' }] }),
      podSpec({ containers: [{ name: 'a' }, { name: 'b' }, { name: 'c' }] }),
    ],
    [
      '$patch delete takes an element out',
      'Pod',
      podSpec({ containers: [{ name: 'a' }, { name: 'b' }] }),
      podSpec({ containers: [{ $patch: 'delete', name: 'a' }] }),
      podSpec({ containers: [{ name: 'b' }] }),
    ],
    [
      '$patch replace in a list replaces it',
      'Pod',
      podSpec({ containers: [{ name: 'a' }, { name: 'b' }] }),
      podSpec({ containers: [{ $patch: 'replace' }, { name: 'c' }] }),
      podSpec({ containers: [{ name: 'c' }] }),
    ],
    [
      '$patch replace in a map replaces it',
      'Node',
      { metadata: { labels: { a: '1' } } },
      { metadata: { labels: { $patch: 'replace', b: '2' } } },
      { metadata: { labels: { b: '2' } } },
    ],
    [
      '$patch delete empties a map',
      'Node',
      { metadata: { labels: { a: '1' } } },
      { metadata: { labels: { $patch: 'delete' } } },
      { metadata: { labels: {} } },
    ],
    [
      'env of a container merges by name',
      'Deployment',
      podSpec({ template: { spec: { containers: [{ name: 'c', env: [{ name: 'A', value: '1' }, { name: 'B' }] }] } } }),
      podSpec({ template: { spec: { containers: [{ name: 'c', env: [{ name: 'A', value: '2' }] }] } } }),
      podSpec({ template: { spec: { containers: [{ name: 'c', env: [{ name: 'A', value: '2' }, { name: 'B' }] }] } } }),
    ],
    [
      'container ports merge by containerPort',
      'Pod',
      podSpec({ containers: [{ name: 'c', ports: [{ containerPort: 80 }] }] }),
      podSpec({ containers: [{ name: 'c', ports: [{ containerPort: 80, name: 'http' }] }] }),
      podSpec({ containers: [{ name: 'c', ports: [{ containerPort: 80, name: 'http' }] }] }),
    ],
    [
      'service ports merge by port',
      'Service',
      podSpec({ ports: [{ port: 80 }] }),
      podSpec({ ports: [{ port: 443 }] }),
      podSpec({ ports: [{ port: 443 }, { port: 80 }] }),
    ],
    [
      'conditions merge by type',
      'Node',
      { status: { conditions: [{ type: 'Ready', status: 'True' }] } },
      { status: { conditions: [{ type: 'Ready', status: 'False' }] } },
      { status: { conditions: [{ type: 'Ready', status: 'False' }] } },
    ],
    [
      'finalizers are a set',
      'Node',
      { metadata: { finalizers: ['a'] } },
      { metadata: { finalizers: ['a', 'b'] } },
      { metadata: { finalizers: ['a', 'b'] } },
    ],
    [
      '$deleteFromPrimitiveList takes values out',
      'Node',
      { metadata: { finalizers: ['a', 'b'] } },
      { metadata: { '$deleteFromPrimitiveList/finalizers': ['a'] } },
      { metadata: { finalizers: ['b'] } },
    ],
    [
      '$setElementOrder orders the merged list',
      'Pod',
      podSpec({ containers: [{ name: 'a' }, { name: 'b' }] }),
      podSpec({
        '$setElementOrder/containers': [{ name: 'c' }, { name: 'b' }, { name: 'a' }],
        containers: [{ name: 'c' }],
      }),
      podSpec({ containers: [{ name: 'c' }, { name: 'b' }, { name: 'a' }] }),
    ],
    [
      '$retainKeys keeps only the named members',
      'Deployment',
      podSpec({ strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } } }),
      podSpec({ strategy: { $retainKeys: ['type'], type: 'Recreate' } }),
      podSpec({ strategy: { type: 'Recreate' } }),
    ],
    [
      'a volume given another source with $retainKeys loses the old one',
      'Pod',
      podSpec({ volumes: [{ name: 'v', emptyDir: {} }] }),
      podSpec({ volumes: [{ $retainKeys: ['name', 'hostPath'], name: 'v', hostPath: { path: '/x' } }] }),
      podSpec({ volumes: [{ name: 'v', hostPath: { path: '/x' } }] }),
    ],
    [
      "a budget's selector is replaced whole",
      'PodDisruptionBudget',
      podSpec({ selector: { matchLabels: { a: '1' } } }),
      podSpec({ selector: { matchLabels: { b: '2' } } }),
      podSpec({ selector: { matchLabels: { b: '2' } } }),
    ],
    [
      'a list that is not there yet is made without directives',
      'Pod',
      {},
      podSpec({ containers: [{ name: 'a', command: null }] }),
      podSpec({ containers: [{ name: 'a' }] }),
    ],
  ];
  it.each(cases)('%s', (_title, kind, target, patch, expected) => {
    expect(strategicMergePatch(kind, target, patch)).toEqual(expected);
  });

  it.each([
    ['an unknown directive', { spec: { $patch: 'explode' } }, 500],
    ['an element without its key', { spec: { containers: [{ image: 'x' }] } }, 500],
    ['a primitive list to delete from that is none', { metadata: { '$deleteFromPrimitiveList/finalizers': 'a' } }, 400],
    [
      'retained keys that leave out a given one',
      { spec: { strategy: { $retainKeys: ['type'], type: 'a', other: 1 } } },
      400,
    ],
  ])('%s is refused', (_title, patch, code) => {
    expect(() => strategicMergePatch('Pod', {}, patch)).toThrow(expect.objectContaining({ code }));
  });

  const labels = fc.dictionary(fc.stringMatching(/^[a-z]{1,3}$/), fc.oneof(fc.string(), fc.constant(null)));
  test.prop([labels, labels])('applying a patch twice is applying it once', (before, patch) => {
    const target = { metadata: { labels: before } };
    const once = strategicMergePatch('Node', target, { metadata: { labels: patch } }) as JsonObject;
    expect(strategicMergePatch('Node', once, { metadata: { labels: patch } })).toEqual(once);
  });

  test.prop([fc.uniqueArray(fc.stringMatching(/^[a-z]{1,2}$/)), fc.uniqueArray(fc.stringMatching(/^[a-z]{1,2}$/))])(
    'a keyed list holds each key once: those of the patch in its order, the others in theirs',
    (before, names) => {
      const merged = strategicMergePatch(
        'Pod',
        podSpec({ containers: before.map(name => ({ name })) }),
        podSpec({ containers: names.map(name => ({ name })) }),
      );
      const { containers } = (merged as { spec: { containers: { name: string }[] } }).spec;
      const seen = containers.map(({ name }) => name);
      expect(seen.filter(name => names.includes(name))).toEqual(names);
      expect(seen.filter(name => !names.includes(name))).toEqual(before.filter(name => !names.includes(name)));
    },
  );
});

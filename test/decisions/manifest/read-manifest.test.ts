import { test as lawTest } from '@fast-check/vitest';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { inApplyOrder } from '../../../src/decisions/manifest/apply-order.ts';
import { type ManifestObject, type ReadManifest, readManifest } from '../../../src/decisions/manifest/read-manifest.ts';

const configMap = (name: string, more = ''): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\n${more}`;

function objectsOf(read: ReadManifest): readonly ManifestObject[] {
  if (!read.ok) throw new Error(read.problems.map(({ message }) => message).join('; '));
  return read.objects;
}
const problemsOf = (read: ReadManifest): string[] =>
  read.ok ? [] : read.problems.map(({ line, message }) => `${line ?? '-'}: ${message}`);

describe('a manifest', () => {
  it('R172: holds several documents, empty ones left out, Lists flattened, each object with its line', () => {
    const text = `# first\n---\n${configMap('a')}---\n---\napiVersion: v1\nkind: List\nitems:\n- ${configMap('b').replaceAll('\n', '\n  ')}\n- apiVersion: v1\n  kind: Secret\n  metadata: {name: c, namespace: x}\n`;
    const objects = objectsOf(readManifest(text));
    expect(objects.map(({ ref }) => `${ref.kind} ${ref.namespace ?? '-'}/${ref.name}`)).toEqual([
      'ConfigMap -/a',
      'ConfigMap -/b',
      'Secret x/c',
    ]);
    expect(objects.map(({ line }) => line)).toEqual([3, 8, 8]);
  });

  it('is read as kubectl reads it: YAML 1.1 with octal modes and yes, no dates, no base 60, merge keys', () => {
    const text = configMap(
      'a',
      'x: {mode: 0644, on: yes, day: 2024-01-02, at: 12:30, half: 0.5}\ny: &y {k: 1}\nz: {<<: *y, l: 2}\n',
    );
    const [object] = objectsOf(readManifest(text));
    expect(object?.body.x).toEqual({ mode: 420, true: true, day: '2024-01-02', at: '12:30', half: 0.5 });
    expect(object?.body.z).toEqual({ k: 1, l: 2 });
  });

  it('loses what only a server writes, and says what', () => {
    const text =
      'apiVersion: v1\nkind: Pod\nmetadata: {name: a, uid: u, resourceVersion: "7", managedFields: []}\nspec: {}\nstatus: {phase: Running}\n';
    const [object] = objectsOf(readManifest(text));
    expect(object?.body).toEqual({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec: {} });
    expect(object?.dropped).toEqual(['metadata.uid', 'metadata.resourceVersion', 'metadata.managedFields', 'status']);
  });

  it('may hold kinds that nothing here knows: they are listed', () => {
    const read = readManifest('apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: a}\n');
    expect(read.ok && read.unknown.map(({ kind }) => kind)).toEqual(['Widget']);
  });

  const lol = [
    'a: &a [x,x,x,x,x,x,x,x,x]',
    ...['b', 'c', 'd', 'e'].map(
      (name, index) => `${name}: &${name} [${Array.from({ length: 9 }, () => `*${'abcd'[index]}`).join(',')}]`,
    ),
  ].join('\n');
  it.each<[string, string, RegExp]>([
    ['nothing', '', /holds no object/],
    ['only comments', '# a\n---\n# b\n', /holds no object/],
    ['a key twice', configMap('a', 'data: {k: s3cr3t, k: b}\n'), /^4: a key stands twice/],
    ['a tab', `${configMap('a')}data:\n\tk: s3cr3t\n`, /^5: a tab/],
    ['an open quotation', `${configMap('a')}data: {k: "s3cr3t\n`, /^\d: a character is missing/],
    ['an alias to nothing', configMap('a', 'data: *s3cr3t\n'), /^1: an alias has no anchor/],
    [
      'a tag of YAML 1.1 that kubectl reads otherwise',
      configMap('a', 'data: {k: !!binary czNjcjN0}\n'),
      /tag is not known/,
    ],
    ['YAML 1.2', `%YAML 1.2\n---\n${configMap('a')}`, /another YAML/],
    [
      'a merge of a number',
      configMap('a', 's3cr3t: {<<: 0}\n'),
      /^1: a merge \(<<\) is of something that is no mapping/,
    ],
    ['a billion laughs', lol, /aliases unfold/],
    [
      'a long text forty times',
      `a: &a [${'x'.repeat(100_000)}]\nb: [${Array.from({ length: 40 }, () => '*a').join(',')}]`,
      /2 MiB/,
    ],
    ['5,000 brackets', '['.repeat(5_000), /nested too deep/],
    ['300 sequences in a line', `${'- '.repeat(300)}a`, /nested too deep/],
    [
      '300 levels of blocks',
      Array.from({ length: 300 }, (_, level) => `${' '.repeat(level)}k:`).join('\n'),
      /nested too deep/,
    ],
    ['more than 1 MiB', 'x'.repeat(1_048_577), /larger than 1 MiB/],
    [
      '101 documents',
      Array.from({ length: 101 }, (_, index) => configMap(`a-${index}`)).join('---\n'),
      /101 documents/,
    ],
    ['a text', 's3cr3t', /is no object/],
    ['no apiVersion', 'kind: Pod\nmetadata: {name: a}\n', /no valid apiVersion/],
    ['a path as apiVersion', 'apiVersion: ../v1\nkind: Pod\nmetadata: {name: a}\n', /no valid apiVersion/],
    ['no kind', 'apiVersion: v1\nmetadata: {name: a}\n', /no valid kind/],
    ['a path as name', configMap('../s3cr3t'), /no valid metadata.name/],
    ['a number as name', configMap('7'), /no valid metadata.name/],
    ['a generateName', 'apiVersion: v1\nkind: Pod\nmetadata: {generateName: a-}\n', /generateName/],
    [
      'a label that is a number',
      'apiVersion: v1\nkind: Pod\nmetadata: {name: a, labels: {n: 7}}\n',
      /labels that are no texts/,
    ],
    [
      'an object twice',
      `${configMap('a')}---\n${configMap('b')}---\n${configMap('a')}`,
      /^9: ConfigMap a stands in the manifest twice, first at line 1/,
    ],
    [
      'an object twice, once with the namespace it goes to',
      `${configMap('a')}---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: shop}\n`,
      /twice/,
    ],
  ])('with %s is refused, with its line and without its text', (_title, text, problem) => {
    const problems = problemsOf(readManifest(text, 'shop'));
    expect(problems.join('\n')).toMatch(problem);
    expect(problems.join('\n')).not.toContain('s3cr3t');
  });

  it('tells all that is wrong at once', () => {
    const text = 'kind: Pod\nmetadata: {name: a}\n---\napiVersion: v1\nkind: Pod\nmetadata: {}\n';
    expect(problemsOf(readManifest(text))).toEqual([
      '1: the object has no valid apiVersion',
      '4: the object (Pod) has no valid metadata.name',
    ]);
  });

  it('keeps a field named __proto__ a field', () => {
    const [object] = objectsOf(readManifest(configMap('a', '__proto__: {polluted: 1}\n')));
    expect(Object.getPrototypeOf(object?.body)).toBe(Object.prototype);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  lawTest.prop([fc.string({ maxLength: 400, unit: fc.constantFrom(...Array.from('[]{}:-? \n&*!|>"\'%#,~a1')) })])(
    'of any text is read or refused, and nothing is thrown',
    text => {
      expect(typeof readManifest(text).ok).toBe('boolean');
    },
  );

  // The library writes a key “<<” without quotes, which makes a merge of it.
  const valueWithoutMerge = fc.jsonValue({ maxDepth: 4 }).filter(value => !JSON.stringify(value).includes('"<<":'));
  lawTest.prop([valueWithoutMerge])('gives back what another YAML writer wrote', value => {
    const body = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'a' },
      value: JSON.parse(JSON.stringify(value)),
    };
    const written = stringify(body, { version: '1.1' });
    expect(objectsOf(readManifest(written))[0]?.body).toEqual(body);
  });
});

describe('the order of applying', () => {
  it('puts what others need first and keeps the manifest’s order within a kind', () => {
    const kinds = ['Deployment', 'Widget', 'Ingress', 'ConfigMap', 'Namespace', 'Service', 'Secret'];
    const text = kinds
      .map(kind => `apiVersion: ${kind === 'Widget' ? 'x.io/v1' : 'v1'}\nkind: ${kind}\nmetadata: {name: a}\n`)
      .join('---\n');
    const ordered = inApplyOrder(objectsOf(readManifest(text))).map(({ ref }) => ref.kind);
    expect(ordered).toEqual(['Namespace', 'Secret', 'ConfigMap', 'Service', 'Widget', 'Deployment', 'Ingress']);
  });
});

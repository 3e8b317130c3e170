import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import {
  fieldsOf,
  fromFieldsV1,
  readablePath,
  toFieldsV1,
} from '../../../../src/simulation/kubernetes-api/apply/field-set.ts';
import { mergeApplied } from '../../../../src/simulation/kubernetes-api/apply/merge-applied.ts';
import { asObject } from '../../../../src/simulation/kubernetes-api/json.ts';

const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', uid: '1', labels: { app: 'web' }, finalizers: ['x/y'] },
  spec: {
    replicas: 3,
    selector: { matchLabels: { app: 'web' } },
    template: { spec: { containers: [{ name: 'c', image: 'i', ports: [{ containerPort: 80 }], args: ['a'] }] } },
  },
  status: { replicas: 3 },
};

describe('field sets', () => {
  it('name what an object sets in the notation of managedFields, without what the server sets', () => {
    expect(toFieldsV1(fieldsOf('Deployment', deployment, 'rest').keys())).toEqual({
      'f:metadata': { 'f:labels': { 'f:app': {} }, 'f:finalizers': { 'v:"x/y"': {} } },
      'f:spec': {
        'f:replicas': {},
        'f:selector': {},
        'f:template': {
          'f:spec': {
            'f:containers': {
              'k:{"name":"c"}': {
                '.': {},
                'f:name': {},
                'f:image': {},
                'f:args': {},
                'f:ports': {
                  'k:{"containerPort":80,"protocol":"TCP"}': { '.': {}, 'f:containerPort': {} },
                },
              },
            },
          },
        },
      },
    });
    expect(toFieldsV1(fieldsOf('Deployment', deployment, 'status').keys())).toEqual({
      'f:status': { 'f:replicas': {} },
    });
  });

  it('are read back as they were written', () => {
    const paths = new Set(fieldsOf('Deployment', deployment, 'all').keys());
    expect(fromFieldsV1(toFieldsV1(paths))).toEqual(paths);
  });

  it('paths read as in conflicts', () => {
    const paths = [...fieldsOf('Deployment', deployment, 'rest').keys()].map(readablePath);
    expect(paths).toContain('.spec.template.spec.containers[name="c"].image');
    expect(paths).toContain('.metadata.finalizers[="x/y"]');
  });
});

const containers = fc.uniqueArray(
  fc.record({ name: fc.constantFrom('a', 'b', 'c'), image: fc.constantFrom('1', '2') }),
  { selector: container => container.name },
);
const spec = fc.record(
  { containers, nodeName: fc.constantFrom('w-1', 'w-2'), priority: fc.nat(3) },
  { requiredKeys: [] },
);

describe('merging an applied configuration', () => {
  test.prop([spec, spec])('every applied field has the applied value afterwards', (live, applied) => {
    const merged = asObject(mergeApplied('Pod', [], { spec: live }, { spec: applied }));
    const fields = fieldsOf('Pod', merged, 'all');
    for (const [path, value] of fieldsOf('Pod', { spec: applied }, 'all'))
      if (value !== '[]' && value !== '{}') expect(fields.get(path)).toBe(value);
  });
});

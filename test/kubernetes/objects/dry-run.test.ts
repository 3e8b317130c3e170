import { describe, expect, it, test } from 'vitest';
import { refusalOf } from '../../../src/kubernetes/objects/refusal-text.ts';
import { never } from '../cluster-fixture.ts';
import { apply, configMap, objects, stillWorld, WEB_PATH, web } from './object-world.ts';

const dryRun = (world: Awaited<ReturnType<typeof stillWorld>>, ...bodies: Record<string, unknown>[]) =>
  world.reader.dryRun({ namespace: 'default', objects: objects(...bodies) }, never());

describe('R172: the dry run', () => {
  it('says what would become of each object, and keeps nothing', async () => {
    const world = await stillWorld();
    await apply(world, configMap({ a: '1' }), web('web:1'));
    const before = world.cluster.store.resourceVersion;
    const outcomes = await dryRun(world, configMap({ a: '1' }), web('web:2'), configMap({}, 'new'));
    expect(outcomes.map(outcome => (outcome.kind === 'applied' ? outcome.change : outcome.kind))).toEqual([
      'unchanged',
      'changed',
      'created',
    ]);
    expect(world.cluster.store.resourceVersion).toBe(before);
  });

  it('tells every refusal at once: invalid, conflicting, unknown', async () => {
    const world = await stillWorld();
    await apply(world, web('web:1'));
    await world.patchAs('scaler', WEB_PATH, { spec: { replicas: 9 } });
    const bad = { ...web('web:1', { replicas: -1 }), metadata: { name: 'bad' } };
    const widget = { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'a' } };
    const outcomes = await dryRun(world, bad, web('web:1'), widget, configMap({ a: '1' }));
    expect(outcomes).toEqual([
      expect.objectContaining({ kind: 'refused', code: 422, fields: ['spec.replicas'] }),
      expect.objectContaining({ kind: 'conflict', managers: ['scaler'] }),
      expect.objectContaining({ kind: 'refused', code: 404, fields: ['kind'] }),
      expect.objectContaining({ kind: 'applied' }),
    ]);
  });

  it('leaves untried what its own manifest only makes room for', async () => {
    const world = await stillWorld();
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'new' } };
    const inside = { ...configMap({}), metadata: { name: 'a', namespace: 'new' } };
    const outcomes = await dryRun(world, namespace, inside);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['applied', 'not_tried']);
  });

  it('an object in a namespace that is nowhere is refused', async () => {
    const world = await stillWorld();
    const inside = { ...configMap({}), metadata: { name: 'a', namespace: 'nowhere' } };
    expect(await dryRun(world, inside)).toEqual([expect.objectContaining({ kind: 'refused', code: 404 })]);
  });
});

describe('a refusal’s text', () => {
  const ref = (kind: string) => ({ apiVersion: 'v1', kind, namespace: 'shop', name: 'a' });
  const status = (message: string, field = '') => ({
    code: 422,
    reason: 'Invalid',
    message,
    subject: { name: 'a', resource: 'x' },
    causes: field === '' ? [] : [{ reason: 'FieldValueInvalid', message: 'Invalid value: "hunter2"', field }],
    retryAfterMs: undefined,
  });
  test.each<[string, string, string, RegExp]>([
    [
      'a quoted value',
      'Deployment',
      'spec.x: Invalid value: "hunter2": must be a number',
      /^spec.x: Invalid value: must be a number$/,
    ],
    ['a number', 'Deployment', 'spec.replicas: Invalid value: -1: must be positive', /: must be positive$/],
    ['an object', 'Deployment', 'spec: Invalid value: {"a":{"b":"x"},"c":"hunter2"}: no', /^spec: Invalid value…$/],
    ['a text that is cut off', 'Deployment', 'spec.x: Invalid value: "hunter2 and mo', /^spec.x: Invalid value…$/],
    [
      'two values',
      'Deployment',
      '[a: Invalid value: "hunter2": no, b: Duplicate value: "hunter2"]',
      /^\[a: Invalid value: no, b: Duplicate value\]$/,
    ],
    [
      'a typed patch',
      'Deployment',
      '.spec.env[name="P"].value: expected string, got &value.valueUnstructured{Value:hunter2}',
      /expected string, …$/,
    ],
    [
      'a JSON reader',
      'Deployment',
      'ReadString: expects " or n, but found 1, error found in #10 byte of ...|word":hunter2|...',
      /^…$/,
    ],
    ['anything of a Secret', 'Secret', 'hunter2', /^Invalid$/],
    ['anything of a ConfigMap', 'ConfigMap', 'hunter2', /^Invalid$/],
  ])('never quotes %s', (_title, kind, message, expected) => {
    const refusal = refusalOf(ref(kind), status(message));
    expect(refusal.message).toMatch(expected);
    expect(JSON.stringify(refusal)).not.toContain('hunter2');
  });

  it('names the fields and, of a Secret, only the reasons', () => {
    const refusal = refusalOf(ref('Secret'), status('hunter2', 'data[a]'));
    expect(refusal).toMatchObject({ fields: ['data[a]'], message: 'FieldValueInvalid' });
  });
});

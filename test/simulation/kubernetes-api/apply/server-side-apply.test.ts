import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { asObjects, at as valueAt } from '../../../../src/simulation/kubernetes-api/json.ts';
import { APPLY, call, MERGE, STRATEGIC } from '../call.ts';
import { type Served, served } from '../hand-made-cluster.ts';

let at: Served;
beforeEach(async () => {
  at = await served();
});
afterEach(() => at.api.close());

const PATH = '/apis/apps/v1/namespaces/default/deployments/web';

const deployment = (spec: Record<string, unknown> = {}, labels: Record<string, string> = {}) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', labels },
  spec: {
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'nginx:1' }] } },
    ...spec,
  },
});

const apply = (manager: string, body: unknown, query = '') =>
  call(at.api, 'PATCH', `${PATH}?fieldManager=${manager}${query}`, { body, type: APPLY });

const stored = () => at.cluster.store.get('deployments.apps', 'default', 'web');
const managers = () =>
  (stored()?.metadata.managedFields ?? []).map(entry => `${String((entry as { manager: string }).manager)}`);

describe('server-side apply', () => {
  it('creates with 201, then answers 200 and keeps the version of an unchanged object', async () => {
    expect((await apply('a', deployment({ replicas: 2 }))).code).toBe(201);
    const version = stored()?.metadata.resourceVersion;
    at.cluster.pass(5000);
    expect((await apply('a', deployment({ replicas: 2 }))).code).toBe(200);
    expect(stored()?.metadata.resourceVersion).toBe(version);
  });

  it('another applier with another value is a conflict, with a cause a field; the same value is shared', async () => {
    await apply('a', deployment({ replicas: 2 }));
    expect((await apply('b', deployment({ replicas: 2 }))).code).toBe(200);
    const { code, json } = await apply('b', deployment({ replicas: 3 }));
    expect({ code, ...json }).toMatchObject({
      code: 409,
      reason: 'Conflict',
      message: 'Apply failed with 1 conflict: conflict with "a": .spec.replicas',
      details: {
        causes: [{ reason: 'FieldManagerConflict', message: 'conflict with "a"', field: '.spec.replicas' }],
      },
    });
    expect(managers()).toEqual(['a', 'b']);
  });

  it('forced, it takes the field away from the other', async () => {
    await apply('a', deployment({ replicas: 2 }));
    expect((await apply('b', deployment({ replicas: 3 }), '&force=true')).code).toBe(200);
    expect(stored()?.spec).toMatchObject({ replicas: 3 });
    const again = await apply('a', deployment({ replicas: 2 }));
    expect(again.json.message).toBe('Apply failed with 1 conflict: conflict with "b": .spec.replicas');
  });

  it('a field changed by an update belongs to the updater, named with its version and time', async () => {
    await apply('a', deployment({ replicas: 2 }));
    await call(at.api, 'PATCH', `${PATH}?fieldManager=scaler`, { body: { spec: { replicas: 9 } }, type: MERGE });
    const { json } = await apply('a', deployment({ replicas: 2 }));
    expect(json.message).toBe(
      'Apply failed with 1 conflict: conflict with "scaler" using apps/v1 at 2026-11-21T12:00:00Z: .spec.replicas',
    );
  });

  it('leaving a field out removes it, unless somebody else owns it too', async () => {
    await apply('a', deployment({}, { mine: '1', both: '1' }));
    await apply('b', deployment({}, { both: '1' }));
    await apply('a', deployment());
    expect(stored()?.metadata.labels).toEqual({ both: '1' });
  });

  it('leaving a container out removes it; containers of others stay', async () => {
    const two = deployment();
    two.spec.template.spec.containers.push({ name: 'side', image: 'x:1' });
    await apply('a', two);
    await call(at.api, 'PATCH', `${PATH}?fieldManager=injector`, {
      body: { spec: { template: { spec: { containers: [{ name: 'mesh', image: 'm:1' }] } } } },
      type: STRATEGIC,
    });
    await apply('a', deployment());
    const containers = asObjects(valueAt(stored(), 'spec', 'template', 'spec', 'containers'));
    expect(containers.map(({ name }) => name)).toEqual(['c', 'mesh']);
  });

  it('an object nobody manages belongs to before-first-apply', async () => {
    const { metadata, ...rest } = deployment({ replicas: 1 });
    at.cluster.store.create('deployments.apps', { ...rest, metadata: { ...metadata, namespace: 'default' } });
    const { json } = await apply('a', deployment({ replicas: 2 }));
    expect(json.message).toContain('conflict with "before-first-apply" using apps/v1');
  });

  it.each([
    ['no manager', '', deployment(), 422],
    ['managedFields in the configuration', 'a', { ...deployment(), metadata: { name: 'web', managedFields: [] } }, 400],
    ['another name', 'a', { ...deployment(), metadata: { name: 'other' } }, 400],
    ['another kind', 'a', { ...deployment(), kind: 'StatefulSet' }, 400],
    ['YAML', 'a', 'apiVersion: apps/v1', 501],
  ])('%s is refused', async (_title, manager, body, code) => {
    expect((await apply(manager, body)).code).toBe(code);
  });

  it('a dry run answers the result and keeps nothing', async () => {
    expect((await apply('a', deployment(), '&dryRun=All')).code).toBe(201);
    expect(stored()).toBeUndefined();
  });
});

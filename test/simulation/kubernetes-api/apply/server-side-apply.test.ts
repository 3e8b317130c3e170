import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { APPLY, call, MERGE } from '../call.ts';
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

/** What only the simulation promises; the rest of apply is in conformance/. */
describe('server-side apply', () => {
  it('a field changed by an update belongs to the updater, named with its version and time', async () => {
    await apply('a', deployment({ replicas: 2 }));
    await call(at.api, 'PATCH', `${PATH}?fieldManager=scaler`, { body: { spec: { replicas: 9 } }, type: MERGE });
    const { json } = await apply('a', deployment({ replicas: 2 }));
    expect(json.message).toBe(
      'Apply failed with 1 conflict: conflict with "scaler" using apps/v1 at 2026-11-21T12:00:00Z: .spec.replicas',
    );
  });

  it('an object nobody manages belongs to before-first-apply', async () => {
    const { metadata, ...rest } = deployment({ replicas: 1 });
    at.cluster.store.create('deployments.apps', { ...rest, metadata: { ...metadata, namespace: 'default' } });
    const { json } = await apply('a', deployment({ replicas: 2 }));
    expect(json.message).toContain('conflict with "before-first-apply" using apps/v1');
  });

  it.each([
    ['no manager', '', deployment(), 422],
    ['YAML', 'a', 'apiVersion: apps/v1', 501],
  ])('%s is refused', async (_title, manager, body, code) => {
    expect((await apply(manager, body)).code).toBe(code);
  });
});

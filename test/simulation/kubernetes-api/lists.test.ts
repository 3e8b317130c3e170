import { fc, test } from '@fast-check/vitest';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { asObjects, asText, at as valueAt } from '../../../src/simulation/kubernetes-api/json.ts';
import { listPage } from '../../../src/simulation/kubernetes-api/list.ts';
import { targetOf } from '../../../src/simulation/kubernetes-api/request.ts';
import { call, TABLE } from './call.ts';
import { addPod, type HandMade, handMadeCluster, type Served, served } from './hand-made-cluster.ts';

let at: Served;
beforeEach(async () => {
  at = await served();
});
afterEach(() => at.api.close());

const names = (json: unknown): string[] =>
  asObjects(valueAt(json, 'items')).map(item => asText(valueAt(item, 'metadata', 'name')));
const list = (query: string) => call(at.api, 'GET', `/api/v1/pods${query}`);

describe('lists', () => {
  it('carry the version of the store, and items without kind and apiVersion', async () => {
    addPod(at.cluster, 'b');
    addPod(at.cluster, 'a');
    const { json, text } = await list('');
    expect(json).toMatchObject({
      kind: 'PodList',
      apiVersion: 'v1',
      metadata: { resourceVersion: String(at.cluster.store.resourceVersion) },
    });
    expect(names(json)).toEqual(['a', 'b']);
    expect(asObjects(json.items).some(item => 'kind' in item || 'apiVersion' in item)).toBe(false);
    expect(text.endsWith('}\n')).toBe(true);
  });

  it('of one namespace', async () => {
    addPod(at.cluster, 'a');
    addPod(at.cluster, 'b', { namespace: 'kube-system' });
    expect(names((await call(at.api, 'GET', '/api/v1/namespaces/kube-system/pods')).json)).toEqual(['b']);
  });

  it.each([
    ['labelSelector=app', ['a', 'b']],
    ['labelSelector=!app', ['c']],
    ['labelSelector=app%3Dweb', ['a']],
    ['labelSelector=app%3D%3Dweb', ['a']],
    ['labelSelector=app!%3Dweb', ['b', 'c']],
    ['labelSelector=app in (web, db)', ['a', 'b']],
    ['labelSelector=app notin (web)', ['b', 'c']],
    ['labelSelector=app,tier%3Dfront', ['a']],
    ['fieldSelector=spec.nodeName%3Dw-2', ['b']],
    ['fieldSelector=spec.nodeName!%3Dw-2', ['a', 'c']],
    ['fieldSelector=metadata.name%3Dc,metadata.namespace%3Ddefault', ['c']],
    ['fieldSelector=status.phase%3DPending&labelSelector=!app', ['c']],
  ])('%s selects %j', async (query, expected) => {
    addPod(at.cluster, 'a', { labels: { app: 'web', tier: 'front' } });
    addPod(at.cluster, 'b', { labels: { app: 'db' }, node: 'w-2' });
    addPod(at.cluster, 'c', { labels: {}, node: '', phase: 'Pending' });
    expect(names((await list(`?${query.replaceAll(' ', '%20')}`)).json)).toEqual(expected);
  });

  it.each([
    ['pods?fieldSelector=spec.foo%3D1', 400, 'field label not supported: spec.foo'],
    [
      'configmaps?fieldSelector=spec.foo%3D1',
      400,
      '"spec.foo" is not a known field selector: only "metadata.name", "metadata.namespace"',
    ],
    ['pods?fieldSelector=nonsense', 400, "can't understand 'nonsense'"],
    ['pods?labelSelector=a%20b', 400, 'unable to parse requirement'],
    ['pods?labelSelector=app%3D-x-', 400, 'a valid label must be'],
    ['pods?limit=x', 400, 'invalid syntax'],
    ['pods?continue=xyz', 400, 'continue key is not valid'],
    ['pods?resourceVersion=99999', 504, 'Too large resource version: 99999'],
    ['pods?resourceVersionMatch=Exact', 422, 'resourceVersionMatch is forbidden unless resourceVersion is provided'],
  ])('%s is %i', async (path, code, message) => {
    const answer = await call(at.api, 'GET', `/api/v1/${path}`);
    expect(answer.code).toBe(code);
    expect(answer.json.message).toContain(message);
  });

  it('a token of a version no longer kept is 410', async () => {
    const { cluster, api } = await served({ historyLimit: 5 });
    for (let index = 0; index < 4; index += 1) addPod(cluster, `p-${index}`);
    const first = await call(api, 'GET', '/api/v1/pods?limit=2');
    const token = asText(valueAt(first.json, 'metadata', 'continue'));
    for (let index = 0; index < 20; index += 1) addPod(cluster, `q-${index}`);
    const next = await call(api, 'GET', `/api/v1/pods?limit=2&continue=${token}`);
    await api.close();
    expect([next.code, next.json.reason]).toEqual([410, 'Expired']);
  });

  it('as Table, metadata only, or protobuf: the last is 406', async () => {
    addPod(at.cluster, 'a');
    const table = await call(at.api, 'GET', '/api/v1/nodes', { accept: TABLE });
    expect(
      asObjects(table.json.columnDefinitions).map(({ name, priority }) => `${asText(name)} ${String(priority)}`),
    ).toEqual([
      'Name 0',
      'Status 0',
      'Roles 0',
      'Age 0',
      'Version 0',
      'Internal-IP 1',
      'External-IP 1',
      'OS-Image 1',
      'Kernel-Version 1',
      'Container-Runtime 1',
    ]);
    expect(asObjects(table.json.rows)[0]).toMatchObject({
      cells: [
        'cp-1',
        'Ready',
        'control-plane',
        '0s',
        'v1.35.4',
        '10.0.0.1',
        '<none>',
        'Talos (v1.12.11)',
        '6.18.9-talos',
        'containerd://2.1.6',
      ],
      object: { kind: 'PartialObjectMetadata' },
    });
    const accept = 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io';
    const partial = await call(at.api, 'GET', '/api/v1/pods', { accept });
    expect(partial.json).toMatchObject({ kind: 'PartialObjectMetadataList', items: [{ metadata: { name: 'a' } }] });
    expect(JSON.stringify(partial.json)).not.toContain('spec');
    expect((await call(at.api, 'GET', '/api/v1/pods', { accept: 'application/vnd.kubernetes.protobuf' })).code).toBe(
      406,
    );
  });
});

const names26 = fc.stringMatching(/^[a-e]{1,2}$/);

/** Reads a list page by page while `between` changes the cluster. */
function pagesOf(cluster: HandMade, limit: number, between: (page: number) => void): string[] {
  const seen: string[] = [];
  let token: string | undefined;
  for (let page = 0; page === 0 || token !== undefined; page += 1) {
    const query = new URLSearchParams({ limit: String(limit), ...(token === undefined ? {} : { continue: token }) });
    const request = {
      node: 'cp-1',
      method: 'GET',
      segments: ['api', 'v1', 'pods'],
      query,
      accept: '',
      contentType: '',
      userAgent: '',
      body: Buffer.alloc(0),
    };
    const target = targetOf(request);
    if (target === undefined) throw new Error('no target');
    const { meta, items } = listPage(cluster, target, query);
    seen.push(...items.map(object => object.metadata.name));
    token = meta.continue;
    between(page);
  }
  return seen;
}

describe('law', () => {
  test.prop([fc.uniqueArray(names26, { maxLength: 12 }), fc.array(names26), fc.integer({ min: 1, max: 4 })])(
    'the pages of a list together are the list of its version, whatever is written meanwhile',
    (before, writes, limit) => {
      const cluster = handMadeCluster();
      for (const name of before) addPod(cluster, name);
      const seen = pagesOf(cluster, limit, page => {
        const name = writes[page];
        if (name === undefined) return;
        if (cluster.store.get('pods', 'default', name) === undefined) addPod(cluster, name);
        else cluster.store.remove('pods', 'default', name);
      });
      expect(seen).toEqual([...before].sort());
    },
  );
});

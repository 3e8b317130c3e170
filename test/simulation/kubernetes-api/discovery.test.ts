import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { asObjects, asText, at as valueAt } from '../../../src/simulation/kubernetes-api/json.ts';
import { call } from './call.ts';
import { type Served, served } from './hand-made-cluster.ts';

let at: Served;
beforeEach(async () => {
  at = await served();
});
afterEach(() => at.api.close());

const get = (path: string, accept = 'application/json') => call(at.api, 'GET', path, { accept });
const aggregated = (version: string) =>
  `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList,application/json`;

describe('discovery', () => {
  it.each(['v2', 'v2beta1'])('aggregated %s lists every group version once, with subresources', async version => {
    const { json, headers } = await get('/apis', aggregated(version));
    expect(headers.get('content-type')).toBe(
      `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`,
    );
    expect(json).toMatchObject({ kind: 'APIGroupDiscoveryList', apiVersion: `apidiscovery.k8s.io/${version}` });
    const groups = asObjects(json.items).map(item => asText(valueAt(item, 'metadata', 'name')));
    expect(new Set(groups).size).toBe(groups.length);
    for (const group of ['apps', 'policy', 'metrics.k8s.io', 'authorization.k8s.io']) expect(groups).toContain(group);
  });

  it('aggregated core: pods have an eviction of policy/v1', async () => {
    const { json } = await get('/api', aggregated('v2'));
    const [core] = asObjects(json.items);
    const [v1] = asObjects(core?.versions);
    const pods = asObjects(v1?.resources).find(({ resource }) => resource === 'pods');
    expect(pods?.subresources).toContainEqual({
      subresource: 'eviction',
      responseKind: { group: 'policy', version: 'v1', kind: 'Eviction' },
      verbs: ['create'],
    });
  });

  it('legacy: versions, groups, a group, resource lists with pods/eviction', async () => {
    expect((await get('/api')).json).toMatchObject({ kind: 'APIVersions', versions: ['v1'] });
    expect((await get('/apis')).json.kind).toBe('APIGroupList');
    expect((await get('/apis/apps')).json).toMatchObject({
      name: 'apps',
      preferredVersion: { groupVersion: 'apps/v1' },
    });
    const list = (await get('/api/v1')).json;
    expect(list).toMatchObject({ kind: 'APIResourceList', groupVersion: 'v1' });
    expect(list.resources).toContainEqual({
      name: 'pods/eviction',
      singularName: '',
      namespaced: true,
      group: 'policy',
      version: 'v1',
      kind: 'Eviction',
      verbs: ['create'],
    });
  });

  it('what it lists, it serves', async () => {
    const { json } = await get('/apis', aggregated('v2'));
    const paths = asObjects(json.items).flatMap(item =>
      asObjects(item.versions).flatMap(version =>
        asObjects(version.resources)
          .filter(({ verbs }) => Array.isArray(verbs) && verbs.includes('list'))
          .map(
            ({ resource }) =>
              `/apis/${asText(valueAt(item, 'metadata', 'name'))}/${asText(version.version)}/${asText(resource)}`,
          ),
      ),
    );
    for (const path of paths) expect([path, (await get(path)).code]).toEqual([path, 200]);
  });

  it('OpenAPI v3: an index, and documents that say the server checks fields', async () => {
    const { paths } = (await get('/openapi/v3')).json as { paths: Record<string, { serverRelativeURL: string }> };
    const document = await get(paths['apis/apps/v1']?.serverRelativeURL ?? '');
    const patch = valueAt(document.json, 'paths', '/apis/apps/v1/namespaces/{namespace}/deployments/{name}', 'patch');
    expect(patch).toMatchObject({
      'x-kubernetes-group-version-kind': { group: 'apps', version: 'v1', kind: 'Deployment' },
    });
    expect(asObjects(valueAt(patch, 'parameters')).map(({ name }) => name)).toContain('fieldValidation');
    expect((await get('/openapi/v3/apis/nothing/v1')).code).toBe(404);
    expect((await get('/openapi/v2')).json.swagger).toBe('2.0');
  });
});

describe('paths', () => {
  it.each([
    ['/version', 200, '"gitVersion":"v1.35.4"'],
    ['/healthz', 200, 'ok'],
    ['/livez', 200, 'ok'],
    ['/readyz', 200, 'ok'],
    ['/readyz/etcd', 200, 'ok'],
    ['/readyz?verbose', 200, '[+]etcd ok'],
    ['/readyz?verbose&exclude=etcd', 200, 'readyz check passed'],
    ['/readyz/nothing', 404, 'could not find'],
    ['/nothing', 404, 'the server could not find the requested resource'],
    ['/api/v1/nothings', 404, 'could not find'],
    ['/apis/nothing/v1/things', 404, 'could not find'],
    ['/api/v1/nodes/w-1/nothing', 404, 'could not find'],
    ['/api/v1/pods/web-0', 404, 'could not find'],
    ['/api/v1/nodes/w-9', 404, 'nodes \\"w-9\\" not found'],
    ['/api/v1/podtemplates', 501, 'the simulation does not implement /api/v1/podtemplates'],
    ['/apis/certificates.k8s.io/v1/certificatesigningrequests', 501, 'the API group certificates.k8s.io'],
    ['/api/v1/namespaces/default/pods/web-0/exec', 501, 'pods/exec'],
    ['/metrics', 501, '/metrics'],
  ])('GET %s is %i', async (path, code, text) => {
    const answer = await get(path);
    expect(answer.code).toBe(code);
    expect(answer.text).toContain(text);
  });

  it.each([
    ['POST', '/api/v1/nodes/w-1', 405],
    ['PUT', '/api/v1/nodes', 405],
    ['POST', '/api/v1/pods', 405],
    ['POST', '/version', 405],
    ['POST', '/apis/batch/v1/namespaces/default/jobs', 501],
    ['DELETE', '/apis/metrics.k8s.io/v1beta1/nodes/w-1', 405],
  ])('%s %s is %i', async (method, path, code) => {
    expect((await call(at.api, method, path, { body: {} })).code).toBe(code);
  });

  it('/readyz/etcd fails on the server whose own etcd member is unhealthy, and only there', async () => {
    at.cluster.faults.arm({ kind: 'etcd_member_unhealthy', node: 'cp-2' });
    const ask = async (node: string, path: string) => (await fetch(`${at.api.servers.get(node)}${path}`)).status;
    expect([await ask('cp-1', '/readyz/etcd'), await ask('cp-2', '/readyz/etcd')]).toEqual([200, 500]);
    const whole = await fetch(`${at.api.servers.get('cp-2')}/readyz`);
    expect(await whole.text()).toContain('[-]etcd failed: reason withheld');
  });
});

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DivisionError } from '../../src/errors.ts';
import type { JournalBody } from '../../src/model/journal.ts';
import { resources } from '../../src/resources/index.ts';
import type { Connection } from '../mcp/connected-client.ts';
import { eras } from '../mcp/connected-client.ts';
import { aFront, aPlan, type Fixture, HASH, SHORT } from '../mcp/front-fixture.ts';

const ID = `op-${SHORT}`;
const queued: JournalBody = { kind: 'queued', plan_hash: HASH, requested_by: 'operator' };

let fixture: Fixture;
let client: Connection['client'];
const open = async (change: Parameters<typeof aFront>[0] = {}) => {
  fixture = await aFront(change);
  ({ client } = await fixture.connect('modern'));
};
beforeEach(() => open());
afterEach(async () => fixture.close());

async function read(uri: string): Promise<Record<string, unknown>> {
  const { contents } = await client.readResource({ uri });
  const [content] = contents;
  expect(content).toMatchObject({ uri, mimeType: 'application/json' });
  return JSON.parse(content && 'text' in content ? String(content.text) : '') as Record<string, unknown>;
}

const numbered = (count: number) =>
  Array.from({ length: count }, (_, index) =>
    aPlan({ plan_hash: index.toString(16).padStart(16, '0').padEnd(64, '0') }),
  );

describe('resources', () => {
  it('R1, R14, R347: identity names the division, its mission and its impact, and no secret', async () => {
    const identity = await read('gm://division/identity');
    expect(identity).toMatchObject({
      division: 'containers',
      name: 'Cortex Containers',
      reports_to: 'coo',
      mission: 'Orchestrate containerized workloads on Kubernetes clusters running Talos Linux',
      business_impact: 'Critical for application deployment, scalability',
      simulated: true,
      contractors: ['talos'],
      principal: 'operator',
    });
    expect(JSON.stringify(identity)).not.toContain('secret');
  });

  it('R346: the quick reference says what the configuration holds', async () => {
    const { contractors, budget } = fixture.front.config;
    const reference = await read('gm://division/quick-reference');
    expect(reference).toEqual({
      division: 'containers',
      simulated: true,
      role: 'Containers Division General Manager',
      reports_to: 'coo',
      team: { contractors: Object.keys(contractors), total: Object.keys(contractors).length },
      budget: { daily_tokens: budget.daily_tokens },
      mission: 'Orchestrate containerized workloads on Kubernetes clusters running Talos Linux',
    });
  });

  it('state holds all operations and plans, however many', async () => {
    for (const plan of numbered(25)) {
      await fixture.front.division.savePlan(plan);
      await fixture.record(plan, queued);
    }
    const state = await read('gm://division/state');
    expect(state).toMatchObject({ division: 'containers', simulated: true });
    expect(state.operations).toHaveLength(25);
    expect(state.active_tasks).toHaveLength(25);
    expect(state.plans).toHaveLength(25);
  });

  it('cluster-status and a cluster tell health as read now', async () => {
    expect(await read('gm://division/cluster-status')).toMatchObject({
      division: 'containers',
      overall_status: 'healthy',
      clusters: [{ name: 'staging' }, { name: 'production' }],
    });
    const cluster = await read('gm://clusters/staging');
    expect(cluster).toMatchObject({ name: 'staging', status: 'healthy', simulated: true, mode: 'operate' });
    expect(cluster.node_list).toHaveLength(6);
    expect(cluster.node_list).toContainEqual(
      expect.objectContaining({ name: 'worker-1', role: 'worker', talos_version: 'v1.12.11', stage: 'running' }),
    );
  });

  it('a plan is whole, by its shown or its whole hash', async () => {
    await fixture.front.division.savePlan(aPlan());
    for (const hash of [HASH, HASH.slice(0, 16)]) {
      expect(await read(`gm://plans/${hash}`)).toMatchObject({ plan_hash: HASH, clusters: [{ nodes: [{}, {}] }] });
    }
  });

  it('an operation and its events are whole', async () => {
    await fixture.record(aPlan(), ...Array.from({ length: 30 }, () => queued));
    expect(await read(`gm://operations/${ID}`)).toMatchObject({ operation_id: ID, nodes: [{}, {}], simulated: true });
    const events = await read(`gm://operations/${ID}/events`);
    expect(events.events).toHaveLength(30);
  });

  it('are listed: the fixed ones, and the 20 newest of a family', async () => {
    for (const plan of numbered(25)) {
      await fixture.front.division.savePlan(plan);
      await fixture.record(plan, queued);
    }
    const uris = (await client.listResources()).resources.map(({ uri }) => uri);
    const countOf = (family: string) => uris.filter(uri => uri.startsWith(`gm://${family}/`)).length;
    expect([countOf('division'), countOf('operations'), countOf('plans')]).toEqual([5, 20, 20]);
    const templates = (await client.listResourceTemplates()).resourceTemplates.map(({ uriTemplate }) => uriTemplate);
    expect(templates).toEqual([
      'gm://clusters/{name}',
      'gm://capacity/{cluster}',
      'gm://capacity/{cluster}/chart',
      'gm://operations/{operation_id}',
      'gm://operations/{operation_id}/events',
      'gm://plans/{plan_hash}',
      'gm://playbooks/{name}',
      'gm://handoffs/{handoff_id}',
      'gm://knowledge/{file}',
    ]);
  });

  it('are found by completion when they are not listed', async () => {
    await fixture.front.division.savePlan(aPlan());
    await fixture.record(aPlan(), queued);
    const complete = async (uri: string, name: string, value: string) =>
      (await client.complete({ ref: { type: 'ref/resource', uri }, argument: { name, value } })).completion.values;
    expect(await complete('gm://clusters/{name}', 'name', 'st')).toEqual(['staging']);
    expect(await complete('gm://capacity/{cluster}/chart', 'cluster', 'st')).toEqual(['staging']);
    expect(await complete('gm://operations/{operation_id}', 'operation_id', 'op-')).toEqual([ID]);
    expect(await complete('gm://operations/{operation_id}/events', 'operation_id', 'x')).toEqual([]);
    expect(await complete('gm://plans/{plan_hash}', 'plan_hash', SHORT.slice(0, 2))).toEqual([HASH.slice(0, 16)]);
  });

  it.each([
    'gm://clusters/nowhere',
    'gm://operations/op-none',
    'gm://operations/op-none/events',
    'gm://plans/abc',
    'gm://x',
  ])('%s is not there: -32602', async uri => {
    await expect(client.readResource({ uri })).rejects.toMatchObject({ code: -32602 });
  });

  it.each(['gm://operations/..%2F..%2Fplans', 'gm://plans/..%2F..%2Fetc', 'gm://clusters/..%2F'])(
    '%s leads out of no folder',
    async uri => {
      await expect(client.readResource({ uri })).rejects.toMatchObject({ code: -32602 });
    },
  );

  it('list what there is when the clusters can’t be had, and start no fleet to be listed', async () => {
    await fixture.close();
    let asked = 0;
    await open({
      clusters: async () => {
        asked += 1;
        throw new DivisionError('KUBERNETES_UNAVAILABLE', 'the simulated fleet is not running', 'try again');
      },
    });
    const fixed = resources.filter(({ uri }) => !uri.includes('{')).map(({ uri }) => uri);
    const listed = (await client.listResources()).resources.map(({ uri }) => uri);
    // Playbooks and the files of the knowledge base are there without any cluster.
    expect(listed.filter(uri => !/^gm:\/\/(playbooks|knowledge)\//.test(uri))).toEqual(fixed);
    expect(asked).toBe(0);
    await expect(client.readResource({ uri: 'gm://division/cluster-status' })).rejects.toMatchObject({ code: -32603 });
  });
});

describe.each(eras)('updates of resources, %s era', era => {
  it('follow the directory: a change of an operation is told at its addresses', async () => {
    await fixture.record(aPlan(), queued);
    ({ client } = await fixture.connect(era));
    const heard = new Set<string>();
    client.setNotificationHandler('notifications/resources/updated', ({ params }) => {
      heard.add(params.uri);
    });
    await client.callTool({ name: 'cluster_health' });
    const uris = [
      `gm://operations/${ID}`,
      `gm://operations/${ID}/events`,
      'gm://division/state',
      'gm://clusters/staging',
    ];
    if (era === 'modern') await client.listen({ resourceSubscriptions: uris });
    else for (const uri of uris) await client.subscribeResource({ uri });
    await fixture.record(aPlan(), { kind: 'started' });
    // What is read live is told at most every ten seconds, and the first record may have been told just before.
    await vi.waitFor(() => expect([...heard].toSorted()).toEqual(uris.toSorted()), { timeout: 25_000 });
  });
});

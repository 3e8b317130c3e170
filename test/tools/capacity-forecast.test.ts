import { afterEach, describe, expect, it } from 'vitest';
import { DivisionError } from '../../src/errors.ts';
import type { ClusterPorts } from '../../src/ports.ts';
import { aNode, aPod } from '../decisions/facts.ts';
import { errorOf, structuredOf, textOf } from '../mcp/connected-client.ts';
import { aFront, clusterPorts, type Fixture } from '../mcp/front-fixture.ts';
import { capacityCluster, fleetFacts, layHistory } from './capacity-cluster.ts';

let fixture: Fixture;
afterEach(async () => fixture.close());

const DAYS = 60;
/** From 33 to 63 percent in sixty days, with a day's wave. */
const growing = (ago: number): number => 63 - ago / 48 + 4 * Math.sin((ago / 24) * 2 * Math.PI);

async function front(clusters: ClusterPorts[], history?: { hours: number; percent: (ago: number) => number }) {
  fixture = await aFront({ clusters: async () => clusters });
  const { divisionDirectory } = fixture.front.config;
  if (history) await layHistory(divisionDirectory, 'staging', history.hours, history.percent);
  const { client } = await fixture.connect('modern');
  return {
    client,
    ask: (given: Record<string, unknown> = {}) => client.callTool({ name: 'capacity_forecast', arguments: given }),
  };
}
type Answer = Awaited<ReturnType<Awaited<ReturnType<typeof front>>['ask']>>;

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** The only cluster of an answer. */
function clusterOf(answer: Answer): Record<string, unknown> {
  const { clusters } = structuredOf(answer);
  const [first] = Array.isArray(clusters) ? (clusters as unknown[]) : [];
  if (!isRecord(first)) throw new Error(JSON.stringify(answer));
  return first;
}

/** The first block, which is the text. */
const said = ({ content }: Answer): string => textOf({ content: content.slice(0, 1) });

function listIn(value: Record<string, unknown>, name: string): Record<string, unknown>[] {
  const list = value[name];
  return Array.isArray(list) ? (list as unknown[]).filter(isRecord) : [];
}

const whatIfIn = (answer: Answer): unknown => {
  const { scheduling } = clusterOf(answer);
  return isRecord(scheduling) ? scheduling.what_if : undefined;
};

const growingHistory = { hours: DAYS * 24, percent: growing };

describe('capacity_forecast of one cluster', () => {
  it('R156, R158: says when CPU crosses its threshold, how many nodes to order by when, and shows it', async () => {
    const { ask } = await front([capacityCluster('staging')], growingHistory);
    const answer = await ask({ cluster: 'staging' });
    const cluster = clusterOf(answer);
    const cpu = listIn(cluster, 'forecast').find(({ metric }) => metric === 'cpu_used');
    expect(cpu).toMatchObject({
      verdict: 'forecast',
      unit: 'percent_of_allocatable',
      threshold: { percent: 80 },
      crossing: { already_above: false, p10: expect.stringMatching(/^202[67]-/) },
      backtest: { origins: expect.any(Number) },
    });
    const [need] = listIn(cluster, 'nodes_to_add');
    expect(need).toMatchObject({ reason: 'threshold', metric: 'cpu_used', machine: { cpu_cores: 4, memory_gib: 8 } });
    expect(String(need?.order_by) < String(need?.by)).toBe(true);
    expect(cluster).toMatchObject({
      name: 'staging',
      simulated: true,
      nodes: { total: 6, ready: 6, schedulable: 6, by_zone: { 'zone-1': 1, none: 3 } },
      current: {
        cpu: {
          capacity_millicores: 24_000,
          allocatable_millicores: 24_000,
          requested_millicores: 3000,
          used_millicores: 9000,
          used_percent: 37.5,
        },
        memory: { used_mib: 11_444 },
        pods: { running_pods: 3 },
      },
      source: { history: 'samples' },
      scheduling: {
        headroom: [{ workload: 'ReplicaSet shop/web', pods: 9 }],
        resilience: [{ fits: true }, { fits: true }],
      },
    });
    expect(said(answer)).toMatch(
      /^\[simulated\] CPU used of staging, .*threshold 80 %: .*Add \d+ node.*Next: send_handoff/,
    );
    const [, image] = answer.content;
    expect(image).toMatchObject({ type: 'image', mimeType: 'image/svg+xml' });
    const svg = image?.type === 'image' ? Buffer.from(image.data, 'base64').toString('utf8') : '';
    expect(svg).toContain(`<desc id="d">${String(cluster.sentence)}</desc>`);
  });

  it('is bounded: 8,000 bytes and 60 words, whatever there is', async () => {
    const nodes = Array.from({ length: 60 }, (_, index) =>
      aNode(`worker-${index}`, { labels: { 'topology.kubernetes.io/zone': `zone-${index % 3}` } }),
    );
    const pods = Array.from({ length: 600 }, (_, index) =>
      aPod(`pod-${index}`, index % 10 === 0 ? undefined : `worker-${index % 60}`, {
        namespace: `a-rather-long-namespace-${index % 40}`,
        phase: index % 10 === 0 ? 'Pending' : 'Running',
        controller: { kind: 'ReplicaSet', name: `a-workload-with-a-long-name-${index % 40}`, uid: `u-${index % 40}` },
        requests: { cpuMillis: 900, memoryBytes: 1e9 },
      }),
    );
    const { ask } = await front([capacityCluster('staging', fleetFacts({ nodes, pods }))], growingHistory);
    const answer = await ask({ what_if: { lose: 'each_zone' } });
    expect(Buffer.byteLength(JSON.stringify(answer.structuredContent))).toBeLessThanOrEqual(8000);
    expect(said(answer).split(/\s+/).length).toBeLessThanOrEqual(60);
  });

  it('R158: with less than seven days says so, and names no date', async () => {
    const { ask } = await front([capacityCluster('staging')], { hours: 3 * 24, percent: growing });
    const answer = await ask();
    const cluster = clusterOf(answer);
    for (const metric of listIn(cluster, 'forecast')) {
      expect(metric).toMatchObject({ verdict: 'insufficient_history', need_days: 7 });
      expect(metric).not.toHaveProperty('crossing');
    }
    expect(cluster).toMatchObject({ nodes_to_add: [], infrastructure_requests: [] });
    expect(said(answer)).toContain('insufficient history');
    expect(said(answer)).not.toMatch(/\d{4}-\d\d-\d\d/);
  });

  it('R119: what is used is null with the reason where nothing measures it', async () => {
    const { ask } = await front([capacityCluster('staging', fleetFacts(), null)]);
    const { current } = clusterOf(await ask());
    expect(current).toMatchObject({
      cpu: { used_millicores: null, used_percent: null },
      memory: { used_mib: null },
      used_unknown: expect.stringContaining('metrics API'),
    });
  });

  it('R160: its request to Infrastructure is one that send_handoff sends as it is', async () => {
    const { ask, client } = await front([capacityCluster('staging')], growingHistory);
    const [request] = listIn(clusterOf(await ask()), 'infrastructure_requests');
    expect(request).toMatchObject({
      to: 'infrastructure',
      handoff_type: 'resource_request',
      context: {
        specifications: { cpu: 4, memory: 8, disk: 500, network: expect.any(String) },
        purpose: expect.any(String),
      },
    });
    const sent = await client.callTool({ name: 'send_handoff', arguments: request ?? {} });
    expect(structuredOf(sent)).toMatchObject({ handoff_type: 'resource_request', handoff_id: expect.any(String) });
  });

  it('draws PNG when it is asked for', async () => {
    const { ask } = await front([capacityCluster('staging')]);
    const [, image] = (await ask({ chart: 'png' })).content;
    expect(['image/png', 'image/svg+xml']).toContain(image?.type === 'image' ? image.mimeType : undefined);
  });

  it('keeps a sample of what it saw', async () => {
    const { ask } = await front([capacityCluster('staging')]);
    await ask();
    const { entries } = await fixture.front.knowledge.file('capacity-planning.json');
    expect(entries).toMatchObject([{ cluster: 'staging', used: { cpu_millis: 9000 } }]);
  });

  it('forecasts also where pods and nodes can’t be read whole, and says what is missing', async () => {
    const { ask } = await front([clusterPorts('staging', fleetFacts())], growingHistory);
    const answer = await ask();
    expect(clusterOf(answer)).toMatchObject({ scheduling: null, nodes_to_add: [] });
    expect(listIn(structuredOf(answer), 'warnings')).toContainEqual(expect.objectContaining({ code: 'scheduling' }));
    expect(errorOf(await ask({ what_if: { growth_factor: 2 } }))).toMatchObject({ code: 'KUBERNETES_UNAVAILABLE' });
  });
});

describe('what if', () => {
  it.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ['more pods that fit', { workload: 'shop/web', replicas: 9 }, { fits: true, added_pods: 9, placed_pods: 9 }],
    [
      'one more pod than fits',
      { workload: 'shop/web', replicas: 10 },
      { fits: false, unplaced_pods: 1, unplaced: [{ pods: 1, blocked_nodes: expect.anything() }] },
    ],
    ['and a node more', { workload: 'shop/web', replicas: 10, add_nodes: 1 }, { fits: true, added_pods: 10 }],
    ['a node less', { lose: 'node:worker-1' }, { fits: true, evicted_pods: 1 }],
    ['a zone less', { lose: 'zone:zone-2' }, { fits: true, evicted_pods: 1 }],
    ['any node less', { lose: 'each_node' }, { fits: true, total_cases: 6, surviving_cases: 6 }],
    ['a drain', { drain: ['worker-1', 'worker-2'] }, { fits: true, evicted_pods: 2 }],
    ['five times the pods', { growth_factor: 5 }, { fits: false, added_pods: 12, unplaced_pods: 3 }],
    ['an upgrade', { max_unavailable: 1 }, { fits: true }],
    ['a node more alone', { add_nodes: 1 }, { fits: true }],
  ])('%s', async (_what, whatIf, expected) => {
    const { ask } = await front([capacityCluster('staging')]);
    const answer = await ask({ what_if: whatIf });
    expect(whatIfIn(answer)).toMatchObject(expected);
    expect(said(answer)).toContain(expected.fits === true ? ': fits.' : 'does not fit');
  });

  it.each<[string, Record<string, unknown>, RegExp]>([
    ['an unknown workload names those there are', { workload: 'shop/nope', replicas: 1 }, /shop\/web/],
    ['replicas without a workload', { replicas: 1 }, /workload with replicas/],
    ['an unknown node names those there are', { lose: 'node:worker-9' }, /worker-1/],
    ['an unknown zone names those there are', { lose: 'zone:mars' }, /zone-1/],
    ['another loss says what can be lost', { lose: 'everything' }, /each_zone/],
    ['a drain of an unknown node', { drain: ['worker-1', 'worker-9'] }, /worker-1/],
    ['two at once', { growth_factor: 2, max_unavailable: 1 }, /one of/],
    ['nothing', {}, /one of/],
  ])('%s', async (_what, whatIf, remedy) => {
    const { ask } = await front([capacityCluster('staging')]);
    expect(errorOf(await ask({ what_if: whatIf }))).toMatchObject({
      code: 'INPUT_INVALID',
      message: expect.stringContaining('what_if'),
      remedy: expect.stringMatching(remedy),
    });
  });
});

describe('capacity_forecast of several clusters', () => {
  const production = () => capacityCluster('production');

  it('is brief, and says where the rest is', async () => {
    const { ask } = await front([capacityCluster('staging'), production()], growingHistory);
    const answer = await ask();
    expect(listIn(structuredOf(answer), 'clusters')).toMatchObject([
      {
        name: 'staging',
        forecast: [{ metric: 'cpu_used', verdict: 'forecast' }, {}, {}, {}],
        address: 'gm://capacity/staging',
      },
      { name: 'production', forecast: [{ verdict: 'insufficient_history' }, {}, {}, {}] },
    ]);
    expect(answer.content).toHaveLength(1);
    expect(said(answer)).toMatch(/staging.*production.*end your turn\.$/);
  });

  it('answers for the others when one can’t be read', async () => {
    const down = clusterPorts(
      'production',
      {},
      new DivisionError('KUBERNETES_UNAVAILABLE', 'no server answers', 'start it'),
    );
    const { ask } = await front([capacityCluster('staging'), down]);
    const answer = await ask();
    expect(structuredOf(answer)).toMatchObject({
      clusters_total: 1,
      unreadable: [{ cluster: 'production', code: 'KUBERNETES_UNAVAILABLE' }],
    });
    expect(said(answer)).toContain('Unknown: production');
    expect(errorOf(await ask({ cluster: 'production' }))).toMatchObject({ code: 'KUBERNETES_UNAVAILABLE' });
  });

  it('asks what_if of one; names the clusters where there is no such one', async () => {
    const { ask } = await front([capacityCluster('staging'), production()]);
    expect(errorOf(await ask({ what_if: { growth_factor: 2 } }))).toMatchObject({
      code: 'INPUT_INVALID',
      remedy: 'name the cluster: one of staging, production',
    });
    expect(errorOf(await ask({ cluster: 'nowhere' }))).toMatchObject({
      code: 'NOT_FOUND',
      remedy: 'the clusters are: staging, production',
    });
  });

  it('of none says so', async () => {
    const { ask } = await front([]);
    expect(structuredOf(await ask())).toMatchObject({ clusters: [] });
  });
});

describe('the resources of a forecast', () => {
  it('are the whole as JSON and the picture as SVG', async () => {
    const { client } = await front([capacityCluster('staging')], growingHistory);
    const [whole] = (await client.readResource({ uri: 'gm://capacity/staging' })).contents;
    expect(JSON.parse(whole && 'text' in whole ? whole.text : '')).toMatchObject({
      name: 'staging',
      scheduling: {
        resilience: [{ worst: expect.any(Array) }, {}],
        node_sizes: [{}, {}, {}, {}].map(() => ({ nodes: expect.any(Number), risk: expect.stringMatching(/./) })),
      },
    });
    const [chart] = (await client.readResource({ uri: 'gm://capacity/staging/chart' })).contents;
    expect(chart).toMatchObject({ mimeType: 'image/svg+xml', text: expect.stringMatching(/^<svg /) });
  });
});

import { afterEach, describe, expect, it } from 'vitest';
import { DivisionError } from '../../src/errors.ts';
import type { UsageReader } from '../../src/ports/usage.ts';
import { aNode, seedNodes } from '../decisions/facts.ts';
import { eras, errorOf, structuredOf, textOf } from '../mcp/connected-client.ts';
import { aFront, clusterPorts, type Fixture } from '../mcp/front-fixture.ts';

let fixture: Fixture;
afterEach(async () => fixture.close());

async function health(clusters: ReturnType<typeof clusterPorts>[], given: Record<string, unknown> = {}) {
  fixture = await aFront({ clusters: async () => clusters });
  const { client } = await fixture.connect('legacy');
  return client.callTool({ name: 'cluster_health', arguments: given });
}

describe('cluster_health', () => {
  it('R11: says of healthy clusters in both channels what they are, and what comes next', async () => {
    const result = await health([clusterPorts('staging'), clusterPorts('production')]);
    expect(result.structuredContent).toMatchObject({
      overall_status: 'healthy',
      status: 'healthy',
      simulated: true,
      stale: false,
      as_of: '2026-11-22T10:00:00.000Z',
      issues: [],
      issues_total: 0,
      clusters_total: 2,
      clusters: [
        {
          name: 'staging',
          environment: 'staging',
          status: 'healthy',
          nodes: { total: 6, ready: 6, not_ready: 0 },
          talos_versions: ['v1.12.11'],
          kubernetes_version: 'v1.35.4',
        },
        { name: 'production', status: 'healthy' },
      ],
    });
    expect(textOf(result)).toMatch(
      /^\[simulated\] Overall healthy .*staging: healthy, 6 of 6 nodes ready.*Next: rolling_upgrade/,
    );
  });

  it('R110: names a cluster that can’t be read as unknown with the reason, and still answers for the others', async () => {
    const problem = new DivisionError('KUBERNETES_UNAVAILABLE', 'no server of it answers', 'start it');
    const result = await health([clusterPorts('staging'), clusterPorts('production', {}, problem)]);
    expect(result.isError).not.toBe(true);
    expect(result.structuredContent).toMatchObject({
      overall_status: 'unknown',
      stale: true,
      clusters: [
        { name: 'staging', status: 'healthy', stale: false },
        { name: 'production', status: 'unknown', stale: true },
      ],
      issues: [{ cluster: 'production', severity: 'critical', rule: expect.stringContaining('R110') }],
    });
    expect(textOf(result)).toContain('no server of it answers');
    expect(textOf(result)).toMatch(
      /Next: report what could not be read and why; change nothing there; end your turn\.$/,
    );
  });

  it('lets nothing of an unexpected failure out, and takes it for unknown', async () => {
    const result = await health([clusterPorts('staging', {}, new Error('boom secret=abc'))]);
    expect(result.structuredContent).toMatchObject({ overall_status: 'unknown' });
    expect(JSON.stringify(result)).not.toContain('secret');
    expect(fixture.logged.join()).toContain('health.unexpected');
  });

  it('takes an etcd member that does not answer for a problem, never for health', async () => {
    const nodes = [...seedNodes, 'cp-9'].map(name => aNode(name));
    const result = await health([clusterPorts('staging', { nodes })]);
    expect(result.structuredContent).not.toMatchObject({ overall_status: 'healthy' });
    expect(JSON.stringify(result.structuredContent)).toContain('cp-9');
  });

  it('shows at most 20 issues, the worst first, and where the rest is', async () => {
    const nodes = Array.from({ length: 60 }, (_, index) => aNode(`worker-${index}`, { ready: false }));
    const result = await health([clusterPorts('staging', { nodes }), clusterPorts('production')], {
      cluster: 'staging',
    });
    const { issues, issues_total: total, issues_rest: rest, clusters } = structuredOf(result);
    expect(clusters).toHaveLength(1);
    expect(issues).toHaveLength(20);
    expect(total).toBeGreaterThanOrEqual(60);
    expect(rest).toBe('gm://clusters/staging');
    expect(textOf(result).split(/\s+/).length).toBeLessThanOrEqual(60);
    expect(textOf(result)).toMatch(/"playbook":"cluster_failure","clusters":\["staging"\]/);
  });

  it('refuses a cluster that is not there, naming those that are', async () => {
    const result = await health([clusterPorts('staging')], { cluster: 'nowhere' });
    expect(errorOf(result)).toMatchObject({ code: 'NOT_FOUND', remedy: 'the clusters are: staging' });
  });

  it('R292: keeps a sample of each cluster’s capacity, one an hour, with its usage; a metrics API that fails costs only that', async () => {
    const usage = (nodes: UsageReader['nodes']): UsageReader => ({
      cluster: 'staging',
      nodes,
      pods: async () => undefined,
      each: async () => undefined,
      writtenVersions: async () => [],
    });
    const measured = async () => seedNodes.map(node => ({ node, cpuMillis: 100, memoryBytes: 1e9 }));
    const failing = () => Promise.reject(new DivisionError('TIMEOUT', 'late', 'again'));
    const clusters = [
      { ...clusterPorts('staging'), usage: usage(measured) },
      { ...clusterPorts('production'), usage: usage(failing) },
    ];
    fixture = await aFront({ clusters: async () => clusters });
    const { client } = await fixture.connect('legacy');
    for (let call = 0; call < 2; call += 1) await client.callTool({ name: 'cluster_health' });
    const { entries } = await fixture.front.knowledge.file('capacity-planning.json');
    expect(entries).toHaveLength(2);
    expect(entries).toContainEqual(
      expect.objectContaining({ cluster: 'staging', used: { cpu_millis: 600, memory_bytes: 6e9 } }),
    );
    expect(entries.find(entry => JSON.stringify(entry).includes('production'))).not.toHaveProperty('used');
  });

  it('says so when no cluster is configured', async () => {
    const result = await health([]);
    expect(result.structuredContent).toMatchObject({ overall_status: 'unknown', clusters: [] });
    expect(textOf(result)).toContain('division.yaml');
  });

  it.each(eras)('is open to a viewer, %s era', async era => {
    fixture = await aFront({ principal: 'viewer' });
    const { client } = await fixture.connect(era);
    expect((await client.callTool({ name: 'cluster_health' })).isError).not.toBe(true);
  });
});

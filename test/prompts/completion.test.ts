import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DivisionError } from '../../src/errors.ts';
import { completionOf } from '../../src/prompts/task-completion.ts';
import { aPod } from '../decisions/facts.ts';
import { type Era, eras } from '../mcp/connected-client.ts';
import { aFront, clusterPorts, type Fixture } from '../mcp/front-fixture.ts';

let fixture: Fixture;
beforeEach(async () => {
  const controller = { kind: 'ReplicaSet', name: 'web-7d9f4', uid: 'rs' };
  const pods = [
    aPod('web-7d9f4-x', 'worker-1', { namespace: 'shop', controller, labels: { 'pod-template-hash': '7d9f4' } }),
    aPod('db-0', 'worker-1', { namespace: 'shop', controller: { kind: 'StatefulSet', name: 'db', uid: 'sts' } }),
    aPod('blog-0', 'worker-2', { namespace: 'blog', controller: { kind: 'StatefulSet', name: 'blog', uid: 'sts2' } }),
    aPod('kube-apiserver-cp-1', 'cp-1', {
      namespace: 'kube-system',
      controller: { kind: 'Node', name: 'cp-1', uid: 'n' },
    }),
  ];
  const unreadable = new DivisionError('KUBERNETES_UNAVAILABLE', 'nobody answers', 'wait');
  fixture = await aFront({
    clusters: async () => [clusterPorts('staging', { pods }), clusterPorts('production', {}, unreadable)],
  });
});
afterEach(async () => fixture.close());

async function complete(
  era: Era,
  prompt: string,
  argument: { name: string; value: string },
  also: Record<string, string> = {},
): Promise<string[]> {
  const { client } = await fixture.connect(era);
  const ref = { type: 'ref/prompt' as const, name: prompt };
  return (await client.complete({ ref, argument, context: { arguments: also } })).completion.values;
}

describe.each(eras)('arguments of prompts, %s era', era => {
  it('completes clusters one after the other, and one alone', async () => {
    expect(await complete(era, 'talos_upgrade', { name: 'clusters', value: '' })).toEqual(['staging', 'production']);
    const second = await complete(era, 'talos_upgrade', { name: 'clusters', value: 'staging,' });
    expect(second).toEqual(['staging,production']);
    expect(await complete(era, 'maintain_node', { name: 'cluster', value: 'st' })).toEqual(['staging']);
  });

  it('completes nodes of the cluster that was chosen', async () => {
    const node = { name: 'node', value: 'worker' };
    expect(await complete(era, 'maintain_node', node, { cluster: 'staging' })).toEqual([
      'worker-1',
      'worker-2',
      'worker-3',
    ]);
    // A cluster that can't be read offers nothing.
    expect(await complete(era, 'maintain_node', node, { cluster: 'production' })).toEqual([]);
    expect(await complete(era, 'maintain_node', node)).toHaveLength(3);
  });

  it('completes versions: of Talos for Talos, of Kubernetes for Kubernetes', async () => {
    expect(await complete(era, 'talos_upgrade', { name: 'to_version', value: 'v1.13' })).toEqual(['v1.13.9']);
    const kubernetes = await complete(era, 'kubernetes_upgrade', { name: 'to_version', value: '' });
    expect(kubernetes.slice(0, 2)).toEqual(['v1.36', 'v1.35']);
  });

  it('completes yes and no', async () => {
    expect(await complete(era, 'talos_upgrade', { name: 'canary', value: '' })).toEqual(['true', 'false']);
  });
});

describe('namespaces and workloads', () => {
  const values = (field: string, given: Record<string, string>) =>
    completionOf('workload_failure', field, { type: 'string' })?.(fixture.front, '', given, AbortSignal.timeout(5000));

  it('are those of the chosen cluster; a Deployment goes by its own name', async () => {
    expect(await values('namespace', { cluster: 'staging' })).toEqual(['blog', 'kube-system', 'shop']);
    expect(await values('workload', { cluster: 'staging', namespace: 'shop' })).toEqual(['db', 'web']);
    expect(await values('workload', { cluster: 'staging' })).toEqual(['blog', 'db', 'web']);
    expect(await values('workload', { cluster: 'production' })).toEqual([]);
  });

  it('are not offered for what nobody can know', () => {
    expect(completionOf('maintain_node', 'reason', { type: 'string' })).toBeUndefined();
    expect(completionOf('create_cluster', 'name', { type: 'string' })).toBeUndefined();
  });
});

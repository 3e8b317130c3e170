import { fc, test as law } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { clusterHealth, type HealthInput, overallStatus } from '../../src/decisions/cluster-health.ts';
import type { ClusterFacts } from '../../src/model/facts.ts';
import { aHealthInput } from './facts.ts';

describe('laws of every health', () => {
  /** Each takes something away, or makes it unknown. */
  const blur: readonly ((given: HealthInput) => HealthInput)[] = [
    given => ({ ...given, facts: undefined }),
    given => ({ ...given, machines: given.machines.slice(1) }),
    given => ({ ...given, etcd: given.etcd.slice(1) }),
    given => ({ ...given, etcd: given.etcd.map(view => ({ ...view, status: undefined })) }),
    given => ({ ...given, etcd: given.etcd.map(view => ({ ...view, alarms: undefined })) }),
    given => ({ ...given, machines: given.machines.map(machine => ({ ...machine, stage: undefined })) }),
    given => ({ ...given, machines: given.machines.map(machine => ({ ...machine, stage: 'whatever' })) }),
    given => ({ ...given, machines: given.machines.map(machine => ({ ...machine, systemUuid: undefined })) }),
    given => ({ ...given, machines: given.machines.map(machine => ({ ...machine, bootId: undefined })) }),
    given =>
      withFactsOf(given, facts => ({ nodes: facts.nodes.map(node => ({ ...node, ready: 'unknown' as const })) })),
    given =>
      withFactsOf(given, facts => ({
        servers: facts.servers.map(server => ({ ...server, etcdReady: 'unknown' as const })),
      })),
    given => withFactsOf(given, () => ({ servers: [] })),
    given => withFactsOf(given, () => ({ nodes: [] })),
  ];
  law.prop([fc.subarray([...blur.keys()], { minLength: 1 })])('R110: unknown is never healthy', steps => {
    const given = steps.reduce((current, step) => blur[step]?.(current) ?? current, aHealthInput());
    const { cluster, issues } = clusterHealth(given);
    expect(cluster.status).not.toBe('healthy');
    expect(issues.some(issue => issue.severity !== 'info')).toBe(true);
  });
});

const withFactsOf = (given: HealthInput, change: (facts: ClusterFacts) => Partial<ClusterFacts>): HealthInput =>
  given.facts ? { ...given, facts: { ...given.facts, ...change(given.facts) } } : given;

describe('overallStatus', () => {
  it.each([
    [['healthy', 'healthy'], 'healthy'],
    [['healthy', 'degraded'], 'degraded'],
    [['degraded', 'unknown'], 'unknown'],
    [['unknown', 'critical'], 'critical'],
    [[], 'unknown'],
  ] as const)('R278: %j is %s', (statuses, overall) => {
    expect(overallStatus(statuses)).toBe(overall);
  });
});

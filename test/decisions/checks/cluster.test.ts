import { describe, expect, it } from 'vitest';
import { asGate, standsAgainst, statusOf } from '../../../src/decisions/checks/check.ts';
import {
  checkClusterHealthy,
  checkControlPlane,
  checkEtcd,
  checkNodes,
  checkSmoke,
} from '../../../src/decisions/checks/cluster.ts';
import type { HealthInput } from '../../../src/decisions/cluster-health.ts';
import type { PodFacts } from '../../../src/model/facts.ts';
import { aCluster, aMachine, aNode, aPod, etcdViews } from '../facts.ts';

const names = ['cp-1', 'cp-2', 'cp-3', 'worker-1'];
const planes = names.filter(name => name.startsWith('cp'));
const components = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'];
const staticPods = (missing?: string): PodFacts[] =>
  planes
    .flatMap(plane => components.map(component => aPod(`${component}-${plane}`, plane, { namespace: 'kube-system' })))
    .filter(({ name }) => name !== missing);
const dns = aPod('coredns-1', 'worker-1', { namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } });

function health(change: Partial<HealthInput> = {}): HealthInput {
  return {
    cluster: 'production',
    simulated: true,
    facts: aCluster(
      names.map(name => aNode(name)),
      { pods: [...staticPods(), dns] },
    ),
    machines: names.map(name => aMachine(name)),
    etcd: etcdViews(planes),
    thresholds: { node_cpu_percent: 80, node_memory_percent: 85 },
    ...change,
  };
}

const unread = { facts: undefined, unreadable: 'TIMEOUT: no answer' };

describe('a cluster that is well', () => {
  it('passes every check and gate about it', () => {
    for (const check of [checkNodes, checkEtcd, checkControlPlane, checkClusterHealthy, checkSmoke]) {
      expect(check(health()).issues.filter(({ severity }) => severity !== 'info')).toEqual([]);
    }
    expect(checkNodes(health()).figures.nodes).toEqual({ total: 4, ready: 4, not_ready: 0 });
  });

  it('R110: is unknown when it can’t be read, for every check, and passes no gate', () => {
    for (const check of [checkNodes, checkEtcd, checkControlPlane, checkClusterHealthy, checkSmoke]) {
      const { issues } = check(health(unread));
      expect(statusOf(issues)).toBe('unknown');
      expect(issues.some(standsAgainst)).toBe(true);
    }
  });
});

describe('what is found', () => {
  it('R103: a node that is not Ready, and a machine that did not answer', () => {
    const facts = aCluster([...planes.map(name => aNode(name)), aNode('worker-1', { ready: false })]);
    const { issues } = checkNodes(health({ facts, machines: planes.map(name => aMachine(name)) }));
    expect(issues.map(({ subject, severity }) => [subject, severity])).toEqual([
      ['worker-1', 'warning'],
      ['worker-1', 'warning'],
    ]);
  });

  it('R104: an alarm of etcd is critical, and its size is told', () => {
    const views = etcdViews(planes).map(view => ({ ...view, alarms: [{ memberId: 'abc', alarm: 'NOSPACE' }] }));
    const { issues, figures } = checkEtcd(health({ etcd: views }));
    expect(issues[0]).toMatchObject({ severity: 'critical', message: expect.stringContaining('NOSPACE') });
    expect(figures.database_bytes).toBe(1e7);
  });

  it('R105: a scheduler that is not ready on one node degrades the control plane', () => {
    const facts = aCluster(
      names.map(name => aNode(name)),
      { pods: staticPods('kube-scheduler-cp-2') },
    );
    const { issues } = checkControlPlane(health({ facts }));
    expect(statusOf(issues)).toBe('degraded');
    expect(issues.map(({ message }) => message)).toEqual(['kube-scheduler on cp-2 is not ready']);
  });

  it('an API server that does not answer degrades the control plane and fails the smoke test', () => {
    const facts = aCluster(
      names.map(name => aNode(name)),
      { pods: [...staticPods(), dns] },
    );
    const servers = facts.servers.map((server, index) => (index === 0 ? { ...server, reachable: false } : server));
    const input = health({ facts: { ...facts, servers } });
    expect(statusOf(checkControlPlane(input).issues)).toBe('degraded');
    expect(checkSmoke(input).issues.some(standsAgainst)).toBe(true);
  });

  it('R247: no ready scheduler, or a DNS service that reaches no pod, fails the smoke test; another service does not', () => {
    const subjects = (input: HealthInput, name: string, ready: number): string[] =>
      checkSmoke(input, [{ namespace: 'kube-system', name, selects: true, ready, notReady: 1 }])
        .issues.filter(standsAgainst)
        .map(({ subject }) => subject);
    const facts = aCluster(
      names.map(name => aNode(name)),
      { pods: [...staticPods().map(pod => ({ ...pod, isReady: !pod.name.startsWith('kube-scheduler') })), dns] },
    );
    expect(subjects(health({ facts }), 'kube-dns', 1)).toEqual(['scheduler']);
    expect(subjects(health(), 'kube-dns', 0)).toEqual(['kube-dns']);
    expect(subjects(health(), 'kube-dns', 1)).toEqual([]);
    expect(subjects(health(), 'metrics', 0)).toEqual([]);
  });

  it('R336: no ready DNS pod fails the smoke test', () => {
    const facts = aCluster(
      names.map(name => aNode(name)),
      { pods: [{ ...dns, isReady: false }] },
    );
    expect(checkSmoke(health({ facts })).issues).toEqual([
      expect.objectContaining({ subject: 'dns', severity: 'critical' }),
    ]);
  });
});

describe('the gate of a healthy cluster', () => {
  it('lets nothing pass that is degraded, and nothing that was not looked at in full', () => {
    const away = aCluster([...planes.map(name => aNode(name)), aNode('worker-1', { ready: false })]);
    expect(checkClusterHealthy(health({ facts: away })).issues.some(standsAgainst)).toBe(true);
    const unasked = health({ machines: planes.map(name => aMachine(name)), notAsked: new Set(['worker-1']) });
    expect(checkClusterHealthy(unasked).issues).toEqual([expect.objectContaining({ severity: 'unknown' })]);
  });

  it('does not ask how full the cluster is', () => {
    const facts = aCluster(
      names.map(name => aNode(name)),
      { pods: [...staticPods(), dns, aPod('big', 'worker-1', { requests: { cpuMillis: 15_000, memoryBytes: 0 } })] },
    );
    expect(checkClusterHealthy(health({ facts })).issues.filter(standsAgainst)).toEqual([]);
  });

  it('takes a warning for a reason against', () => {
    const warning = { severity: 'warning', rule: 'r', subject: 's', message: 'm' } as const;
    expect(asGate([warning]).every(standsAgainst)).toBe(true);
  });
});

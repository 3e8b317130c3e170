import type { ClusterFacts, NodeFacts } from '../model/facts.ts';
import type { ClusterTargets } from './node-target.ts';
import type { ClusterReading, UpgradeInput } from './upgrade-input.ts';
import { type Judgement, type LocalFinding, nameSome, sortedBy } from './verdict.ts';

/** Nodes, API servers, rights, the lease, other people's cordons. */
export function judgeKubernetes(
  reading: ClusterReading,
  facts: ClusterFacts,
  targets: ClusterTargets,
  input: UpgradeInput,
): Judgement {
  const nodes = sortedBy(facts.nodes, node => node.name);
  const planes = nodes.filter(node => node.role === 'control-plane');
  const cordons = nodes.flatMap(node => judgeCordon(node, input.holder));
  return {
    blocked: [
      ...nodes.filter(node => node.ready !== true).map(notReady),
      ...(nodes.length === 0 ? [noNodes(facts.cluster)] : []),
      ...judgeServers(facts),
      ...judgePermissions(reading.missingPermissions),
      ...judgeSelection(targets, nodes.length, input.requested.node_selector),
    ],
    // Not in the way of a start: the operation then stops at its gate, where a person can resolve a holder that is gone (SAFETY 6).
    warnings: [
      ...judgeLease(facts, input.holder),
      ...cordons,
      ...tooFewServers(facts, planes.length),
      ...nothingToDo(targets, nodes.length),
    ],
  };
}

const notReady = (node: NodeFacts): LocalFinding => ({
  code: 'NODE_NOT_READY',
  subject: node.name,
  message: `${node.name} is ${node.ready === false ? 'not Ready' : 'of unknown readiness'}`,
  remedy: 'repair the node first, or take it out of the cluster',
  rule: 'SAFETY 10: full health before each node',
});

const noNodes = (cluster: string): LocalFinding => ({
  code: 'NODE_NOT_READY',
  subject: cluster,
  message: 'the cluster shows no node',
  remedy: 'check the kubeconfig context and its rights to list nodes',
  rule: 'unknown is never healthy',
});

function judgeServers(facts: ClusterFacts): LocalFinding[] {
  const rule = 'SAFETY 4, 5: each API server answers by itself, with etcd behind it';
  if (facts.servers.length === 0) {
    const message = 'no API server was asked by itself';
    return [{ code: 'KUBERNETES_UNAVAILABLE', subject: 'servers', message, remedy: 'list kubernetes.servers', rule }];
  }
  return sortedBy(facts.servers, server => server.url).flatMap(server => {
    const problems = [
      ...(server.reachable ? [] : [`does not answer (${server.error ?? 'no reason given'})`]),
      ...(server.reachable && server.version === undefined ? ['does not say its version'] : []),
    ];
    return problems.map(problem => ({
      code: 'KUBERNETES_UNAVAILABLE',
      subject: server.url,
      message: `API server ${server.url} ${problem}`,
      remedy: 'repair this API server first: the upgrade takes another one down',
      rule,
    }));
  });
}

/** What the API servers see of the etcd behind them: a symptom, told after what etcd's members say themselves. */
export function judgeStorage(facts: ClusterFacts): LocalFinding[] {
  const failing = facts.servers.filter(server => server.reachable && server.etcdReady !== true);
  return sortedBy(failing, server => server.url).map(server => ({
    code: 'QUORUM_AT_RISK',
    subject: server.url,
    message: `API server ${server.url} /readyz/etcd is ${server.etcdReady || 'failing'}`,
    remedy: 'repair the etcd member beside this API server first: the upgrade takes another one down',
    rule: 'SAFETY 4, 5: each API server answers by itself, with etcd behind it',
  }));
}

function tooFewServers(facts: ClusterFacts, planes: number): LocalFinding[] {
  const known = facts.servers.length;
  if (known === 0 || known >= planes) return [];
  return [
    {
      code: 'KUBERNETES_UNAVAILABLE',
      subject: 'servers',
      message: `${known} of ${planes} control plane servers are configured: the others can't be checked, nor stand in`,
      remedy: 'list the address of every control plane node under kubernetes.servers',
      rule: 'SAFETY 5: each control plane server is known',
    },
  ];
}

function judgePermissions(missing: readonly string[] | undefined): LocalFinding[] {
  const rule = 'SAFETY 2: the mode and the right are checked before the first effect';
  const remedy = 'give this credential the rights in docs/security.md';
  if (missing === undefined) {
    const message = 'what this credential may do could not be asked';
    return [{ code: 'KUBERNETES_DENIED', subject: 'permissions', message, remedy, rule }];
  }
  if (missing.length === 0) return [];
  const message = `the Kubernetes credential may not: ${[...missing].sort().join(', ')}`;
  return [{ code: 'KUBERNETES_DENIED', subject: 'permissions', message, remedy, rule }];
}

function judgeLease(facts: ClusterFacts, holder: string | undefined): LocalFinding[] {
  const holds = facts.lease?.holder;
  if (!holds || holds === holder) return [];
  return [
    {
      code: 'OPERATION_CONFLICT',
      subject: 'kube-system/containers-gm',
      message: `${/^[\w.:/-]{1,128}$/.test(holds) ? holds : 'another'} holds this cluster`,
      remedy:
        'let it end; started meanwhile, this halts at once and says how to resolve a holder that is gone for good',
      rule: 'SAFETY 6: one general manager a cluster',
    },
  ];
}

function judgeCordon(node: NodeFacts, holder: string | undefined): LocalFinding[] {
  if (!node.unschedulable || (node.cordonOwner !== undefined && node.cordonOwner === holder)) return [];
  const owner = node.cordonOwner === undefined ? 'somebody else' : `operation ${node.cordonOwner}`;
  return [
    {
      code: 'DISRUPTION_BLOCKED',
      subject: node.name,
      message: `${node.name} is cordoned by ${owner}: it stays cordoned, before, during and after`,
      remedy: 'uncordon it yourself if it should take pods',
      rule: "SAFETY 8: nobody else's cordon is lifted",
    },
  ];
}

function judgeSelection(targets: ClusterTargets, nodes: number, selector: string | undefined): LocalFinding[] {
  const unselected = targets.skipped.filter(node => node.reason.startsWith('not selected')).length;
  if (selector === undefined || nodes === 0 || unselected < nodes) return [];
  return [
    {
      code: 'NOT_FOUND',
      subject: 'node_selector',
      message: `${selector} selects no node`,
      remedy: 'check the labels of the nodes',
      rule: 'CONTRACT: rolling_upgrade',
    },
  ];
}

function nothingToDo(targets: ClusterTargets, nodes: number): LocalFinding[] {
  if (targets.nodes.length > 0 || nodes === 0 || targets.findings.length > 0) return [];
  const names = nameSome(targets.skipped.map(node => node.name));
  return [
    {
      code: 'NOT_FOUND',
      subject: 'nodes',
      message: `no node is left to upgrade (${names})`,
      remedy: 'nothing to do',
      rule: 'nodes at the target are skipped',
    },
  ];
}

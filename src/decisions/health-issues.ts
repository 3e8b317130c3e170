import type { ClusterFacts, MachineFacts, NodeFacts } from '../model/facts.ts';
import { budgetName, neverAllows, podName } from './budgets.ts';
import { compareIdentity } from './identity.ts';
import { type EtcdHealth, quorumOf } from './quorum.ts';
import { nameSome } from './verdict.ts';

export interface HealthIssue {
  severity: 'critical' | 'warning' | 'info';
  rule: string;
  cluster: string;
  subject: string;
  message: string;
}

export interface HealthThresholds {
  node_cpu_percent: number;
  node_memory_percent: number;
}

type Issue = Omit<HealthIssue, 'cluster'>;

export interface IssueInput {
  facts: ClusterFacts;
  machines: readonly MachineFacts[];
  notAsked?: ReadonlySet<string> | undefined;
  etcd: EtcdHealth;
  /** Percent of allocatable, by requests. */
  usage: { cpu: number | undefined; memory: number | undefined };
  thresholds: HealthThresholds;
}

/** Everything worth saying about a cluster that could be read. `info` never changes its status. */
export function healthIssues(input: IssueInput): Issue[] {
  return [
    ...nodeIssues(input.facts),
    ...serverIssues(input.facts),
    ...etcdIssues(input),
    ...machineIssues(input),
    ...usageIssues(input),
    ...podIssues(input.facts),
  ];
}

const issue = (severity: Issue['severity'], rule: string, subject: string, message: string): Issue => ({
  severity,
  rule,
  subject,
  message,
});

function nodeIssues(facts: ClusterFacts): Issue[] {
  const away = facts.nodes.filter(node => node.ready !== true);
  const isMost = away.length * 2 > facts.nodes.length;
  return [
    ...(facts.nodes.length === 0
      ? [issue('critical', 'R110: unknown is not healthy', 'nodes', 'the cluster shows no node')]
      : []),
    ...away.map(node =>
      issue(
        isMost ? 'critical' : 'warning',
        'R103: node status',
        node.name,
        `${node.name} is ${node.ready === false ? 'not Ready' : 'of unknown readiness'}`,
      ),
    ),
    ...facts.nodes
      .filter(node => node.unschedulable)
      .map(node => {
        const owner = node.cordonOwner === undefined ? 'not by us' : `by operation ${node.cordonOwner}`;
        return issue('info', 'R113: cordoned nodes are named', node.name, `${node.name} is cordoned, ${owner}`);
      }),
  ];
}

function serverIssues(facts: ClusterFacts): Issue[] {
  const failing = facts.servers.filter(server => !server.reachable || server.etcdReady !== true);
  if (facts.servers.length === 0) {
    return [issue('warning', 'R105: control plane health', 'servers', 'no API server was asked by itself')];
  }
  const severity = failing.length === facts.servers.length ? 'critical' : 'warning';
  return failing.map(server => {
    const problem = server.reachable
      ? `has etcd ${server.etcdReady || 'failing'}`
      : `does not answer (${server.error ?? 'no reason given'})`;
    return issue(severity, 'R105: control plane health', server.url, `API server ${server.url} ${problem}`);
  });
}

/** Silent members are critical when too many are and no API server says that etcd works behind it. */
function etcdIssues({ etcd, facts }: IssueInput): Issue[] {
  const planes = facts.nodes.filter(node => node.role === 'control-plane').length;
  const ailing = new Set(etcd.findings.map(finding => finding.subject).filter(subject => subject !== 'etcd')).size;
  const isServed = facts.servers.some(server => server.reachable && server.etcdReady === true);
  const isQuorumLost = planes > 0 && planes - ailing < quorumOf(planes) && !isServed;
  return [
    ...etcd.findings.map(finding =>
      issue(
        isQuorumLost || etcd.alarms.length > 0 ? 'critical' : 'warning',
        'R104: etcd members, leader, alarms',
        finding.subject,
        finding.message,
      ),
    ),
    ...etcd.warnings.map(finding => issue('info', finding.rule, finding.subject, finding.message)),
  ];
}

function machineIssues({ facts, machines, notAsked }: IssueInput): Issue[] {
  return facts.nodes.flatMap(node => {
    const machine = machines.find(candidate => candidate.address === node.internalIp);
    if (!machine && notAsked?.has(node.name)) return [];
    if (!machine) return [issue('warning', 'R103: node status', node.name, `Talos did not answer for ${node.name}`)];
    const { system_uuid, nodename, boot_id } = compareIdentity(node, machine);
    if (system_uuid === 'differs' || nodename === 'differs') {
      const text = `the machine at ${machine.address} is not ${node.name}: it says ${machine.nodename ?? 'no name'}, ${machine.systemUuid ?? 'no system UUID'}`;
      return [issue('critical', 'SAFETY 1: one node, one identity', node.name, text)];
    }
    const isSure = system_uuid === 'agrees' && nodename === 'agrees' && boot_id === 'agrees';
    return [...stateIssues(node, machine), ...(isSure ? [] : [unsure(node, system_uuid, boot_id)])];
  });
}

const unsure = (node: NodeFacts, uuid: string, boot: string): Issue =>
  issue(
    'warning',
    'SAFETY 1: one node, one identity',
    node.name,
    `${node.name} is not surely its machine: system UUID ${uuid}, boot id ${boot}`,
  );

function stateIssues(node: NodeFacts, machine: MachineFacts): Issue[] {
  const unknown = machine.error === undefined ? '' : ` (${machine.error})`;
  const problems = [
    ...(machine.version === undefined ? [`says no version${unknown}`] : []),
    ...(machine.stage === 'running' ? [] : [`is in stage ${machine.stage ?? `unknown${unknown}`}`]),
    ...(machine.stage === 'running' && machine.ready !== true ? ['runs but is not ready'] : []),
  ];
  return problems.map(problem => issue('warning', 'R103: node status', node.name, `Talos on ${node.name} ${problem}`));
}

function usageIssues({ usage, thresholds }: IssueInput): Issue[] {
  const over = (name: string, percent: number | undefined, limit: number, rule: string): Issue[] =>
    percent === undefined || percent <= limit
      ? []
      : [issue('warning', rule, name, `${name} requests are ${percent.toFixed(1)}% of allocatable, over ${limit}%`)];
  return [
    ...over('CPU', usage.cpu, thresholds.node_cpu_percent, 'R123: CPU over its threshold'),
    ...over('memory', usage.memory, thresholds.node_memory_percent, 'R124: memory over its threshold'),
  ];
}

function podIssues(facts: ClusterFacts): Issue[] {
  const named = (phase: string): string[] =>
    facts.pods
      .filter(pod => pod.phase === phase)
      .map(podName)
      .sort();
  const count = (severity: Issue['severity'], phase: string, names: readonly string[]): Issue[] =>
    names.length === 0
      ? []
      : [issue(severity, 'R106: pods', 'pods', `${names.length} pods are ${phase}: ${nameSome(names)}`)];
  return [
    ...count('info', 'Pending', named('Pending')),
    ...count('info', 'Failed', named('Failed')),
    ...count('warning', 'of unknown phase', named('Unknown')),
    ...facts.budgets
      .filter(budget => budget.expectedPods > 0 && neverAllows(budget))
      .map(budget =>
        issue('info', 'R306: budgets', budgetName(budget), `budget ${budgetName(budget)} never allows a disruption`),
      ),
  ];
}

import { type ClusterHealth, clusterHealth, type HealthInput } from '../cluster-health.ts';
import { asGate, type Check, type CheckIssue, headlineOf, issueOf, unreadable } from './check.ts';
import type { ServiceState } from './services.ts';

/** Unreadable is unknown here, whatever severity the division's health gives it. */
function issuesOf({ issues }: ClusterHealth, rules: readonly string[]): CheckIssue[] {
  return issues
    .filter(({ rule }) => rules.some(start => rule.startsWith(start)))
    .map(({ severity, rule, subject, message }) => issueOf(severity, rule, subject, message));
}

/** Node status from Kubernetes and from each machine (ledger R103; SAFETY 1). */
export function checkNodes(input: HealthInput): Check {
  if (!input.facts) return unreadable(input.cluster, `Kubernetes could not be read: ${input.unreadable ?? ''}`);
  const health = clusterHealth(input);
  const issues = issuesOf(health, ['R103', 'R110', 'R113', 'SAFETY 1']);
  const { nodes, talos_versions } = health.cluster;
  return {
    issues,
    headline: headlineOf(`${nodes.ready} of ${nodes.total} nodes ready`, issues),
    figures: { nodes, talos_versions },
  };
}

/** etcd's members, leader, alarms and size, each member through its own node (ledger R104; SAFETY 4). */
export function checkEtcd(input: HealthInput): Check {
  if (!input.facts) return unreadable(input.cluster, `Kubernetes could not be read: ${input.unreadable ?? ''}`);
  const health = clusterHealth(input);
  const issues = issuesOf(health, ['R104', 'SAFETY 10']);
  const sizes = input.etcd.flatMap(({ status }) => status?.dbSizeBytes ?? []);
  const { etcd } = health.cluster;
  return {
    issues,
    headline: headlineOf(`etcd ${etcd.healthy ? 'whole' : 'not whole'}, ${etcd.members ?? 'unknown'} members`, issues),
    figures: { ...etcd, database_bytes: sizes.length > 0 ? Math.max(...sizes) : null },
  };
}

const COMPONENTS = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'];

/** Each API server by itself, and each control plane node's static pods (ledger R105). */
export function checkControlPlane(input: HealthInput): Check {
  const { facts } = input;
  if (!facts) return unreadable(input.cluster, `Kubernetes could not be read: ${input.unreadable ?? ''}`);
  const health = clusterHealth(input);
  const planes = facts.nodes.filter(({ role }) => role === 'control-plane');
  const missing = planes.flatMap(({ name }) =>
    COMPONENTS.filter(
      component =>
        !facts.pods.some(pod => pod.namespace === 'kube-system' && pod.name === `${component}-${name}` && pod.isReady),
    ).map(component => issueOf('warning', 'R105: control plane health', name, `${component} on ${name} is not ready`)),
  );
  const issues = [...issuesOf(health, ['R105']), ...missing];
  const answering = facts.servers.filter(({ reachable, etcdReady }) => reachable && etcdReady === true).length;
  return {
    issues,
    headline: headlineOf(`${answering} of ${facts.servers.length} API servers serve`, issues),
    figures: {
      api_servers: { total: facts.servers.length, serving: answering },
      kubernetes_version: health.cluster.kubernetes_version,
      control_plane_nodes: planes.length,
    },
  };
}

/** Gate: the whole cluster is healthy. How full it is is another gate's question (SAFETY 10; ledger R305). */
export function checkClusterHealthy(input: HealthInput): Check {
  if (!input.facts) return unreadable(input.cluster, `Kubernetes could not be read: ${input.unreadable ?? ''}`);
  const { cluster, issues: found } = clusterHealth(input);
  const issues = asGate(
    found
      .filter(({ rule }) => !rule.startsWith('R123') && !rule.startsWith('R124'))
      .map(({ severity, rule, subject, message }) => issueOf(severity, rule, subject, message)),
  );
  const isUnsure = cluster.status === 'unknown' && !issues.some(({ severity }) => severity === 'critical');
  return {
    issues: isUnsure
      ? [...issues, ...unreadable(input.cluster, 'not all of the cluster could be looked at').issues]
      : issues,
    headline: headlineOf(`${input.cluster} ${cluster.status}`, issues),
    figures: { status: cluster.status, nodes: cluster.nodes },
  };
}

const DNS = { key: 'k8s-app', value: 'kube-dns' };
/** What names resolve by is reachable only through its Service. */
const isSilentDns = ({ namespace, name, selects, ready }: ServiceState): boolean =>
  namespace === 'kube-system' && ['kube-dns', 'coredns'].includes(name) && selects && ready === 0;

/** Gate: what a cluster is for works — every server answers, nodes take pods, names resolve, nothing is left without a place. */
export function checkSmoke(input: HealthInput, services: readonly ServiceState[] = []): Check {
  const { facts } = input;
  if (!facts) return unreadable(input.cluster, `Kubernetes could not be read: ${input.unreadable ?? ''}`);
  const rule = 'seed 454, 537: validate before going on';
  const silent = facts.servers.filter(({ reachable, etcdReady }) => !reachable || etcdReady !== true);
  const open = facts.nodes.filter(({ ready, unschedulable }) => ready === true && !unschedulable);
  const dns = facts.pods.filter(({ labels }) => labels[DNS.key] === DNS.value);
  const schedulers = facts.pods.filter(
    ({ namespace, name }) => namespace === 'kube-system' && name.startsWith('kube-scheduler-'),
  );
  const unplaced = facts.pods.filter(({ phase, nodeName }) => phase === 'Pending' && nodeName === undefined);
  const issues = [
    ...silent.map(({ url }) => issueOf('critical', rule, url, `API server ${url} does not serve`)),
    ...(facts.servers.length === 0 ? unreadable('servers', 'no API server was asked').issues : []),
    ...(open.length === 0 ? [issueOf('critical', rule, 'nodes', 'no node takes pods')] : []),
    ...(dns.some(({ isReady }) => isReady) ? [] : [issueOf('critical', rule, 'dns', 'no DNS pod is ready')]),
    ...(schedulers.length > 0 && !schedulers.some(({ isReady }) => isReady)
      ? [issueOf('critical', rule, 'scheduler', 'no scheduler is ready: no pod gets a node')]
      : []),
    ...services
      .filter(isSilentDns)
      .map(({ name }) => issueOf('critical', rule, name, `service kube-system/${name} reaches no pod`)),
    ...(unplaced.length > 0 ? [issueOf('warning', rule, 'pods', `${unplaced.length} pods have no node`)] : []),
  ];
  return {
    issues,
    headline: headlineOf(`${input.cluster} serves`, issues),
    figures: {
      servers: facts.servers.length,
      schedulable_nodes: open.length,
      dns_pods: dns.length,
      unplaced: unplaced.length,
    },
  };
}

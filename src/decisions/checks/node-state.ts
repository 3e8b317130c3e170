import type { EtcdViewFacts, MachineFacts, NodeFacts, ServerFacts } from '../../model/facts.ts';
import { quorumOf } from '../quorum.ts';
import { normalVersion, talosVersionOfImage } from '../versions.ts';
import { type Check, type CheckIssue, headlineOf, issueOf, unknownIssue } from './check.ts';

/** A node forgotten in maintenance is told of after so long (ledger R113). */
const CORDON_REMINDER_MS = 24 * 3_600_000;
/** A kubelet renews its Lease every 10 s and is given up after 40 s (node-lease). */
const LEASE_FRESH_MS = 40_000;

/** Who keeps nodes aside, since when: a cordon of ours is known from our records, another's only by its being there (ledger R113). */
export function checkMaintenance(input: {
  nodes: readonly NodeFacts[];
  /** Node → when we cordoned it, epoch milliseconds. */
  since: ReadonlyMap<string, number>;
  now: number;
}): Check {
  const rule = 'R113: a cordoned node is remembered';
  const cordoned = input.nodes.filter(({ unschedulable }) => unschedulable);
  const issues = cordoned.map(({ name, cordonOwner }) => {
    const at = input.since.get(name);
    const hours = at === undefined ? undefined : Math.floor((input.now - at) / 3_600_000);
    const by = cordonOwner === undefined ? 'somebody else' : `operation ${cordonOwner}`;
    const isLong = at !== undefined && input.now - at > CORDON_REMINDER_MS;
    const since = hours === undefined ? 'since when is not known' : `for ${hours} h`;
    return issueOf(
      isLong ? 'warning' : 'info',
      rule,
      name,
      `${name} is cordoned by ${by}, ${since}${isLong ? ': uncordon it when its maintenance is over' : ''}`,
    );
  });
  return {
    issues,
    headline: headlineOf(`${cordoned.length} nodes cordoned`, issues),
    figures: { cordoned: cordoned.map(({ name }) => name) },
  };
}

const isAway = ({ ready, leaseRenewedAt }: NodeFacts, now: number): boolean =>
  ready !== true || leaseRenewedAt === undefined || now - leaseRenewedAt > LEASE_FRESH_MS;

/** Nodes that do not serve, and whether each may be removed without breaking etcd's quorum (ledger R115). */
export function checkUnhealthyNodes(input: { nodes: readonly NodeFacts[]; now: number }): Check {
  const rule = 'R115: unhealthy nodes are removed, never at the price of quorum';
  const away = input.nodes.filter(node => isAway(node, input.now));
  const planes = input.nodes.filter(({ role }) => role === 'control-plane');
  const left = planes.filter(node => !away.includes(node)).length;
  const issues = away.map(node => {
    const what = `${node.name} does not serve: ${node.ready === true ? 'its Lease is not renewed' : `Ready is ${String(node.ready)}`}`;
    if (node.role === 'worker') return issueOf('warning', rule, node.name, `${what}; plan node_failure for it`);
    const isSafe = left >= quorumOf(planes.length);
    return issueOf(
      isSafe ? 'warning' : 'critical',
      rule,
      node.name,
      `${what}; ${isSafe ? 'plan node_failure for it' : `${left} of ${planes.length} control plane nodes serve, below quorum: nothing is removed, see cluster_failure`}`,
    );
  });
  return {
    issues,
    headline: headlineOf(`${input.nodes.length - away.length} of ${input.nodes.length} nodes serve`, issues),
    figures: { unhealthy: away.map(({ name }) => name), control_plane_nodes_serving: left },
  };
}

const KUBELET = /^v?(\d+)\.(\d+)\./;
const minorOf = (version: string): number | undefined => {
  const minor = KUBELET.exec(version)?.[2];
  return minor === undefined ? undefined : Number(minor);
};

/** Versions of each node: mixed ones are an upgrade that was not finished; kubelets stay within the skew policy (ledger R116). */
export function checkNodeVersions(input: {
  nodes: readonly NodeFacts[];
  machines: readonly MachineFacts[];
  servers: readonly ServerFacts[];
}): Check {
  const rule = 'R116: node versions';
  const versions = input.nodes.map(node => {
    const machine = input.machines.find(({ address }) => address === node.internalIp);
    const told = machine?.version === undefined ? undefined : normalVersion(machine.version);
    return { node: node.name, talos: told ?? talosVersionOfImage(node.osImage), kubelet: node.kubeletVersion };
  });
  const issues: CheckIssue[] = versions
    .filter(({ talos }) => talos === undefined)
    .map(({ node }) => unknownIssue(node, `the Talos version of ${node} is not known`));
  const talos = [...new Set(versions.flatMap(version => version.talos ?? []))].sort();
  if (talos.length > 1) issues.push(issueOf('warning', rule, 'talos', `nodes run Talos ${talos.join(' and ')}`));
  const servers = input.servers.flatMap(({ version }) => (version === undefined ? [] : (minorOf(version) ?? [])));
  const [oldest, newest] = [Math.min(...servers), Math.max(...servers)];
  for (const { node, kubelet } of servers.length > 0 ? versions : []) {
    const minor = minorOf(kubelet);
    if (minor === undefined) issues.push(unknownIssue(node, `the kubelet version of ${node} is not known`));
    else if (minor > oldest || newest - minor > 3) {
      const text = `the kubelet of ${node} is ${kubelet}, the API servers are 1.${oldest}${newest === oldest ? '' : ` to 1.${newest}`}`;
      issues.push(issueOf('critical', 'Kubernetes version skew policy', node, text));
    }
  }
  if (servers.length === 0) issues.push(unknownIssue('servers', 'no API server told its version'));
  return { issues, headline: headlineOf(`Talos ${talos.join(' and ') || 'unknown'}`, issues), figures: { versions } };
}

/** Gate: the node that is to be given up really does not serve, by Kubernetes or by its machine (seed 520). */
export function checkNodeUnhealthy(input: {
  node: NodeFacts | undefined;
  name: string;
  machine: MachineFacts | undefined;
  now: number;
}): Check {
  const { node, machine, name } = input;
  const evidence = [
    ...(node === undefined ? ['Kubernetes knows it no more'] : []),
    ...(node !== undefined && isAway(node, input.now)
      ? [node.ready === true ? 'its Lease is not renewed' : `Ready is ${String(node.ready)}`]
      : []),
    ...(machine?.stage !== undefined && machine.stage !== 'running' ? [`its machine is ${machine.stage}`] : []),
    ...(machine?.ready === false ? ['its machine runs and is not ready'] : []),
  ];
  const issues =
    evidence.length > 0
      ? []
      : [
          machine?.stage === undefined
            ? unknownIssue(name, `${name} is Ready and its machine did not answer: which is right is not known`)
            : issueOf('critical', 'seed 520: detect first', name, `${name} serves: Kubernetes and Talos both say so`),
        ];
  return { issues, headline: `${name}: ${evidence[0] ?? 'serves'}`, figures: { node: name, evidence } };
}

/** Gate: nobody else is away while this node goes (SAFETY: never two at once). */
export function checkNoOtherNodeDown(input: { nodes: readonly NodeFacts[]; node: string | undefined }): Check {
  const rule = 'ARCHITECTURE: never two control plane nodes at once; seed 457';
  const others = input.nodes.filter(({ name, ready }) => name !== input.node && ready !== true);
  const issues = others.map(({ name, ready }) =>
    ready === 'unknown'
      ? unknownIssue(name, `${name} is of unknown readiness`)
      : issueOf('critical', rule, name, `${name} is not Ready`),
  );
  if (input.nodes.length === 0) issues.push(unknownIssue('nodes', 'the cluster shows no node'));
  return {
    issues,
    headline: headlineOf(`${input.nodes.length - others.length} nodes ready`, issues),
    figures: { not_ready: others.map(({ name }) => name) },
  };
}

/**
 * Gate: etcd has lost its quorum, proved: no API server has a working etcd, no member sees a leader, and at least one control plane
 * machine answers while its etcd does not serve. Silence alone proves nothing (SAFETY; issue: only after quorum is proved lost).
 */
export function checkQuorumLost(input: {
  members: number;
  views: readonly EtcdViewFacts[];
  machines: readonly MachineFacts[];
  servers: readonly ServerFacts[];
}): Check {
  const rule = 'seed 503, SAFETY: etcd is restored only when its quorum is proved lost';
  const serving = input.servers.filter(({ etcdReady }) => etcdReady === true);
  const led = input.views.filter(({ status }) => status?.leaderId !== undefined);
  const leaderless = input.views.filter(({ address, status }) => {
    const machine = input.machines.find(candidate => candidate.address === address);
    return status ? status.leaderId === undefined : machine?.stage !== undefined || machine?.version !== undefined;
  });
  const evidence = leaderless.map(({ address, status }) =>
    status ? `${address} sees no leader` : `the machine at ${address} answers, its etcd does not`,
  );
  const issues: CheckIssue[] = [
    ...serving.map(({ url }) => issueOf('critical', rule, url, `etcd works behind ${url}: its quorum stands`)),
    ...led.map(({ address }) => issueOf('critical', rule, address, `the member at ${address} has a leader`)),
  ];
  if (issues.length === 0 && evidence.length === 0) {
    issues.push(unknownIssue('etcd', 'no control plane machine answers: that quorum is lost is not proved'));
  }
  return {
    issues,
    headline: issues.length === 0 ? 'etcd has lost its quorum' : 'etcd is not proved to have lost its quorum',
    figures: { members: input.members, quorum: quorumOf(input.members), evidence },
  };
}

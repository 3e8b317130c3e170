import type { EtcdViewFacts, MachineFacts, NodeFacts, ServerFacts } from '../../model/facts.ts';
import type { Cause } from '../causes.ts';
import { nameSome } from '../verdict.ts';

export interface ClusterLook {
  cluster: string;
  /** Control plane machines, as their Talos API tells of them. */
  machines: readonly MachineFacts[];
  etcd: readonly EtcdViewFacts[];
  servers: readonly ServerFacts[];
  /** Undefined: Kubernetes can't be asked. */
  nodes: readonly NodeFacts[] | undefined;
}

const RULE = 'seed line 500, R241: network, hardware or configuration, with its evidence';
const EVIDENCE_MAX = 6;

type Found = Omit<Cause, 'rule' | 'subject'>;

/** A machine of which nothing was read does not answer. */
const isSilent = ({ version, stage, bootId, systemUuid }: MachineFacts): boolean =>
  version === undefined && stage === undefined && bootId === undefined && systemUuid === undefined;

/**
 * Where the cause of a cluster's failure lies, likeliest first (ledger R241). All machines silent at once is the way to them; one silent
 * beside others that answer is the machine itself; a machine that answers while its etcd does not is what runs on it.
 */
export function triage({ cluster, machines, etcd, servers, nodes }: ClusterLook): Cause[] {
  const silent = machines.filter(isSilent);
  const answering = machines.filter(machine => !isSilent(machine));
  const ailing = etcd.filter(
    view => answering.some(({ address }) => address === view.address) && view.status?.leaderId === undefined,
  );
  const down = servers.filter(({ etcdReady }) => etcdReady !== true);
  const lost = nodes?.filter(({ ready }) => ready !== true) ?? [];
  const evidence = [
    `${answering.length} of ${machines.length} control plane machines answer`,
    `${servers.length - down.length} of ${servers.length} API servers serve`,
  ];
  const found: Found[] = [];
  if (silent.length > 0 && answering.length === 0) {
    found.push({
      cause: 'control_plane_unreachable',
      area: 'network',
      certainty: 'likely',
      message: `no control plane machine of ${cluster} answers: the way to them, or all of them, is gone`,
      evidence,
      remedy: 'ask the Infrastructure division whether the machines run and can be reached',
    });
  }
  if (silent.length > 0 && answering.length > 0) {
    const names = nameSome(
      silent.map(({ address }) => address),
      5,
    );
    found.push({
      cause: 'machine_unreachable',
      area: 'hardware',
      certainty: 'likely',
      message: `${names} of ${cluster} do not answer while other machines do`,
      evidence: [...evidence, ...silent.map(({ address }) => `${address} does not answer`)],
      remedy: 'ask the Infrastructure division to look at these machines',
    });
  }
  if (ailing.length > 0) {
    const places = ailing.map(({ address, status }) =>
      status ? `${address}: its member has no leader` : `${address}: its member does not answer`,
    );
    found.push({
      cause: 'etcd_down',
      area: 'config',
      certainty: silent.length === 0 ? 'likely' : 'possible',
      message: `etcd of ${cluster} does not work on machines that run`,
      evidence: [...evidence, ...places],
      remedy: 'investigate etcd’s log on these machines; a lost quorum is restored by recover_etcd',
    });
  }
  if (lost.length > 0 && found.length === 0) {
    found.push({
      cause: 'nodes_not_ready',
      area: 'unknown',
      certainty: 'possible',
      message: `${lost.length} nodes of ${cluster} are not Ready: ${nameSome(
        lost.map(({ name }) => name),
        5,
      )}`,
      evidence,
      remedy: 'investigate the nodes; node_failure is the procedure for one of them',
    });
  }
  const causes = found.map(cause => ({
    ...cause,
    subject: cluster,
    rule: RULE,
    evidence: cause.evidence.slice(0, EVIDENCE_MAX),
  }));
  return causes.length > 0 ? causes : [nothingFound(cluster, evidence, down.length)];
}

const nothingFound = (cluster: string, evidence: string[], serversDown: number): Cause => ({
  cause: 'unknown',
  area: 'unknown',
  certainty: 'possible',
  subject: cluster,
  message:
    serversDown === 0
      ? `nothing of ${cluster} is seen to fail now`
      : `${serversDown} API servers of ${cluster} do not serve, and nothing that was read explains it`,
  evidence,
  rule: RULE,
  remedy: 'run cluster_health and investigate',
});

import type { Finding } from '../model/plan.ts';
import { targetNodes } from './node-target.ts';
import { judgeKubernetes } from './preflight-kubernetes.ts';
import { judgePods } from './preflight-pods.ts';
import { judgeTalos } from './preflight-talos.ts';
import type { ClusterReading, UpgradeInput } from './upgrade-input.ts';
import { inCluster, type Judgement, type LocalFinding } from './verdict.ts';

export interface Preflight {
  /** Non-empty: nothing starts. */
  blocked: Finding[];
  warnings: Finding[];
}

/**
 * Every reason against an upgrade, at once, of every cluster (SAFETY 1, 2, 4, 6, 10): asked when it is planned, when it starts and
 * before each turn. What is not known speaks against.
 */
export function preflight(input: UpgradeInput): Preflight {
  const whole = input.clusters.length === 0 ? [noCluster] : judgeRequest(input);
  const judged = input.clusters.map(reading => ({ cluster: reading.config.name, ...judgeCluster(reading, input) }));
  return {
    blocked: [...inCluster('', whole), ...judged.flatMap(({ cluster, blocked }) => inCluster(cluster, blocked))],
    warnings: judged.flatMap(({ cluster, warnings }) => inCluster(cluster, warnings)),
  };
}

const noCluster: LocalFinding = {
  code: 'INPUT_INVALID',
  subject: 'clusters',
  message: 'no cluster is named',
  remedy: 'name the clusters to upgrade, in wave order',
  rule: 'CONTRACT: rolling_upgrade',
};

function judgeRequest({ requested, snapshotDirectory }: UpgradeInput): LocalFinding[] {
  const findings: LocalFinding[] = [];
  if (requested.max_unavailable > 1) {
    findings.push({
      code: 'INPUT_INVALID',
      subject: 'max_unavailable',
      message: `max_unavailable ${requested.max_unavailable} is not supported yet: nodes go one at a time`,
      remedy: 'use max_unavailable 1',
      rule: 'SAFETY 10: one node at a time',
    });
  }
  if (snapshotDirectory.isWritable !== true) {
    const state = snapshotDirectory.isWritable === false ? 'is not writable' : 'could not be checked';
    findings.push({
      code: 'INPUT_INVALID',
      subject: 'snapshot_dir',
      message: `the folder for etcd snapshots, ${snapshotDirectory.path}, ${state}`,
      remedy: 'create it for this user only, or set snapshot_dir in division.yaml',
      rule: 'SAFETY 10: a verified snapshot before the first control plane step',
    });
  }
  return findings;
}

function judgeCluster(reading: ClusterReading, input: UpgradeInput): Judgement {
  const { facts } = reading;
  const mode: LocalFinding[] = reading.config.mode === 'operate' ? [] : [observed(reading.config.name)];
  if (!facts) return { blocked: [...mode, unreadable(reading)], warnings: [] };
  const targets = targetNodes(reading, input.requested);
  const parts = [
    judgeKubernetes(reading, facts, targets, input),
    judgeTalos(reading, facts, targets, input.requested),
    judgePods(facts, targets),
  ];
  return {
    blocked: [...mode, ...targets.findings, ...parts.flatMap(part => part.blocked)],
    warnings: parts.flatMap(part => part.warnings),
  };
}

const observed = (cluster: string): LocalFinding => ({
  code: 'AUTHORITY_REFUSED',
  subject: cluster,
  message: `${cluster} is in mode observe: nothing may be changed`,
  remedy: `set clusters.${cluster}.mode: operate in division.yaml when the division may change it`,
  rule: 'SAFETY 2: modes',
});

const unreadable = (reading: ClusterReading): LocalFinding => ({
  code: 'KUBERNETES_UNAVAILABLE',
  subject: reading.config.name,
  message: `${reading.config.name} could not be read: ${reading.unreadable ?? 'no reason was given'}`,
  remedy: 'make an API server of the cluster answer, then plan again',
  rule: 'unknown is never healthy',
});

import type { ClusterFacts } from '../model/facts.ts';
import type { PlanAction } from '../model/plan.ts';
import type { ClusterTargets } from './node-target.ts';
import { judgeStorage } from './preflight-kubernetes.ts';
import { judgeEtcd } from './quorum.ts';
import type { ClusterReading } from './upgrade-input.ts';
import { isInstalledSeparately } from './upgrade-tasks.ts';
import { type Judgement, type LocalFinding, sortedBy } from './verdict.ts';
import { clientFits, kubernetesFits } from './versions.ts';

/** Versions, talosctl, capabilities, etcd, the API outage of a single control plane. */
export function judgeTalos(
  reading: ClusterReading,
  facts: ClusterFacts,
  targets: ClusterTargets,
  requested: PlanAction,
): Judgement {
  const planes = sortedBy(facts.nodes, node => node.name).filter(node => node.role === 'control-plane');
  const etcd = judgeEtcd(planes, reading.etcd);
  const isAnyPlanned = targets.nodes.length > 0;
  return {
    blocked: [
      ...etcd.findings,
      ...judgeStorage(facts),
      ...(isAnyPlanned ? judgeKubernetesRange(facts, requested.to_version) : []),
      ...(isAnyPlanned ? judgeContractor(reading, targets, requested.to_version, planes.length) : []),
      ...judgeOutage(targets, planes.length, requested.accept_api_outage),
    ],
    warnings: [...etcd.warnings, ...withoutReceipts(reading)],
  };
}

function judgeKubernetesRange(facts: ClusterFacts, target: string): LocalFinding[] {
  const running = [...facts.servers.map(server => server.version), ...facts.nodes.map(node => node.kubeletVersion)];
  const versions = [...new Set(running.filter(version => version !== undefined))].sort();
  return versions.flatMap(version => {
    const { ok, reason, rule } = kubernetesFits(target, version);
    const remedy = 'upgrade Kubernetes into that range first, or choose another Talos version';
    return ok ? [] : [{ code: 'VERSION_SKEW', subject: `Kubernetes ${version}`, message: reason, remedy, rule }];
  });
}

function judgeContractor(
  reading: ClusterReading,
  targets: ClusterTargets,
  target: string,
  planes: number,
): LocalFinding[] {
  const { contractor } = reading.config.talos;
  const { capabilities } = reading;
  if (!capabilities) {
    const message = `contractor ${contractor} does not answer`;
    const remedy = 'run containers-gm doctor';
    return [{ code: 'CONTRACTOR_UNAVAILABLE', subject: contractor, message, remedy, rule: 'unknown is never healthy' }];
  }
  const missing = requiredCapabilities(reading, targets, planes).filter(name => !capabilities.offered.includes(name));
  return [...missing.map(name => lacks(contractor, name)), ...judgeClient(capabilities.clientVersion, targets, target)];
}

/** What an upgrade of these nodes asks of the contractor (SAFETY 3, 4, 10). */
function requiredCapabilities(reading: ClusterReading, targets: ClusterTargets, planes: number): string[] {
  const isAnySeparate = targets.nodes.some(node => isInstalledSeparately(node, reading));
  const isLeaderMoved = planes > 1 && targets.nodes.some(node => node.role === 'control-plane');
  return [
    'machine.read',
    'etcd.members',
    'etcd.status',
    'etcd.alarms',
    'etcd.snapshot',
    ...(isLeaderMoved ? ['etcd.forfeit'] : []),
    'os.install',
    ...(isAnySeparate ? ['os.reboot'] : []),
    'attempt.get',
  ];
}

const lacks = (contractor: string, capability: string): LocalFinding => ({
  code: 'CAPABILITY_MISSING',
  subject: capability,
  message: `contractor ${contractor} does not offer ${capability}`,
  remedy: 'use the contractor containers-gm brings (talos.contractor: talos), or give that contractor the tool',
  rule: 'SAFETY 3, 10: proof and receipts need it',
});

function judgeClient(client: string | undefined, targets: ClusterTargets, target: string): LocalFinding[] {
  const known = targets.nodes.map(node => node.from_version).filter(version => version !== 'unknown');
  return [...new Set([...known, target])].sort().flatMap(version => {
    const { ok, reason, rule } = clientFits(client, version);
    const remedy = `install talosctl ${target} where the contractor finds it`;
    return ok ? [] : [{ code: 'VERSION_SKEW', subject: 'talosctl', message: reason, remedy, rule }];
  });
}

function judgeOutage(targets: ClusterTargets, planes: number, isAccepted: boolean): LocalFinding[] {
  const plane = targets.nodes.find(node => node.role === 'control-plane');
  if (planes !== 1 || !plane || isAccepted) return [];
  return [
    {
      code: 'QUORUM_AT_RISK',
      subject: plane.name,
      message: `${plane.name} is the only control plane node: the API and etcd are away while it reboots`,
      remedy: 'plan again with accept_api_outage: true if that is acceptable',
      rule: 'SAFETY 10: a single control plane needs a recorded accept_api_outage',
    },
  ];
}

function withoutReceipts({ capabilities, config }: ClusterReading): LocalFinding[] {
  if (!capabilities || capabilities.keepsReceipts) return [];
  return [
    {
      code: 'CAPABILITY_MISSING',
      subject: 'receipts',
      message: `contractor ${config.talos.contractor} keeps no receipts: a crash at the wrong moment leaves a node in doubt`,
      remedy: 'use the contractor containers-gm brings',
      rule: 'SAFETY 3: receipts',
    },
  ];
}

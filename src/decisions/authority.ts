import semver from 'semver';
import { type Authorization, mintAuthorization } from '../model/authorization.ts';
import type { EffectKind } from '../model/effect.ts';
import type { AuthorityLevel, Plan } from '../model/plan.ts';

/** What a rolling upgrade does to each of its clusters; nothing else may be asked for with its authorization. */
const UPGRADE_EFFECTS: readonly EffectKind[] = [
  'hold_lease',
  'release_lease',
  'snapshot',
  'forfeit',
  'cordon',
  'evict',
  'install',
  'reboot',
  'uncordon',
];

export interface AuthorityAnswer {
  level: AuthorityLevel;
  action: string;
  rule: string;
}

/**
 * Which level decides about a Talos upgrade. A patch is routine node management (seed line 106: node upgrade, autonomous);
 * a Talos minor across a cluster is the COO's (CONTRACT, Authority action ids; seed line 115).
 */
export function upgradeAuthority(nodes: readonly { from_version: string }[], toVersion: string): AuthorityAnswer {
  const target = semver.parse(toVersion);
  const changesMinor = nodes.some(node => {
    const from = semver.parse(node.from_version);
    return !from || !target || from.major !== target.major || from.minor !== target.minor;
  });
  return changesMinor
    ? { level: 'coo', action: 'kubernetes.upgrade', rule: 'CONTRACT: a Talos minor across a cluster is COO' }
    : { level: 'autonomous', action: 'node.upgrade', rule: 'seed line 106: routine node management' };
}

export type AuthorityVerdict =
  | { verdict: 'authorized'; authorization: Authorization; approvedBy: string }
  | { verdict: 'refused'; code: 'APPROVAL_REQUIRED' | 'AUTHORITY_REFUSED'; reason: string; remedy: string };

export interface AuthorityQuestion {
  plan: Plan;
  operationId: string;
  cluster: string;
  /** True only when the cluster is the embedded simulation's. */
  simulated: boolean;
  mode: 'observe' | 'operate';
}

/**
 * May this plan act on this cluster? A simulated cluster approves itself, and says so. A real one is refused until
 * an approval by its level can be recorded; in mode observe it is refused in any case (SAFETY 2).
 */
export function authorize(question: AuthorityQuestion): AuthorityVerdict {
  const { plan, cluster, operationId, mode, simulated } = question;
  if (!plan.clusters.some(planned => planned.name === cluster)) {
    return {
      verdict: 'refused',
      code: 'AUTHORITY_REFUSED',
      reason: `the plan does not name cluster ${cluster}`,
      remedy: 'plan an upgrade of that cluster',
    };
  }
  if (mode !== 'operate') {
    return {
      verdict: 'refused',
      code: 'AUTHORITY_REFUSED',
      reason: `cluster ${cluster} is in mode observe (SAFETY 2)`,
      remedy: `set clusters.${cluster}.mode: operate in division.yaml when the division may change it`,
    };
  }
  if (!simulated) {
    return {
      verdict: 'refused',
      code: 'APPROVAL_REQUIRED',
      reason: `${plan.authority.action} on ${cluster} needs a recorded approval (${plan.authority.level})`,
      remedy: 'this version records no approvals for real clusters: rehearse on the simulated fleet',
    };
  }
  return {
    verdict: 'authorized',
    approvedBy: 'simulation (approves itself)',
    authorization: mintAuthorization({
      planHash: plan.plan_hash,
      operationId,
      cluster,
      effects: UPGRADE_EFFECTS,
      level: plan.authority.level,
      rule: plan.authority.rule,
    }),
  };
}

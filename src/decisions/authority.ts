/** The one door to an Authorization: nothing disruptive happens without the right to do it (seed lines 99 to 175). */
import semver from 'semver';
import type { Approval, KnownApproval } from '../model/approval.ts';
import { type Authorization, mintAuthorization } from '../model/authorization.ts';
import type { EffectKind } from '../model/effect.ts';
import { type AuthorityLevel, isUpgradePlan, type Plan, type ProcedureAction } from '../model/plan.ts';
import type { PlannedStep } from '../model/step.ts';
import { classifyAction, type Scope } from './authority/classify.ts';
import { judgeApproval, type RefusedApproval } from './authority/judge-approval.ts';
import { highest, type MatrixRow, unknownAction } from './authority/matrix.ts';
import { effectsOfSteps, kindsIn, stepRights } from './authority/step-rights.ts';
import { planHash } from './plan-hash.ts';

export { type Classified, classifyText, type Scope } from './authority/classify.ts';
export { judgeApproval, type RefusedApproval } from './authority/judge-approval.ts';
export { authorityMatrix, compareLevels, mayDecide } from './authority/matrix.ts';

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

export type AuthorityAnswer = MatrixRow;

/**
 * Which level decides about a Talos upgrade, from what its hash covers. A patch is routine node management; a Talos minor across a
 * cluster is the COO's, and a version that can't be read is taken for one (CONTRACT, Authority action ids; ledger C-11).
 */
export function upgradeAuthority(
  nodes: readonly { from_version: string }[],
  toVersion: string,
  spending: PlannedSpending = {},
): AuthorityAnswer {
  const target = semver.parse(toVersion);
  const changesMinor = nodes.some(node => {
    const from = semver.parse(node.from_version);
    return !from || !target || from.major !== target.major || from.minor !== target.minor;
  });
  const classified = classifyAction('node.upgrade', {
    changes_talos_minor: changesMinor,
    changes_kubernetes_version: false,
    ...spending,
  });
  return classified.outcome === 'decided' ? classified.decided : unknownAction('node.upgrade');
}

/** What the day's tokens would come to with the plan; a plan that is under way has passed this. */
export type PlannedSpending = Pick<Scope, 'tokens_projected' | 'tokens_limit'>;

export const planAuthority = (
  plan: Pick<Plan, 'clusters' | 'requested' | 'steps'>,
  spending?: PlannedSpending,
): AuthorityAnswer => {
  const { requested } = plan;
  if (requested.kind === 'procedure') return procedureAuthority(requested, plan.steps ?? [], spending);
  return upgradeAuthority(
    plan.clusters.flatMap(cluster => cluster.nodes),
    requested.to_version,
    spending,
  );
};

/**
 * The highest of what the procedure is called and of what each of its steps, and what takes it back, does: a harmless name raises nothing, and lowers nothing.
 */
function procedureAuthority(
  { action, scope }: ProcedureAction,
  steps: readonly PlannedStep[],
  spending: PlannedSpending = {},
): AuthorityAnswer {
  const actions = [action, ...kindsIn(steps).flatMap(kind => stepRights[kind].action ?? [])];
  const [first, ...others] = [...new Set(actions)].map(each => {
    const classified = classifyAction(each, { ...scope, ...spending });
    return classified.outcome === 'decided' ? classified.decided : unknownAction(each);
  });
  return highest([first ?? unknownAction(action), ...others]);
}

export const SIMULATION_APPROVES = 'simulation (approves itself)';
const DIVISION_DECIDES = 'the division (autonomous)';

export type AuthorityVerdict =
  | { verdict: 'authorized'; authorization: Authorization; approvedBy: string; approval: Approval | undefined }
  | {
      verdict: 'refused';
      code: 'APPROVAL_REQUIRED' | 'AUTHORITY_REFUSED';
      reason: string;
      remedy: string;
      /** Approvals there are that do not count, and why. */
      refused: readonly RefusedApproval[];
    };

export interface AuthorityQuestion {
  plan: Plan;
  operationId: string;
  cluster: string;
  /** True only when the cluster is the embedded simulation's. */
  simulated: boolean;
  mode: 'observe' | 'operate';
  approvals: readonly KnownApproval[];
  areKeysConfigured: boolean;
  /** Epoch milliseconds at which an approval has to hold. */
  at: number;
  spending?: PlannedSpending;
}

const refuse = (
  code: 'APPROVAL_REQUIRED' | 'AUTHORITY_REFUSED',
  reason: string,
  remedy: string,
  refused: readonly RefusedApproval[] = [],
): AuthorityVerdict => ({ verdict: 'refused', code, reason, remedy, refused });

/**
 * May this plan act on this cluster? Derived each time from what the plan's hash covers, never from what the plan says of itself:
 * the mode (SAFETY 2), then the level, then an approval of that level. A simulated cluster approves itself, and says so.
 */
export function authorize(question: AuthorityQuestion): AuthorityVerdict {
  const { plan, cluster, mode, simulated } = question;
  if (planHash(plan) !== plan.plan_hash) {
    return refuse('AUTHORITY_REFUSED', 'the plan is not the one its hash names: it was changed', 'plan again');
  }
  if (!plan.clusters.some(planned => planned.name === cluster)) {
    return refuse('AUTHORITY_REFUSED', `the plan does not name cluster ${cluster}`, 'plan an upgrade of that cluster');
  }
  if (mode !== 'operate') {
    return refuse(
      'AUTHORITY_REFUSED',
      `cluster ${cluster} is in mode observe (SAFETY 2)`,
      `set clusters.${cluster}.mode: operate in division.yaml when the division may change it`,
    );
  }
  const answer = planAuthority(plan, question.spending);
  if (simulated) return authorized(question, answer, SIMULATION_APPROVES);
  if (answer.level === 'autonomous') return authorized(question, answer, DIVISION_DECIDES);
  return underApproval(question, answer);
}

function underApproval(question: AuthorityQuestion, answer: AuthorityAnswer): AuthorityVerdict {
  const hash = question.plan.plan_hash;
  const judged = judgeApproval({ ...question, planHash: hash, level: answer.level });
  switch (judged.verdict) {
    case 'approved': {
      const { approver, role } = judged.approval;
      const label = judged.approval.signature === undefined ? ', unsigned' : '';
      return authorized(question, answer, `${approver} (${role}${label})`, judged.approval);
    }
    case 'rejected': {
      const { approver, reason } = judged.approval;
      const because = reason === undefined ? '' : `: ${reason}`;
      return refuse(
        'AUTHORITY_REFUSED',
        `${approver} rejected this plan${because}`,
        'plan something else, or ask anew',
        judged.refused,
      );
    }
    case 'missing': {
      const [first] = judged.refused;
      const instead = first ? ` (${first.approval_id} does not count: ${first.reason})` : '';
      return refuse(
        'APPROVAL_REQUIRED',
        `${answer.action} on ${question.cluster} needs the approval of ${nameOfLevel(answer.level)} (${answer.rule})${instead}`,
        `approve_or_escalate with plan_hash ${hash.slice(0, 16)}, then end your turn; a person may run containers-gm approve ${hash.slice(0, 16)}`,
        judged.refused,
      );
    }
  }
}

/** Who decides what is of a level, in words. */
export const nameOfLevel = (level: AuthorityLevel): string =>
  ({ autonomous: 'the division', coo: 'the COO', 'cortex-prime': 'Cortex Prime' })[level];

function authorized(
  { plan, operationId, cluster }: AuthorityQuestion,
  { level, rule }: AuthorityAnswer,
  approvedBy: string,
  approval?: Approval,
): AuthorityVerdict {
  return {
    verdict: 'authorized',
    approvedBy,
    approval,
    authorization: mintAuthorization({
      planHash: plan.plan_hash,
      operationId,
      cluster,
      effects: isUpgradePlan(plan) ? UPGRADE_EFFECTS : effectsOfSteps(plan.steps ?? []),
      level,
      rule,
    }),
  };
}

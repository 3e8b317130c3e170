import { type Check, isWorthTelling, standsAgainst, statusOf, unreadable } from '../../decisions/checks/check.ts';
import { sortedBy } from '../../decisions/verdict.ts';
import { DivisionError, type ErrorCode } from '../../errors.ts';
import type { CheckSubject, StepResult } from '../../model/step.ts';
import { healthSubjects } from '../checks/health-subjects.ts';
import { type ClusterLooker, type DivisionLooker, isLookAgain, type LookAgain } from '../checks/subject.ts';
import { divisionSubjects, upkeepSubjects } from '../checks/upkeep-subjects.ts';
import { workloadSubjects } from '../checks/workload-subjects.ts';
import { inCluster } from './in-cluster.ts';
import type { StepLook, StepPerformer, StepScene } from './step.ts';

/** Issues kept with the step; all are counted. */
const ISSUES_MAX = 40;

const ofCluster: Partial<Record<CheckSubject, ClusterLooker>> = {
  ...healthSubjects,
  ...workloadSubjects,
  ...upkeepSubjects,
};
const ofDivision: Partial<Record<CheckSubject, DivisionLooker>> = divisionSubjects;

/** Codes of failed gates; what is not named is something to be put right first. */
const codes: Partial<Record<CheckSubject, ErrorCode>> = {
  window: 'WINDOW_CLOSED',
  version_path: 'VERSION_SKEW',
  removed_apis: 'VERSION_SKEW',
  no_other_node_down: 'NODE_NOT_READY',
  cluster_healthy: 'NODE_NOT_READY',
  capacity_restored: 'CAPACITY_SHORT',
  staging_record: 'APPROVAL_REQUIRED',
};

const REMEDY = 'put it right (cluster_health, investigate), then control_operation resume';
const remedies: Partial<Record<CheckSubject, string>> = {
  window: 'control_operation resume when the window is open',
  version_path: 'plan the next minor first',
  removed_apis: 'let who writes those objects use the newer version, then control_operation resume',
  staging_record: 'upgrade a non-production cluster to it first, then plan again',
};

/** What can't be asked is a finding of a check that only looks, and a wait of a gate. */
const passedOn: readonly ErrorCode[] = ['CANCELLED', 'INTERNAL', 'DIRECTORY_LOCKED'];

/** Looks at one subject and tells; a gate (`must_hold`) is passed only without anything critical or unknown (ledger R103-R152). */
export const check: StepPerformer<'check'> = async scene => {
  const { subject, must_hold: mustHold } = scene.step.action;
  let found: Check | LookAgain;
  try {
    found = await lookAtSubject(scene, subject);
  } catch (error) {
    if (!(error instanceof DivisionError) || mustHold || passedOn.includes(error.code)) throw error;
    found = unreadable(scene.step.target.cluster ?? subject, `${error.code}: ${error.message}`);
  }
  if (isLookAgain(found)) return lookedAgain(found);
  return mustHold ? gated(found, subject) : told(found, subject);
};

async function lookAtSubject(scene: StepScene, subject: CheckSubject): Promise<Check | LookAgain> {
  const division = ofDivision[subject];
  if (division) return division(scene);
  const looker = ofCluster[subject];
  if (looker) return looker({ ...scene, ...inCluster(scene) });
  throw new DivisionError('CAPABILITY_MISSING', `nothing looks at ${subject}`, 'update containers-gm');
}

const lookedAgain = ({ reason, whatEndsIt, pollMs, atMostMs, remember }: LookAgain): StepLook => ({
  kind: 'wait',
  reason,
  whatEndsIt,
  pollMs,
  atMostMs,
  remedy: REMEDY,
  result: remember,
});

function resultOf(found: Check, subject: CheckSubject): StepResult {
  const worst = ['critical', 'unknown', 'warning', 'info'];
  const issues = sortedBy(found.issues, ({ severity, subject: of }) => `${worst.indexOf(severity)} ${of}`);
  return {
    subject,
    status: statusOf(found.issues),
    summary: found.headline,
    issues: issues.slice(0, ISSUES_MAX),
    issues_total: issues.length,
    figures: found.figures,
  };
}

const evidenceOf = ({ issues }: Check): string[] => issues.filter(isWorthTelling).map(({ message }) => message);

const told = (found: Check, subject: CheckSubject): StepLook => ({
  kind: 'done',
  reason: found.headline,
  evidence: evidenceOf(found),
  result: resultOf(found, subject),
});

function gated(found: Check, subject: CheckSubject): StepLook {
  const against = found.issues.filter(standsAgainst);
  const [first] = against;
  if (!first) return told(found, subject);
  return {
    kind: 'failed',
    code: codes[subject] ?? 'DISRUPTION_BLOCKED',
    reason: `${first.message}${against.length > 1 ? ` (and ${against.length - 1} more)` : ''}`,
    remedy: remedies[subject] ?? REMEDY,
    evidence: evidenceOf(found),
    result: resultOf(found, subject),
  };
}
